"""Changes to one call: each is told once, what comes too late changes nothing."""

import asyncio
import json
from datetime import timedelta

import pytest

from hotline.calls.model import CallEvent, CallState, Outcome, Urgency
from hotline.calls.service import (
    add_call_entry,
    call_of_leg,
    decide_outcome,
    end_call,
    lock_call,
    make_urgent,
    move_call,
    put_in_queue,
)
from hotline.errors import NotFound
from hotline.storage.news import listen
from hotline.storage.tables import Call
from tests.fakes import NOON
from tests.hotline.calls.conftest import CallsScene
from tests.hotline.locks import somebody_waits_for_a_lock

pytestmark = pytest.mark.anyio

LATER = NOON + timedelta(seconds=40)


async def test_an_event_moves_the_call_and_is_told_with_its_facts(scene: CallsScene) -> None:
    await scene.call(CallState.WAITING)

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        assert move_call(work, call, CallEvent.ACCEPTED, at=NOON, staff="li")

    assert (await scene.now()).state == CallState.CONNECTING
    assert await scene.told() == [("call.accepted", {"staff": "li"})]


async def test_an_event_that_comes_too_late_changes_and_tells_nothing(scene: CallsScene) -> None:
    await scene.call(CallState.ENDED)

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        assert not move_call(work, call, CallEvent.ACCEPTED, at=NOON)
        assert not put_in_queue(work, call, at=NOON)
        assert not end_call(work, call, at=NOON)

    assert (await scene.now()).state == CallState.ENDED
    assert await scene.told() == []


async def test_a_caller_who_comes_back_to_the_queue_keeps_the_place(scene: CallsScene) -> None:
    await scene.call(CallState.FLOW)
    async with scene.work() as work:
        put_in_queue(work, await lock_call(work, "c1"), at=NOON)
    async with scene.work() as work:
        call = await lock_call(work, "c1")
        call.state = CallState.MESSAGE
        put_in_queue(work, call, at=LATER)

    assert (await scene.now()).queued_at == NOON


async def test_urgency_only_rises_and_is_told_once_with_its_reason(scene: CallsScene) -> None:
    await scene.call(CallState.WAITING)

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        said = [make_urgent(work, call, at=NOON, why=why) for why in ("key_in_menu", "crisis_flag")]

    assert said == [True, False]
    assert (await scene.now()).urgency == Urgency.CRISIS
    assert await scene.told() == [("call.raised_to_crisis", {"why": "key_in_menu"})]


@pytest.mark.parametrize(
    ("outcome", "urgency"), [("talked", Urgency.ROUTINE), ("hung_up", Urgency.CRISIS)]
)
async def test_a_call_that_is_over_is_raised_only_if_nobody_talked(
    scene: CallsScene, outcome: str, urgency: Urgency
) -> None:
    await scene.call(CallState.ENDED, outcome=outcome)

    async with scene.work() as work:
        make_urgent(work, await lock_call(work, "c1"), at=NOON, why="key_while_waiting")

    assert (await scene.now()).urgency == urgency


async def test_the_first_outcome_that_is_decided_stands(scene: CallsScene) -> None:
    await scene.call(CallState.WAITING)

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        decide_outcome(work, call, Outcome.CALLBACK_OWED, at=NOON)
        decide_outcome(work, call, Outcome.TURNED_AWAY, at=NOON, step="closed")

    call = await scene.now()
    assert (call.outcome, call.outcome_step) == ("callback_owed", "welcome")
    assert await scene.told() == [("call.outcome_decided", {"outcome": "callback_owed"})]


@pytest.mark.parametrize(
    ("state", "decided", "outcome", "step"),
    [
        (CallState.FLOW, None, Outcome.HUNG_UP, "welcome"),
        (CallState.WAITING, None, Outcome.HUNG_UP, "waiting"),
        (CallState.CONNECTING, None, Outcome.HUNG_UP, "connecting"),
        (CallState.TALKING, None, Outcome.TALKED, "talking"),
        (CallState.MESSAGE, None, Outcome.HUNG_UP, "message"),
        (CallState.CLOSING, Outcome.TALKED, Outcome.TALKED, "closing"),
        (CallState.CLOSING, Outcome.CALLBACK_OWED, Outcome.CALLBACK_OWED, "closing"),
    ],
)
async def test_a_call_ends_in_exactly_one_outcome_at_a_named_step(
    scene: CallsScene, state: CallState, decided: str | None, outcome: str, step: str
) -> None:
    await scene.call(state, outcome=decided)

    async with scene.work() as work:
        assert end_call(work, await lock_call(work, "c1"), at=LATER)

    call = await scene.now()
    assert (call.state, call.outcome, call.outcome_step) == (CallState.ENDED, outcome, step)
    assert (call.ended_at, call.left_at) == (LATER, LATER)


async def test_when_the_talk_was_ended_before_the_line_the_talk_ended_then(
    scene: CallsScene,
) -> None:
    await scene.call(CallState.CLOSING, outcome="talked", left_at=NOON)

    async with scene.work() as work:
        end_call(work, await lock_call(work, "c1"), at=LATER)

    assert ((await scene.now()).left_at, (await scene.now()).ended_at) == (NOON, LATER)


async def test_a_call_is_found_by_the_leg_of_its_caller(scene: CallsScene) -> None:
    await scene.call(CallState.FLOW)

    async with scene.work() as work:
        found, unknown = await call_of_leg(work, "CA1"), await call_of_leg(work, "CA2")

    assert (found and found.id, unknown) == ("c1", None)


async def test_a_call_that_does_not_exist_cannot_be_locked(scene: CallsScene) -> None:
    async with scene.work() as work:
        with pytest.raises(NotFound):
            await lock_call(work, "nobody")


# ── the queue, the timeline, the lock ───────────────────────────────────────────────────────────


async def test_joining_the_queue_is_told_with_what_decides_about_the_place(
    scene: CallsScene,
) -> None:
    await scene.call(CallState.FLOW, urgency="crisis", language="hak")

    async with scene.work() as work:
        assert put_in_queue(work, await lock_call(work, "c1"), at=LATER)

    call = await scene.now()
    assert (call.state, call.queued_at) == (CallState.WAITING, LATER)
    assert await scene.told() == [("call.queued", {"urgency": "crisis", "language": "hak"})]


async def test_the_end_is_told_with_where_the_call_stood(scene: CallsScene) -> None:
    await scene.call(CallState.MESSAGE)

    async with scene.work() as work:
        end_call(work, await lock_call(work, "c1"), at=LATER)

    assert await scene.told() == [("call.caller_left", {"from_state": "message"})]


async def test_a_step_that_was_named_when_the_outcome_was_decided_is_kept_to_the_end(
    scene: CallsScene,
) -> None:
    await scene.call(CallState.CLOSING)

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        decide_outcome(work, call, Outcome.TURNED_AWAY, at=NOON, step="outside_hours")
        end_call(work, call, at=LATER)

    call = await scene.now()
    assert (call.outcome, call.outcome_step) == ("turned_away", "outside_hours")


async def test_a_second_report_that_the_caller_left_changes_nothing(scene: CallsScene) -> None:
    await scene.call(CallState.TALKING)

    async with scene.work() as work:
        call = await lock_call(work, "c1")
        assert end_call(work, call, at=NOON)
        assert not end_call(work, call, at=LATER)

    assert (await scene.now()).ended_at == NOON
    assert [kind for kind, _ in await scene.told()] == ["call.caller_left"]


@pytest.mark.parametrize("state", [state for state in CallState if state != CallState.ENDED])
async def test_a_living_call_can_become_a_crisis_at_any_point(
    scene: CallsScene, state: CallState
) -> None:
    await scene.call(state)

    async with scene.work() as work:
        assert make_urgent(work, await lock_call(work, "c1"), at=NOON, why="crisis_flag")

    assert (await scene.now()).urgency == Urgency.CRISIS


async def test_everybody_who_watches_a_call_is_told_of_an_entry_when_it_is_written(
    scene: CallsScene,
) -> None:
    await scene.call(CallState.WAITING)
    connection = await scene.database.connect()

    async with connection:
        await listen(connection)
        async with scene.work() as work:
            call = await lock_call(work, "c1")
            add_call_entry(work, call, "call.held", at=NOON, staff_id="li", facts={"by": "key"})
            add_call_entry(work, call, "call.resumed", at=NOON, staff_id="li")
        heard = [one.payload async for one in connection.notifies(timeout=10, stop_after=1)]

    assert [json.loads(payload) for payload in heard] == [{"topic": "call", "id": "c1"}]
    assert await scene.told() == [("call.held", {"by": "key"}), ("call.resumed", {})]


async def test_who_comes_second_sees_what_the_first_has_done_with_a_call(
    scene: CallsScene,
) -> None:
    await scene.call(CallState.TALKING)

    async def caller_hangs_up() -> bool:
        async with scene.work() as work:
            assert (await work.get_one(Call, "c1")).state == CallState.TALKING, "read too early"
            return end_call(work, await lock_call(work, "c1"), at=LATER)

    async with scene.work() as work:
        first = await lock_call(work, "c1")
        second = asyncio.create_task(caller_hangs_up())
        await somebody_waits_for_a_lock(scene.database)
        move_call(work, first, CallEvent.FINISHED, at=NOON)
        decide_outcome(work, first, Outcome.TALKED, at=NOON, step="ended_by_counselor")

    assert await second
    call = await scene.now()
    assert (call.outcome, call.outcome_step) == ("talked", "ended_by_counselor")
    assert [kind for kind, _ in await scene.told()] == [
        "call.finished",
        "call.outcome_decided",
        "call.caller_left",
    ]
