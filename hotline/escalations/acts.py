"""What people do beside answering for it: comment, ring, hand on, remind, open again.

Each command locks the row, writes the timeline and announces, all in the caller's unit of work.
None of them puts off whoever is next: a deadline is kept, or comes nearer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.deliveries.model import LIVE
from hotline.errors import EscalationRefused, Invalid
from hotline.escalations.attempts import add_attempt, silence_attempts
from hotline.escalations.cases import open_case_again
from hotline.escalations.chain import read_chain
from hotline.escalations.model import EscalationEvent, EscalationState, Level, after
from hotline.escalations.notes import SealedNote, add_note
from hotline.escalations.policy import (
    ACK_WITHIN,
    NOBODY_YET,
    REMINDED_WITHIN,
    RING_PAUSE,
    Chain,
    ChainPosition,
    ChainStep,
    step_at,
    step_now,
    turn_again,
)
from hotline.escalations.progress import (
    lock_escalation,
    move_escalation,
    move_no_later,
    next_turn,
    press_on,
    take_step,
)
from hotline.escalations.provisions import taken_by_station
from hotline.escalations.receivers import keep_people, kept_walk, walk_of_policy
from hotline.escalations.rescue import ask_rescue_again
from hotline.escalations.timeline import add_escalation_entry, position_of
from hotline.staff.actor import Actor
from hotline.stations.queries import ANSWERS
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, Delivery, Escalation, Station, StationContact
from hotline.storage.vault import Vault

REFUSALS: Mapping[str, str] = {
    "nobody_to_ring": "There is nobody to ring: hand it to another station.",
    "not_in_chain": "This contact is not among those who answer for it: choose another one.",
    "rings_now": "This phone rings at this moment. Wait for it, or ring somebody else.",
    "rung_just_now": "This phone was rung less than 30 seconds ago. Wait, or ring somebody else.",
    "theirs_already": "This station answers for it already: choose another one.",
    "no_station": "There is no such station: choose one from the list.",
    "nobody_there": "Nobody can be rung at this station or above it: choose another one.",
    "nobody_has_it": "Nobody has it yet, so there is nobody to remind: ring the next contact now.",
    "other_alarm": "The same call has another open escalation, which answers for the child.",
}
NO_WORDS = "Say why. Nothing has changed until then."


def _refusal(reason: str) -> EscalationRefused:
    return EscalationRefused(reason, REFUSALS[reason])


async def comment(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, text: str, at: datetime
) -> Escalation:
    """Something that whoever answers for it must know; closed or not. Changes nothing else."""
    _require_words(text)
    escalation = await lock_escalation(work, escalation_id)
    add_note(work, vault, escalation, SealedNote("escalation.commented", text), by=by, at=at)
    return escalation


def _require_words(text: str) -> None:
    if not text.strip():
        raise Invalid(NO_WORDS)


# ── ringing ─────────────────────────────────────────────────────────────────────────────────────


async def ring_now(
    work: Work, escalation_id: str, *, by: Actor, contact_id: str | None = None, at: datetime
) -> Escalation:
    """Ring whoever's turn it is once more, or somebody else of the chain. Nobody waits longer.

    Raises `IllegalMove` where somebody has it, and where that phone rings or has just rung.
    """
    escalation = await lock_escalation(work, escalation_id)
    after(escalation.state, EscalationEvent.RUNG)
    if position_of(escalation) == NOBODY_YET:
        await press_on(work, escalation, at=at)
        began = _in_turn(escalation)
        if began and contact_id in (None, *(one.contact_id for one in began)):
            _tell_rung(work, escalation, began, by=by, at=at)
            return escalation
    asked = await _to_ring(work, escalation, contact_id)
    quiet = await _quiet_of(work, escalation, asked, at=at)
    move_no_later(escalation, EscalationEvent.RUNG, at=at)
    _tell_rung(work, escalation, quiet, by=by, at=at)
    for contact in quiet:
        await add_attempt(work, escalation, contact, at=at)
    return escalation


def _in_turn(escalation: Escalation) -> Chain:
    """Everybody who is rung at the step where it stands."""
    turn = step_at(kept_walk(escalation), position_of(escalation))
    return turn.contacts if turn is not None else ()


def _tell_rung(work: Work, escalation: Escalation, rung: Chain, *, by: Actor, at: datetime) -> None:
    for contact in rung:
        facts = {"contact_id": contact.contact_id}
        add_escalation_entry(work, escalation, "escalation.rung", at=at, actor=by, **facts)


async def _to_ring(work: Work, escalation: Escalation, contact_id: str | None) -> Chain:
    """Those of them who may be rung still. Raises `EscalationRefused` where nobody may."""
    if contact_id is None:
        asked, fault = _in_turn(escalation), "nobody_to_ring"
    else:
        everybody = kept_walk(escalation).chain
        asked = tuple(one for one in everybody if one.contact_id == contact_id)[:1]
        fault = "not_in_chain"
    ids = [one.contact_id for one in asked]
    known = select(StationContact.id).where(col(StationContact.id).in_(ids))
    active = set((await work.exec(known.where(col(StationContact.active)))).all())
    there = tuple(one for one in asked if one.contact_id in active)
    if not there:
        raise _refusal(fault)
    return there


async def _quiet_of(work: Work, escalation: Escalation, asked: Chain, *, at: datetime) -> Chain:
    """Those whose phone neither rings nor has just rung. Raises where that is nobody."""
    faults = [await _noise(work, escalation, one, at=at) for one in asked]
    quiet = tuple(one for one, fault in zip(asked, faults, strict=True) if fault is None)
    if not quiet:
        raise _refusal(next(fault for fault in faults if fault is not None))
    return quiet


async def _noise(
    work: Work, escalation: Escalation, contact: ChainStep, *, at: datetime
) -> str | None:
    """Two rings of one phone are two rings of one person, who may be dialling the PIN."""
    query = (
        select(Delivery.state, Delivery.created_at)
        .join(Attempt, col(Attempt.id) == col(Delivery.id))
        .where(Attempt.escalation_id == escalation.id, Attempt.contact_id == contact.contact_id)
        .order_by(col(Delivery.created_at).desc())
    )
    last = (await work.exec(query.limit(1))).first()
    if last is None:
        return None
    state, ago = last[0], at - last[1]
    if ago < timedelta():  # a clock was set back: better rung twice than not to be rung
        return None
    if ago < RING_PAUSE:
        return "rung_just_now"
    return "rings_now" if state in LIVE and ago < ACK_WITHIN else None


# ── moving it on ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HandOver:
    """Which station is asked instead, and why."""

    station_id: str
    reason: str


async def hand_to(
    work: Work, vault: Vault, escalation_id: str, *, to: HandOver, by: Actor, at: datetime
) -> Escalation:
    """Another station answers for it: its chain begins anew, at once. The one before is told.

    Raises `EscalationRefused` and `Invalid`, and then it stays as it was.
    """
    _require_words(to.reason)
    escalation = await lock_escalation(work, escalation_id)
    former = escalation.station_id
    after(escalation.state, EscalationEvent.HANDED_TO)
    if to.station_id == former:
        raise _refusal("theirs_already")
    answers = select(Station.id).where(Station.id == to.station_id, *ANSWERS)
    if (await work.exec(answers)).first() is None:
        raise _refusal("no_station")
    roster = await read_chain(work, to.station_id, at)
    if not roster:
        raise _refusal("nobody_there")
    walk = await walk_of_policy(work, escalation.policy, to.station_id, roster, at)
    await silence_attempts(work, escalation, at=at)
    escalation.station_id = to.station_id
    keep_people(escalation, walk)
    escalation.step, escalation.round = 0, 0
    move_escalation(escalation, EscalationEvent.HANDED_TO, at=at)
    escalation.acknowledged_at, escalation.acknowledged_by = None, ""
    between = {"from": former, "to": to.station_id}
    said = SealedNote("escalation.handed_to", to.reason, between)
    add_note(work, vault, escalation, said, by=by, at=at)
    work.announce("station", former)
    await taken_by_station(work, escalation, to.station_id, by=by, at=at)
    await take_step(work, escalation, step_now(walk, ChainPosition(0, 0), at), at=at)
    return escalation


async def remind(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, words: str = "", at: datetime
) -> Escalation:
    """Whoever has it is told that somebody waits; silence now lasts `REMINDED_WITHIN` at most."""
    escalation = await lock_escalation(work, escalation_id)
    if escalation.state == EscalationState.OPEN:
        raise _refusal("nobody_has_it")
    move_no_later(escalation, EscalationEvent.REMINDED, at=at)
    if escalation.next_due_at is not None:
        escalation.next_due_at = min(escalation.next_due_at, at + REMINDED_WITHIN)
    add_note(work, vault, escalation, SealedNote("escalation.reminded", words), by=by, at=at)
    return escalation


async def reopen(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, reason: str, at: datetime
) -> Escalation:
    """What was closed is open again, and whoever had it last is rung at once.

    Raises `IllegalMove`: also where the same call has another alarm that is as loud and still runs.
    """
    _require_words(reason)
    escalation = await lock_escalation(work, escalation_id)
    after(escalation.state, EscalationEvent.OPENED_AGAIN)
    await _require_no_other_alarm(work, escalation)
    place = position_of(escalation)
    if place == NOBODY_YET:
        place = ChainPosition(0, 0)
        escalation.step, escalation.round = place.step, place.round
    move_escalation(escalation, EscalationEvent.OPENED_AGAIN, at=at)
    escalation.closed_at = None
    escalation.acknowledged_at, escalation.acknowledged_by = None, ""
    add_note(work, vault, escalation, SealedNote("escalation.opened_again", reason), by=by, at=at)
    await ask_rescue_again(work, escalation, at=at)
    await open_case_again(work, escalation, by=by, at=at)
    turn = await next_turn(work, escalation, place, at, follow=turn_again)
    await take_step(work, escalation, turn, at=at)
    return escalation


async def _require_no_other_alarm(work: Work, escalation: Escalation) -> None:
    """One alarm for each call and level. A flag raised meanwhile waits for this row."""
    query = select(Escalation.number).where(
        Escalation.call_id == escalation.call_id,
        Escalation.id != escalation.id,
        Escalation.state != EscalationState.CLOSED,
        col(Escalation.level).in_(Level(escalation.level).covered_by()),
    )
    other = (await work.exec(query.limit(1))).first()
    if other is not None:
        raise _refusal("other_alarm")
