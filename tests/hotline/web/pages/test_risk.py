"""The steps of a risk on the call's page, and a supervisor's answer to who asks for a lower one."""

import pytest

from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

RISK = "/calls/call/risk"
FILLED = {
    "instrument": "c_ssrs_screener",
    "version": 1,
    "answers": {"q1": "no", "q2": "no", "q6": "longer_ago"},
}
LOWER = {"level": "low", "reason": "和妈妈在一起"}


async def test_a_step_is_shown_with_its_instrument_its_answers_and_its_author(
    scene: ApiScene, he: Reader
) -> None:
    await scene.person("li").does("POST", f"{RISK}/assessments", FILLED)

    read = await he.reads(RISK, language="en")

    steps = read.part("risk-steps").text
    assert "C-SSRS screener" in steps
    assert "Longer than three months ago" in steps
    assert "name of li" in steps
    assert (await scene.kinds())[-1] == "record.read", "who reads it leaves a trace"


async def test_a_supervisor_finds_who_asks_and_answers_and_the_asker_cannot(
    scene: ApiScene, li: Reader, he: Reader
) -> None:
    await scene.person("li").does("POST", RISK, {"level": "moderate"})
    await scene.person("li").does("POST", f"{RISK}/lower", LOWER)

    asked = await he.reads(RISK)

    assert (await he.reads("/floor")).has("lowering-call")
    assert (await he.reads("/calls/call")).has("lowering-waits")
    assert LOWER["reason"] in asked.part("lowering").text
    assert asked.has("grant")
    assert asked.has("refuse")
    assert not (await li.reads(RISK)).has("grant")
    assert (await li.reads("/desk")).has("lowering-asked")


async def test_the_desk_offers_to_take_back_for_ten_seconds(scene: ApiScene, li: Reader) -> None:
    await scene.person("li").does("POST", RISK, {"level": "high"})

    fresh = await li.reads("/desk/calls/call/risk")
    scene.clock.advance(11)

    assert fresh.has("take-back")
    assert not (await li.reads("/desk/calls/call/risk")).has("take-back")
