"""The desk's way to call somebody back, and what it says where that cannot be."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, CallEntry, Record
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def is_owed(scene: ApiScene, **values: Any) -> None:
    """A caller of chen's line is owed a call since a while ago."""
    at = scene.clock.now() - timedelta(hours=2)
    fields = {"outcome": "callback_owed", "from_index": "n", "arrived_at": at, **values}
    await scene.add(scene.call("owed", CallState.ENDED, **fields))


async def we_called(scene: ApiScene, **values: Any) -> None:
    at = scene.clock.now() - timedelta(hours=1)
    fields = {"direction": "out", "from_index": "n", "arrived_at": at, "counselor_id": "li"}
    state = values.pop("state", CallState.ENDED)
    await scene.add(scene.call("ours", state, **{**fields, **values}))


async def test_who_is_owed_a_call_can_be_called_at_a_second_press(
    scene: ApiScene, chen: Reader
) -> None:
    await is_owed(scene)

    [button] = (await chen.reads("/desk")).all("call-back")

    assert 'data-command="POST /calls/owed/call-back"' in button
    assert "data-confirm" in button


@pytest.mark.parametrize(
    ("tried", "part", "words"),
    [
        ({"state": CallState.CONNECTING}, "calling-back", "正在拨打"),
        ({"outcome": "not_reached", "outcome_step": "no_answer"}, "no-call-back", "明天再试"),
        ({"outcome": "not_reached", "outcome_step": "busy"}, "not-reached", "对方占线"),
    ],
)
async def test_what_became_of_the_last_try_stands_beside_it(
    scene: ApiScene, chen: Reader, tried: dict[str, Any], part: str, words: str
) -> None:
    await is_owed(scene)
    await we_called(scene, **tried)

    page = await chen.reads("/desk/due")

    assert words in page.part(part).text


async def test_a_marked_number_is_shown_as_marked(scene: ApiScene, chen: Reader) -> None:
    await is_owed(scene, no_callback=True)

    page = await chen.reads("/desk/due", language="en")

    assert not page.has("call-back")
    assert "Marked: do not call" in page.part("no-call-back").text


async def test_a_callback_is_kept_by_a_talk_and_by_nothing_less(
    scene: ApiScene, chen: Reader
) -> None:
    await is_owed(scene)
    await we_called(scene, outcome="not_reached", outcome_step="mailbox")
    before = (await chen.reads("/desk/due")).has("no-call-back")

    await scene.change(Call, "ours", outcome="talked")

    assert before
    assert "没有待办" in (await chen.reads("/desk/due")).part("due").text


async def test_a_follow_up_is_called_from_the_list_and_from_its_record(
    scene: ApiScene, chen: Reader
) -> None:
    now = scene.clock.now()
    over = {"counselor_id": "chen", "joined_at": now, "ended_at": now, "outcome": "talked"}
    await scene.add(
        scene.call("done", CallState.ENDED, from_index="n", **over),
        Record(call_id="done", staff_id="chen", contact_type="self", risk="none",
               disposition="listened", follow_up=True, saved_at=now),
    )  # fmt: skip

    due, record = await chen.reads("/desk/due"), await chen.reads("/desk/calls/done")

    assert due.has("call-back")
    assert 'data-key="b"' in record.all("call-back")[0]
    assert record.has("no-callback")


async def test_a_mailbox_owes_no_record(scene: ApiScene, chen: Reader) -> None:
    now = scene.clock.now()
    await we_called(scene, counselor_id="chen", joined_at=now, outcome="not_reached")

    assert "没有待办" in (await chen.reads("/desk/due")).part("due").text


async def test_the_bar_says_that_they_are_rung_and_lets_one_say_that_nobody_was_there(
    scene: ApiScene, li: Reader
) -> None:
    await scene.change(Call, "call", direction="out", state="connecting", joined_at=None)
    ringing = await li.reads("/desk/bar")

    await scene.change(Call, "call", state="talking", joined_at=scene.clock.now())

    assert "正在拨打" in ringing.part("talk-time").text
    assert not ringing.has("not-reached")
    assert (await li.reads("/desk/bar")).has("not-reached")


async def test_the_calls_page_says_that_we_called_and_what_there_was_instead(
    scene: ApiScene, he: Reader
) -> None:
    await we_called(scene, outcome="not_reached", outcome_step="busy")
    told = CallEntry(call_id="ours", at=scene.clock.now(), kind="call.not_reached")
    told.facts = {"why": "busy"}
    await scene.add(told)

    page = await he.reads("/calls/ours")

    assert page.has("call-out")
    assert "没有接通 · 对方占线" in page.text
