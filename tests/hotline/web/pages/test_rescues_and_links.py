"""On an escalation's page: who confirms a rescue, and that two calls are about two children."""

import json
import re
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, Escalation
from tests.hotline.escalations.test_a_chain_is_walked import chain
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader
from tests.hotline.web.pages.test_escalations import CHINESE

pytestmark = pytest.mark.anyio


@pytest.fixture
async def in_danger(scene: ApiScene) -> str:
    """The path of an escalation whose chain asks for a confirmed rescue."""
    await scene.add(chain(rescue={"confirmed": True, "every_s": 900}))
    flag = {"level": "imminent", "summary": "天桥"}
    told = await scene.person("li").does("POST", "/calls/call/flags", flag)
    return f"/escalations/{told['escalation_id']}"


def sent_by(page: Page, form: str) -> tuple[str, dict[str, Any]]:
    """Where a form of the page commands, and what it sends as it stands."""
    found = re.search(
        rf'<form[^>]*id="{form}" data-command="POST ([^"]+)".*?</form>', page.html, re.S
    )
    assert found is not None
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]))
    flags = re.findall(r'name="([^"]+)" data-flag checked', found[0])
    return found[1], {**fields, **dict.fromkeys(flags, True)}


async def test_until_a_rescue_is_confirmed_a_station_is_not_offered_to_close(
    scene: ApiScene, in_danger: str, tianhe: Reader
) -> None:
    page = in_danger.replace("escalations", "station")
    before = await tianhe.reads(page)
    path, _ = sent_by(before, "act-rescue")
    await scene.person("tianhe").does("POST", path, {"agency": "110", "reference": "0731"})
    after = await tianhe.reads(page)

    assert before.has("rescue-open")
    assert before.has("not-yet-rescued")
    assert not before.has("close")
    assert "（110）" in after.part("rescue-confirmed").text
    assert "记下：救援方已接手（110）" in after.part("story-in-short").text
    assert "0731" not in after.html
    assert after.has("close")
    assert not after.has("rescue")


async def test_a_supervisor_may_close_without_it_and_reads_what_that_means(
    in_danger: str, he: Reader
) -> None:
    page = await he.reads(in_danger)

    assert page.has("rescue")
    assert page.has("close")
    assert "仍要结案，请写明原因" in page.text


async def test_what_can_be_done_is_drawn_anew_when_a_rescue_is_confirmed(
    scene: ApiScene, in_danger: str, he: Reader
) -> None:
    again = re.search(r'hx-get="([^"]+/acts[^"]+)"', (await he.reads(in_danger)).html)
    assert again is not None
    assert (await he.opens(again[1])).status == 204

    await scene.person("he").does("POST", f"{in_danger}/rescue", {"agency": "120"})

    assert not (await he.reads(again[1])).has("rescue")


async def test_without_a_chain_that_asks_nobody_is_asked_for_a_rescue(
    scene: ApiScene, tianhe: Reader
) -> None:
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "high"})

    page = await tianhe.reads(f"/station/{told['escalation_id']}")

    assert not page.has("rescue")
    assert not page.has("rescue-open")
    assert page.has("close")


@pytest.fixture
async def linked(scene: ApiScene, in_danger: str) -> str:
    """Another call of the number was flagged while it was open."""
    await scene.change(Call, "call", from_index="number")
    await scene.add(scene.call("again", CallState.TALKING, from_index="number", counselor_id="li"))
    again = {"level": "imminent", "summary": "第二个"}
    await scene.person("li").does("POST", "/calls/again/flags", again)
    return in_danger


async def test_a_supervisor_says_that_it_is_another_child_and_it_rings(
    scene: ApiScene, linked: str, he: Reader
) -> None:
    page = await he.reads(linked)
    path, body = sent_by(page, "act-other-1")
    told = await scene.person("he").does("POST", path, {**body, "kind": "missing"})

    second: Escalation = await scene.get(Escalation, told["escalation_id"])
    assert (path, second.call_id, second.kind) == ("/calls/again/flags", "again", "missing")
    assert body == {"level": "imminent", "another_child": True}
    assert "/" + f"escalations/{second.id}" != linked
    assert not (await he.reads(linked)).has("another-child")


@pytest.mark.parametrize(("who", "pages"), [("tianhe", "station"), ("li", "escalations")])
async def test_nobody_else_is_asked_whether_it_is_another_child(
    scene: ApiScene, linked: str, who: str, pages: str
) -> None:
    page = await Reader(scene, who).reads(linked.replace("escalations", pages))

    assert not page.has("another-child")
    assert "/calls/again" not in page.html


async def test_all_of_it_is_read_in_english(linked: str, he: Reader) -> None:
    page = await he.reads(linked, language="en")

    assert CHINESE.findall(page.text.replace("中文", "")) == []
    assert json.dumps("missing") in page.html
