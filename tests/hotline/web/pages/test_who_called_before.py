"""The desk shows a caller's earlier calls to whoever talks with them, and that leaves a trace."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Call, Record, RiskAssessment
from tests.fakes import NOON
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

FACTS = "/desk/calls/call/facts"
CHILD = "index-of-the-child"


async def called_before(scene: ApiScene, number: str = CHILD) -> None:
    """The child of the present call talked with chen a day before."""
    before = NOON - timedelta(days=1)
    await scene.change(Call, "call", from_index=number)
    await scene.add(
        Call(id="before", carrier_sid="CA-before", line_id="youth", state="ended",
             outcome="talked", arrived_at=before, heard_at=before, joined_at=before,
             ended_at=before, counselor_id="chen", from_index=number)
    )  # fmt: skip
    await scene.add(
        Record(call_id="before", staff_id="chen", contact_type="self", topics=["family"],
               risk="high", disposition="listened", saved_at=before)
    )  # fmt: skip


async def test_line_topic_risk_and_counselor_of_an_earlier_call_are_shown(
    scene: ApiScene, li: Reader
) -> None:
    await called_before(scene)

    page = await li.reads(FACTS)

    for word in ("家庭", "高", "name of chen"):
        assert word in page.text


async def test_that_they_were_shown_is_kept_once(scene: ApiScene, li: Reader) -> None:
    await called_before(scene)

    await li.reads(FACTS)
    await li.reads(FACTS)

    assert await scene.kinds() == ["history.shown"]


async def test_a_withheld_number_has_no_history(scene: ApiScene, li: Reader) -> None:
    await called_before(scene, "")

    page = await li.reads(FACTS)

    assert "name of chen" not in page.text
    assert not page.all("same-counselor-agree")


async def test_a_risk_found_without_a_record_is_shown_as_well(scene: ApiScene, li: Reader) -> None:
    await called_before(scene)
    await scene.change(Record, "before", risk="")
    before = (await li.reads(FACTS)).text
    await scene.add(
        RiskAssessment(call_id="before", version=1, level="high", kind="chosen", staff_id="chen",
                       at=NOON)
    )  # fmt: skip

    after = (await li.reads(FACTS)).text
    assert after.count("高") == before.count("高") + 1
