"""The call to a station's duty phone: how it is asked for, what is said, and the PIN.

A mailbox answers and a leg completes; neither is an acknowledgement. Only the right PIN is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import col, select

from hotline.deliveries.model import DeliveryEvent
from hotline.escalations.attempts import (
    AttemptNews,
    HeldAttempt,
    fail_attempt,
    follow_attempt,
    lock_attempt,
    lock_escalation_of,
    move_attempt,
)
from hotline.escalations.model import EscalationState
from hotline.escalations.service import acknowledge
from hotline.escalations.timeline import add_escalation_entry
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.staff.passwords import pin_fits
from hotline.stations.queries import note_heard
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, Call, Delivery, Escalation, Line, StationContact

RING_S = 40  # leaves more than half of a step for the PIN
TRIES_A_CALL = 3
WRONG_PINS_AN_ATTEMPT = 5  # reliability research S20
STATION_LANGUAGE = "cmn"
DRILL_LINE = "演练"  # what is heard where the line would be named


class StationCalls:
    """Who asks for the deliveries of escalations, as `deliveries.asker` wants to see it."""

    path = "/voice/stations"
    ring_s = RING_S

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the escalation. Once somebody has it, nobody is rung any more; nor is a phone that
        is nobody's by now."""
        escalation = await lock_escalation_of(work, delivery_id)
        is_open = escalation is not None and escalation.state == EscalationState.OPEN
        return is_open and await _is_on_roster(work, delivery_id)

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Into the timeline; and where nobody can be reached, on to the next contact."""
        escalation = await lock_escalation_of(work, delivery.id)
        if escalation is not None:
            await follow_attempt(work, escalation, AttemptNews(delivery.id, event, why), at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNotice:
    """The minimum that whoever lifts the receiver may hear, PIN or not."""

    line_name: str
    number: str
    level: str
    language: str
    already_taken: bool


class PinResult(StrEnum):
    """What the keys came to, and so what is said next."""

    ACKNOWLEDGED = "acknowledged"
    ALREADY_TAKEN = "already_taken"
    TRY_AGAIN = "try_again"
    NO_MORE_TRIES = "no_more_tries"


async def _is_on_roster(work: Work, attempt_id: str) -> bool:
    """Whether the phone is still somebody's, of a station that answers for it by now."""
    query = (
        select(Escalation.station_id, Escalation.chain, StationContact.station_id)
        .join(Attempt, col(Attempt.escalation_id) == col(Escalation.id))
        .join(StationContact, col(StationContact.id) == col(Attempt.contact_id))
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .where(Attempt.id == attempt_id, col(StationContact.active))
        .where(col(StationContact.phone) == col(Delivery.address))
    )
    found = (await work.exec(query)).first()
    return found is not None and _answers_for_it(*found)


def _answers_for_it(station_id: str, chain: Sequence[Mapping[str, Any]], theirs: str) -> bool:
    """Not after it was handed to another station. A chain that cannot be read excludes nobody."""
    stations = {station_id, *(link.get("station_id") for link in chain)}
    return not chain or theirs in stations


async def call_answered(work: Work, attempt_id: str, at: datetime) -> StationNotice | None:
    """Somebody, or a mailbox, answered. None where there is no such attempt, or the phone is
    nobody's any more. Safe to repeat."""
    held = await lock_attempt(work, attempt_id)
    if held is None or not await _is_on_roster(work, attempt_id):
        return None
    escalation = held.escalation
    await move_attempt(work, held, DeliveryEvent.ANSWERED, at=at)
    return StationNotice(
        line_name=await _line_heard(work, escalation),
        number=escalation.number,
        level=escalation.level,
        language=STATION_LANGUAGE,
        already_taken=escalation.state != EscalationState.OPEN,
    )


async def _line_heard(work: Work, escalation: Escalation) -> str:
    if escalation.drill:
        return DRILL_LINE
    call = await work.get_one(Call, escalation.call_id)
    return (await work.get_one(Line, call.line_id)).name


async def key_pressed(work: Work, attempt_id: str, pin: str, at: datetime) -> PinResult:
    """Keys, or none within the time: silence is a try too, or a mailbox would be asked for ever."""
    fits = await _is_pin_of(work, attempt_id, pin)
    held = await lock_attempt(work, attempt_id)
    if held is None:
        return PinResult.NO_MORE_TRIES
    escalation, attempt = held.escalation, held.attempt
    contact = Actor.of_contact(attempt.contact_id)
    if escalation.state != EscalationState.OPEN:
        ours = escalation.acknowledged_by == str(contact) and fits
        return PinResult.ACKNOWLEDGED if ours else PinResult.ALREADY_TAKEN
    if attempt.wrong_pins >= WRONG_PINS_AN_ATTEMPT:
        return PinResult.NO_MORE_TRIES
    theirs = await work.get_one(StationContact, attempt.contact_id)
    if not _answers_for_it(escalation.station_id, escalation.chain, theirs.station_id):
        return PinResult.ALREADY_TAKEN
    if fits:
        await note_heard(work, attempt.contact_id, at)
        await acknowledge(work, escalation.id, by=contact, attempt_id=attempt.id, at=at)
        return PinResult.ACKNOWLEDGED
    return await _wrong(work, held, at=at)


async def _is_pin_of(work: Work, attempt_id: str, pin: str) -> bool:
    """Before any row is held: the hash is slow on purpose. Whoever left the roster has no PIN."""
    query = (
        select(StationContact.pin_hash)
        .join(Attempt, col(Attempt.contact_id) == col(StationContact.id))
        .where(Attempt.id == attempt_id, col(StationContact.active))
    )
    pin_hash = (await work.exec(query)).one_or_none()
    return pin_hash is not None and await pin_fits(pin.strip("#* "), pin_hash)


async def _wrong(work: Work, held: HeldAttempt, *, at: datetime) -> PinResult:
    attempt = held.attempt
    attempt.wrong_pins += 1
    add_escalation_entry(work, held.escalation, "attempt.wrong_pin", at=at, attempt_id=attempt.id)
    if attempt.wrong_pins >= WRONG_PINS_AN_ATTEMPT:
        await fail_attempt(work, held, at=at, why="wrong_pins")
        return PinResult.NO_MORE_TRIES
    over = attempt.wrong_pins % TRIES_A_CALL == 0
    return PinResult.NO_MORE_TRIES if over else PinResult.TRY_AGAIN


async def call_ended(work: Work, attempt_id: str, status: LegStatus, at: datetime) -> None:
    """The leg is over. Without an acknowledgement the attempt has failed, whatever the status."""
    if not status.over:
        return
    held = await lock_attempt(work, attempt_id)
    if held is not None:
        await fail_attempt(work, held, at=at, why=status.value)
