"""Whom we call again, as people see it: lists, desk, beside the record, and the floor."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.sealed import place_in
from hotline.storage.tables import Call, FollowUp, Presence, RiskAssessment
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def followed(scene: ApiScene, key: str = "one", **values: Any) -> None:
    """A sequence after the call of li's, agreed to and due in an hour."""
    at = scene.clock.now()
    fields: dict[str, Any] = {
        "line_id": "youth",
        "call_id": "call",
        "from_index": key,
        "from_masked": "154****0002",
        "level": "high",
        "state": "running",
        "consent": "agreed",
        "days": [1, 7],
        "began_at": at,
        "due_at": at + timedelta(hours=1),
        "late_at": at + timedelta(hours=25),
        "try_at": at + timedelta(hours=1),
        "owner_id": "li",
    }
    await scene.add(FollowUp(id=key, **(fields | values)))


async def rests(scene: ApiScene) -> None:
    await scene.change(Call, "call", state="ended", outcome="talked")
    await scene.change(Presence, "li", state="ready", call_id=None)


async def test_ones_own_list_leads_to_the_call_in_one_press(scene: ApiScene, li: Reader) -> None:
    await followed(scene)

    page = await li.reads("/follow-ups")

    [button] = page.all("call-now")
    assert 'data-command="POST /follow-ups/one/call"' in button
    assert "data-confirm" not in button
    assert "第 1 次，共 2 次" in page.text


async def test_the_list_is_read_in_english_too(scene: ApiScene, li: Reader) -> None:
    await followed(scene, state="proposed", consent="")

    page = await li.reads("/follow-ups", language="en")

    assert "They have not been asked yet" in page.part("state").text
    assert not page.all("call-now")


async def test_what_is_late_stands_on_the_list_of_the_supervisor_and_on_the_floor(
    scene: ApiScene, he: Reader
) -> None:
    at = scene.clock.now()
    await followed(scene, late_at=at - timedelta(hours=2))

    late, floor = await he.reads("/follow-ups"), await he.reads("/floor")

    assert "已逾期" in late.part("late").text
    assert "1 个随访逾期" in floor.part("late-follow-ups").text


async def test_what_waits_for_a_supervisor_has_the_form_for_them_alone(
    scene: ApiScene, he: Reader, li: Reader
) -> None:
    await followed(scene, state="question")

    assert (await he.reads("/follow-ups?tab=open")).all("decide")
    assert not (await li.reads("/follow-ups")).all("decide")


async def test_what_is_handed_to_one_says_from_whom_and_why(scene: ApiScene, chen: Reader) -> None:
    place = place_in(FollowUp, "handed_note_sealed", id="one")
    note = scene.house.vault.seal("她妈妈不知道", place=place)
    at = scene.clock.now()
    await followed(scene, handed_at=at, handed_to_id="chen", handed_note_sealed=note)

    page, desk = await chen.reads("/follow-ups"), await chen.reads("/desk")

    assert "等待接手" in page.part("owner").text
    assert "她妈妈不知道" in page.part("handed-note").text
    assert 'data-command="POST /follow-ups/one/take"' in desk.all("take-followed")[0]


async def test_the_desk_at_rest_shows_what_is_due_within_the_day(
    scene: ApiScene, li: Reader
) -> None:
    await rests(scene)
    await followed(scene)
    await scene.add(scene.call("other", CallState.ENDED))
    await followed(scene, "later", call_id="other", due_at=scene.clock.now() + timedelta(days=7))

    page = await li.reads("/desk")

    assert len(page.all("followed-one")) == 1
    assert "没有待办" not in page.text


async def test_whose_counselor_went_home_is_on_the_desks_of_the_line(
    scene: ApiScene, chen: Reader
) -> None:
    await scene.change(Presence, "li", state="offline", call_id=None)
    await followed(scene, due_at=scene.clock.now())

    page, listed = await chen.reads("/desk"), await chen.reads("/follow-ups?tab=line")

    assert "没有人在岗负责" in page.part("followed-one").text
    assert "不在岗，由本线路负责" in listed.part("owner").text


async def test_beside_the_record_one_is_asked_what_the_child_says_to_it(
    scene: ApiScene, li: Reader
) -> None:
    await followed(scene, state="proposed", consent="")

    page = await li.reads("/desk/calls/call")

    assert 'data-command="POST /follow-ups/one/consent"' in page.html
    assert "什么时候打来合适" in page.part("desk-follow-up").text


async def test_a_moderate_risk_is_offered_a_choice(scene: ApiScene, li: Reader) -> None:
    step = RiskAssessment(call_id="call", version=1, kind="chosen", staff_id="li",
                          at=scene.clock.now(), level="moderate")  # fmt: skip
    await scene.add(step)

    page = await li.reads("/desk/calls/call")

    assert "90 天后" in page.part("begin-follow-up").text


async def test_nobody_to_follow_up_says_what_will_be_here(chen: Reader) -> None:
    assert "这里没有随访" in (await chen.reads("/follow-ups")).text
