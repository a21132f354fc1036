"""Whatever happens, in whatever order: a raised flag never goes silent.

I1: each flag has exactly one escalation. I2: each open escalation has a next deadline, no further
away than its longest wait. I3: each due step was brought to the carrier. And only a person closes.
"""

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, delete, select

from hotline.deliveries.model import LIVE
from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable, IllegalMove
from hotline.escalations.acts import HandOver, comment, hand_to, remind, reopen, ring_now
from hotline.escalations.in_the_field import Contact, SetOut, make_contact, set_out
from hotline.escalations.late import DoneInField
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import longest_wait
from hotline.escalations.receivers import kept_walk
from hotline.escalations.service import accept, acknowledge, close, give_back, report
from hotline.escalations.station_call import call_answered, call_ended, key_pressed
from hotline.escalations.timeline import position_of
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    Attempt,
    CrisisFlag,
    Delivery,
    Escalation,
    EscalationEntry,
    EscalationLink,
    Rescue,
    SupervisorAlarm,
)
from tests.fakes import Fault
from tests.hotline.escalations.conftest import PIN, EscalationScene

pytestmark = pytest.mark.anyio

Act = Callable[[Work, EscalationScene, Escalation, Attempt], Awaitable[object]]

PEOPLE: dict[str, Act] = {
    "acknowledge": lambda w, s, e, a: acknowledge(
        w, e.id, by=Actor.of_staff("li"), at=s.clock.now()
    ),
    "accept": lambda w, s, e, a: accept(w, e.id, by=Actor.of_staff("li"), at=s.clock.now()),
    "give back": lambda w, s, e, a: give_back(
        w, s.vault, e.id, by=Actor.of_staff("li"), reason="no", at=s.clock.now()
    ),
    "report": lambda w, s, e, a: report(
        w, s.vault, e.id, by=Actor.of_staff("li"), done=DoneInField("done"), at=s.clock.now()
    ),
    "set out": lambda w, s, e, a: set_out(
        w, s.vault, e.id, by=Actor.of_staff("li"), going=SetOut(minutes=20), at=s.clock.now()
    ),
    "make contact": lambda w, s, e, a: make_contact(
        w, s.vault, e.id, by=Actor.of_staff("li"), met=Contact(child="seen"), at=s.clock.now()
    ),
    "close": lambda w, s, e, a: close(
        w, s.vault, e.id, by=Actor.of_staff("li"), reason="safe", at=s.clock.now()
    ),
    "ring now": lambda w, s, e, a: ring_now(w, e.id, by=Actor.of_staff("li"), at=s.clock.now()),
    "ring city": lambda w, s, e, a: ring_now(
        w, e.id, by=Actor.of_staff("li"), contact_id="city", at=s.clock.now()
    ),
    "hand to city": lambda w, s, e, a: hand_to(
        w, s.vault, e.id, to=HandOver("city", "x"), by=Actor.of_staff("li"), at=s.clock.now()
    ),
    "hand to district": lambda w, s, e, a: hand_to(
        w, s.vault, e.id, to=HandOver("district", "x"), by=Actor.of_staff("li"), at=s.clock.now()
    ),
    "remind": lambda w, s, e, a: remind(
        w, s.vault, e.id, by=Actor.of_staff("li"), at=s.clock.now()
    ),
    "reopen": lambda w, s, e, a: reopen(
        w, s.vault, e.id, by=Actor.of_staff("li"), reason="gone again", at=s.clock.now()
    ),
    "comment": lambda w, s, e, a: comment(
        w, s.vault, e.id, by=Actor.of_staff("li"), text="at the bridge", at=s.clock.now()
    ),
    "answer": lambda w, s, e, a: call_answered(w, a.id, s.clock.now()),
    "right pin": lambda w, s, e, a: key_pressed(w, a.id, PIN, s.clock.now()),
    "wrong pin": lambda w, s, e, a: key_pressed(w, a.id, "0", s.clock.now()),
    "busy": lambda w, s, e, a: call_ended(w, a.id, LegStatus.BUSY, s.clock.now()),
    "hang up": lambda w, s, e, a: call_ended(w, a.id, LegStatus.COMPLETED, s.clock.now()),
}
TELEPHONE = {"answer", "right pin", "wrong pin", "busy", "hang up"}
FAULTS = {
    "refused": Fault(CarrierRefused(21211)),
    "unreachable": Fault(CarrierUnreachable()),
    "unclear, rang": Fault(CarrierUnclear(), after_effect=True),
    "unclear, did not": Fault(CarrierUnclear()),
    "crash": Fault(ZeroDivisionError()),
}
PASSING = ["0", "1", "3", "15", "30", "120", "600", "1800", "-3600"]
HAPPENINGS = st.sampled_from([*PEOPLE, *FAULTS, *PASSING, "flag", "queue gone", "queue back"])
SETTINGS = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SETTINGS
@given(st.lists(HAPPENINGS, min_size=3, max_size=14))
async def test_no_history_leaves_an_open_escalation_without_a_deadline(
    database: Database, scene: EscalationScene, history: list[str]
) -> None:
    await begin_anew(scene)
    raised, closed = 1, 0

    for happening in history:
        raised += happening == "flag"
        closed += await happens(scene, happening, f"key-{raised}")
        await scene.tick()
        await check(scene, raised=raised, closed=closed)

    await every_due_step_was_brought_to_the_carrier(scene)


BEGUN_BY_A_FLAG = (
    *(EscalationEntry, Attempt, Delivery, CrisisFlag),
    *(SupervisorAlarm, Rescue, EscalationLink, Escalation),
)


async def begin_anew(scene: EscalationScene) -> None:
    """One open escalation, a carrier that works."""
    async with scene.work() as work:
        await work.sql(text("set local session_replication_role = replica"), {})  # a ledger stays
        for table in BEGUN_BY_A_FLAG:
            await work.exec(delete(table))
    scene.carrier.faults.clear()
    scene.carrier.legs.clear()
    scene.jobs.reachable = False
    scene.dispatcher = scene.another_dispatcher()
    await scene.flag("key-1")


async def happens(scene: EscalationScene, happening: str, key: str) -> int:
    """One thing. Returns how many escalations a person closed by it, or opened again."""
    if happening in PEOPLE:
        return await somebody(scene, happening)
    if happening in FAULTS:
        scene.carrier.fails(FAULTS[happening])
    elif happening == "flag":
        await scene.flag(key)
    elif happening in PASSING:
        scene.clock.advance(float(happening))
    else:
        scene.jobs.reachable = happening == "queue back"
    return 0


async def somebody(scene: EscalationScene, happening: str) -> int:
    attempt = (await scene.attempts())[-1]
    escalation = await scene.escalation(attempt.escalation_id)
    if happening in TELEPHONE and not was_rung(scene, attempt.id):
        return 0
    try:
        async with scene.work() as work:
            await PEOPLE[happening](work, scene, escalation, attempt)
    except IllegalMove:
        return 0
    return int(happening == "close") - int(happening == "reopen")


def was_rung(scene: EscalationScene, attempt_id: str) -> bool:
    """Only a phone that rang can be answered, or busy."""
    return any(attempt_id in leg.dial.answer_url for leg in scene.carrier.legs)


async def check(scene: EscalationScene, *, raised: int, closed: int) -> None:
    """I1, I2, and that only a person closes."""
    async with scene.work() as work:
        flags = (await work.exec(select(CrisisFlag.id, CrisisFlag.escalation_id))).all()
        escalations = (await work.exec(select(Escalation))).all()
        entries = (await work.exec(select(EscalationEntry))).all()
    told = [
        (entry.facts["flag_id"], entry.escalation_id)
        for entry in entries
        if "flag_id" in entry.facts
    ]
    assert len(flags) == raised
    assert sorted(told) == sorted(flags)
    assert sum(escalation.state == EscalationState.CLOSED for escalation in escalations) == closed
    for escalation in escalations:
        if escalation.state != EscalationState.CLOSED:
            wait = longest_wait(
                EscalationState(escalation.state),
                kept_walk(escalation),
                position_of(escalation),
            )
            assert escalation.next_due_at is not None
            assert scene.clock.now() <= escalation.next_due_at <= scene.clock.now() + wait


async def every_due_step_was_brought_to_the_carrier(scene: EscalationScene) -> None:
    """I3: given a carrier that works again, nothing that should ring is left lying."""
    scene.carrier.faults.clear()
    scene.jobs.reachable = False
    for _ in range(8):
        await scene.passes(6)

    async with scene.work() as work:
        lying = select(Delivery).where(
            col(Delivery.state).in_(["pending", "unknown", "submitting"])
        )
        assert (await work.exec(lying)).all() == []
        live = select(Delivery.id).where(col(Delivery.state).in_(LIVE))
        for delivery_id in (await work.exec(live)).all():
            assert was_rung(scene, delivery_id)
        attempts = (await work.exec(select(Attempt.id))).all()
        assert sorted(attempts) == sorted((await work.exec(select(Delivery.id))).all())
