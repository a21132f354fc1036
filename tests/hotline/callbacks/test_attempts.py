"""What is tried, what becomes of it, and who is owed a call for having left."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.callbacks.attempts import (
    account_for_leaving,
    begin_attempt,
    end_attempt,
    found_nobody_there,
    reach,
)
from hotline.callbacks.model import Why
from hotline.callbacks.service import lock_callback
from hotline.errors import IllegalMove
from hotline.storage.tables import Call, Callback, Line
from tests.fakes import NOON
from tests.hotline.callbacks.conftest import OwedScene

pytestmark = pytest.mark.anyio


async def begun(owed: OwedScene, key: str, callback: Callback, **ends: Any) -> Call:
    """A call of ours that keeps the promise, perhaps; ended already where that is said."""
    rings: dict[str, Any] = {"direction": "out", "state": "connecting", "outcome": None}
    call = await owed.lost(key, **(rings | {"queued_at": None} | ends))
    async with owed.database.work() as work:
        row = await lock_callback(work, callback.id)
        await begin_attempt(work, row, call, staff_id=None, by_id=None, at=owed.clock.now())
    return call


async def leaves(owed: OwedScene, call: Call, left: str) -> list[Callback]:
    async with owed.database.work() as work:
        await account_for_leaving(work, call, left=left, at=owed.clock.advance(30))
    return await owed.callbacks()


async def test_while_one_attempt_runs_no_other_begins(owed: OwedScene) -> None:
    callback = await owed.owe(await owed.lost("c1"), Why.ASKED)
    await begun(owed, "out1", callback)

    with pytest.raises(IllegalMove):
        await begun(owed, "out2", callback)

    [now] = await owed.callbacks()
    assert (now.state, now.attempts) == ("in_hand", 1)


async def test_a_phone_that_rang_in_vain_leaves_it_owed_until_tomorrow(owed: OwedScene) -> None:
    callback = await owed.owe(await owed.lost("c1"), Why.ASKED)
    ends = {"state": "ended", "outcome": "not_reached", "outcome_step": "no_answer"}
    call = await begun(owed, "out1", callback, arrived_at=NOON + timedelta(seconds=9), **ends)

    async with owed.database.work() as work:
        assert await end_attempt(work, call, "no_answer", at=NOON)

    [now] = await owed.callbacks()
    morning = NOON + timedelta(hours=36)  # 27 h later it is night
    assert (now.state, now.due_at, now.try_at) == ("open", morning, morning)


async def test_who_is_reached_is_owed_nothing_and_a_mailbox_is(owed: OwedScene) -> None:
    callback = await owed.owe(await owed.lost("c1"), Why.ASKED)
    call = await begun(owed, "out1", callback)

    async with owed.database.work() as work:
        await reach(work, call, at=NOON)
    [done] = await owed.callbacks()
    async with owed.database.work() as work:
        await found_nobody_there(work, call, at=NOON)

    [now] = await owed.callbacks()
    assert (done.state, now.state, now.due_at > NOON + timedelta(days=1)) == ("done", "open", True)


async def test_who_reaches_us_first_is_called_no_more(owed: OwedScene) -> None:
    await owed.owe(await owed.lost("c1"), Why.HUNG_UP)
    second = await owed.lost("c2", state="talking", outcome=None)

    async with owed.database.work() as work:
        await reach(work, second, at=NOON)

    [callback] = await owed.callbacks()
    assert callback.state == "withdrawn"


@pytest.mark.parametrize("left", ["waiting", "connecting", "message"])
async def test_who_hung_up_in_the_queue_is_owed_a_call_by_somebody(
    owed: OwedScene, left: str
) -> None:
    [callback] = await leaves(owed, await owed.lost("c1"), left)

    assert (callback.why, callback.try_at, callback.urgency) == ("hung_up", None, "routine")


async def test_a_child_in_danger_whose_talk_broke_off_is_the_same_counselors(
    owed: OwedScene,
) -> None:
    call = await owed.lost("c1", urgency="crisis", counselor_id="li", outcome="talked")

    [callback] = await leaves(owed, call, "talking")

    assert (callback.why, callback.owner_id) == ("dropped", "li")
    assert callback.due_at == owed.clock.now() + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("left", "values"),
    [
        ("talking", {"outcome": "talked"}),
        ("flow", {"queued_at": None}),
        ("closing", {"outcome": "callback_owed"}),
        ("waiting", {"queued_at": NOON + timedelta(seconds=26)}),  # four seconds: a wrong number
    ],
)
async def test_nobody_else_is(owed: OwedScene, left: str, values: dict[str, Any]) -> None:
    assert not await leaves(owed, await owed.lost("c1", **values), left)


# ── what is charged to whom ─────────────────────────────────────────────────────────────────────


async def comes_to_nothing(
    owed: OwedScene, key: str, callback: Callback, *, as_: str, staff_id: str | None = None
) -> None:
    """One attempt, begun and over. `staff_id`: whose own phone was rung first."""
    ends = {"state": "ended", "outcome": "not_reached", "outcome_step": as_}
    at = owed.clock.advance(25)
    call = await owed.lost(key, direction="out", queued_at=None, arrived_at=at, **ends)
    async with owed.database.work() as work:
        row = await lock_callback(work, callback.id)
        await begin_attempt(work, row, call, staff_id=staff_id, by_id=None, at=at)
        assert await end_attempt(work, call, as_, at=at)


async def test_counselors_who_do_not_come_use_up_none_of_a_childs_tries(owed: OwedScene) -> None:
    callback = await owed.owe(await owed.lost("c1", urgency="crisis"), Why.DROPPED)

    for n in range(9):
        await comes_to_nothing(owed, f"out{n}", callback, as_="not_dialled", staff_id="li")
    [before] = await owed.callbacks()
    await comes_to_nothing(owed, "out9", callback, as_="no_answer")

    [now] = await owed.callbacks()
    assert before.try_at == owed.clock.now() - timedelta(seconds=24)
    assert now.try_at == owed.clock.now() + timedelta(minutes=2)


async def test_who_asks_once_more_is_tried_anew(owed: OwedScene) -> None:
    callback = await owed.owe(await owed.lost("c1"), Why.ASKED)
    for n in range(8):
        await comes_to_nothing(owed, f"out{n}", callback, as_="failed")
    [before] = await owed.callbacks()

    owed.clock.advance(60)
    await owed.owe(await owed.lost("c2", arrived_at=owed.clock.now()), Why.ASKED)
    await comes_to_nothing(owed, "out9", callback, as_="busy")

    [now] = await owed.callbacks()
    assert before.try_at is None
    assert now.try_at == owed.clock.now() + timedelta(minutes=5)


async def test_a_mailbox_takes_nothing_from_what_another_line_owes(owed: OwedScene) -> None:
    await owed.add(Line(id="women", name="妇女", name_en="Women", number_shown="12338"))
    elsewhere = await owed.lost("c2", line_id="women", urgency="crisis")
    await owed.owe(elsewhere, Why.DROPPED)
    call = await begun(owed, "out1", await owed.owe(await owed.lost("c1"), Why.HUNG_UP))
    async with owed.database.work() as work:
        await reach(work, call, at=NOON)

    async with owed.database.work() as work:
        await found_nobody_there(work, call, at=NOON)

    found = {one.line_id: (one.state, one.closed_at) for one in await owed.callbacks()}
    assert found == {"youth": ("open", None), "women": ("open", None)}
