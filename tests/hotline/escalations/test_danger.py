"""What a caller's number says about danger while the caller waits."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.calls.model import CallState, Outcome, Urgency
from hotline.escalations.danger import REMEMBERED_FOR, raise_endangered
from hotline.escalations.service import close
from hotline.staff.actor import SYSTEM
from hotline.storage.tables import Call, CallEntry, Record, Staff
from tests.fakes import NOON
from tests.hotline.escalations.conftest import EscalationScene

pytestmark = pytest.mark.anyio

CHILD, SOMEBODY_ELSE = "index-of-the-child", "index-of-somebody-else"
AN_HOUR_AGO = NOON - timedelta(hours=1)


def call(call_id: str, number: str, **values: Any) -> Call:
    """A call of a number; by default one that waits now."""
    fields: dict[str, Any] = {"state": CallState.WAITING, "arrived_at": NOON, "heard_at": NOON}
    return Call(id=call_id, carrier_sid=call_id, line_id="12355", from_index=number,
                **(fields | values))  # fmt: skip


def over(call_id: str, number: str, outcome: Outcome, at: datetime, **values: Any) -> Call:
    """A call that has ended."""
    ended = {"state": CallState.ENDED, "outcome": outcome, "arrived_at": at, "ended_at": at}
    return call(call_id, number, **ended, **values)


def dropped(at: datetime = AN_HOUR_AGO) -> Call:
    """A crisis call of the child that ended without a talk."""
    return over("dropped", CHILD, Outcome.HUNG_UP, at, urgency=Urgency.CRISIS)


async def urgency_after_a_look(scene: EscalationScene, number: str | None = None) -> str:
    async with scene.work() as work:
        await raise_endangered(work, at=scene.clock.now(), number=number)
    async with scene.work() as work:
        return (await work.get_one(Call, "waits")).urgency


async def test_a_child_whose_crisis_call_was_dropped_is_in_danger_when_it_dials_again(
    scene: EscalationScene,
) -> None:
    await scene.add(dropped(), call("waits", CHILD))

    assert await urgency_after_a_look(scene, CHILD) == Urgency.CRISIS

    async with scene.work() as work:
        entry = (await work.exec(select(CallEntry).where(CallEntry.call_id == "waits"))).one()
    assert (entry.kind, entry.facts) == ("call.raised_to_crisis", {"why": "dropped_crisis_call"})


@pytest.mark.parametrize(
    "outcome", [Outcome.CALLBACK_OWED, Outcome.MESSAGE_LEFT, Outcome.TURNED_AWAY]
)
async def test_nor_is_a_promise_or_a_message_a_talk_where_danger_was_heard_late(
    scene: EscalationScene, outcome: Outcome
) -> None:
    before = over("before", CHILD, outcome, AN_HOUR_AGO, urgency=Urgency.CRISIS)
    await scene.add(before, call("waits", CHILD))

    assert await urgency_after_a_look(scene) == Urgency.CRISIS


async def test_that_others_have_talked_since_changes_nothing_for_the_child(
    scene: EscalationScene,
) -> None:
    talked = over("other", SOMEBODY_ELSE, Outcome.TALKED, NOON - timedelta(minutes=5))
    await scene.add(dropped(), talked, call("waits", CHILD))

    assert await urgency_after_a_look(scene) == Urgency.CRISIS


async def test_who_has_talked_with_us_since_is_a_caller_like_any_other(
    scene: EscalationScene,
) -> None:
    talked = over("later", CHILD, Outcome.TALKED, NOON - timedelta(minutes=5))
    await scene.add(dropped(), talked, call("waits", CHILD))

    assert await urgency_after_a_look(scene) == Urgency.ROUTINE


async def test_a_dropped_crisis_call_is_remembered_for_a_day(scene: EscalationScene) -> None:
    await scene.add(dropped(NOON - REMEMBERED_FOR - timedelta(seconds=1)), call("waits", CHILD))

    assert await urgency_after_a_look(scene) == Urgency.ROUTINE


async def test_the_dropped_call_of_somebody_else_says_nothing(scene: EscalationScene) -> None:
    await scene.add(dropped(), call("waits", SOMEBODY_ELSE))

    assert await urgency_after_a_look(scene) == Urgency.ROUTINE


async def test_an_escalation_that_nobody_closed_speaks_for_the_next_call_until_it_is_closed(
    scene: EscalationScene,
) -> None:
    await scene.change(Call, "call", from_index=CHILD)
    escalation = await scene.flag()
    await scene.add(call("waits", CHILD))
    open_ = await urgency_after_a_look(scene)

    async with scene.work() as work:
        await close(
            work, scene.vault, escalation.id, by=SYSTEM, reason="safe", at=scene.clock.now()
        )
    await scene.change(Call, "waits", urgency=Urgency.ROUTINE)

    assert (open_, await urgency_after_a_look(scene)) == (Urgency.CRISIS, Urgency.ROUTINE)


async def test_callers_without_a_number_have_no_history(scene: EscalationScene) -> None:
    nameless = over("nameless", "", Outcome.HUNG_UP, AN_HOUR_AGO, urgency=Urgency.CRISIS)
    await scene.add(nameless, call("waits", ""))

    assert await urgency_after_a_look(scene) == Urgency.ROUTINE


@pytest.mark.parametrize(
    ("risk", "follow_up", "days", "urgency"),
    [
        ("high", True, 1, "crisis"),
        ("imminent", True, 29, "crisis"),
        ("high", False, 1, "routine"),
        ("moderate", True, 1, "routine"),
        ("high", True, 31, "routine"),
    ],
)
async def test_a_high_risk_that_is_still_followed_up_is_danger_when_the_child_calls_again(
    scene: EscalationScene, risk: str, days: int, urgency: str, *, follow_up: bool
) -> None:
    before = NOON - timedelta(days=days)
    async with scene.work() as work:
        writer = (await work.exec(select(Staff.id).limit(1))).one()
    talked = over("talked", CHILD, Outcome.TALKED, before)
    record = Record(call_id="talked", staff_id=writer, contact_type="self", risk=risk,
                    disposition="listened", follow_up=follow_up, saved_at=before)  # fmt: skip
    await scene.add(talked, call("waits", CHILD))
    await scene.add(record)

    assert await urgency_after_a_look(scene, CHILD) == urgency
