"""The call to a station's duty phone: how it is asked for, what is said, and the PIN.

A mailbox answers and a leg completes; neither is an acknowledgement. Only the right PIN is.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select

from hotline.deliveries.by_text import text_event
from hotline.deliveries.model import Channel, DeliveryEvent
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
from hotline.escalations.pins import (
    WRONG_PINS_AN_ATTEMPT,
    is_pin_of,
    note_wrong_pin,
    wrong_pins_of,
)
from hotline.escalations.service import acknowledge
from hotline.escalations.ways import answers_for_it, is_on_roster
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.stations.queries import note_heard
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, Call, Delivery, Escalation, Line, StationContact

RING_S = 40  # leaves more than half of a step for the PIN
TRIES_A_CALL = 3
DRILL_LINE = "演练", "Drill"  # what is heard where the line would be named


class StationCalls:
    """Who asks for the deliveries of escalations, as `deliveries.asker` wants to see it."""

    path = "/voice/stations"
    ring_s = RING_S

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the escalation. Once somebody has it, nobody is rung any more; nor is a phone that
        is nobody's by now."""
        escalation = await lock_escalation_of(work, delivery_id)
        is_open = escalation is not None and escalation.state == EscalationState.OPEN
        wanted = is_open and await is_on_roster(work, delivery_id)
        return wanted and not await _is_stale(work, delivery_id)

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Into the timeline; and where nobody can be reached, on to the next contact."""
        escalation = await lock_escalation_of(work, delivery.id)
        if escalation is not None:
            news = AttemptNews(delivery.id, event, why, channel=delivery.channel)
            await follow_attempt(work, escalation, news, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNotice:
    """The minimum that whoever lifts the receiver may hear, PIN or not."""

    line_name: str
    line_name_en: str
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


async def _is_stale(work: Work, attempt_id: str) -> bool:
    """Whether their own system is to be told of the same again by a newer delivery."""
    query = select(Attempt, Delivery).join(Delivery, col(Delivery.id) == col(Attempt.id))
    found = (await work.exec(query.where(Attempt.id == attempt_id))).one_or_none()
    if found is None or found[1].channel != Channel.WEBHOOK:
        return False
    mine, sent = found
    newer = (
        query.where(Attempt.escalation_id == mine.escalation_id, Delivery.channel == sent.channel)
        .where(Delivery.address == sent.address, Delivery.created_at > sent.created_at)
        .limit(1)
    )
    return (await work.exec(newer)).first() is not None


async def call_answered(work: Work, attempt_id: str, at: datetime) -> StationNotice | None:
    """Somebody, or a mailbox, answered. None where there is no such attempt, or the phone is
    nobody's any more. Safe to repeat."""
    held = await lock_attempt(work, attempt_id)
    if held is None or not await is_on_roster(work, attempt_id):
        return None
    await move_attempt(work, held, DeliveryEvent.ANSWERED, at=at)
    return await notice_of(work, held)


async def notice_of(work: Work, held: HeldAttempt) -> StationNotice:
    """What may be said about it."""
    escalation = held.escalation
    line_name, line_name_en = await _line_heard(work, escalation)
    contact = await work.get_one(StationContact, held.attempt.contact_id)
    return StationNotice(
        line_name=line_name,
        line_name_en=line_name_en,
        number=escalation.number,
        level=escalation.level,
        language=contact.language,
        already_taken=escalation.state != EscalationState.OPEN,
    )


async def _line_heard(work: Work, escalation: Escalation) -> tuple[str, str]:
    if escalation.drill:
        return DRILL_LINE
    call = await work.get_one(Call, escalation.call_id)
    line = await work.get_one(Line, call.line_id)
    return line.name, line.name_en


async def language_of_attempt(work: Work, attempt_id: str) -> str:
    """In which its contact is spoken to."""
    query = (
        select(StationContact.language)
        .join(Attempt, col(Attempt.contact_id) == col(StationContact.id))
        .where(Attempt.id == attempt_id)
    )
    return (await work.exec(query)).first() or "cmn"


async def key_pressed(work: Work, attempt_id: str, pin: str, at: datetime) -> PinResult:
    """Keys, or none within the time: silence is a try too, or a mailbox would be asked for ever."""
    fits = await is_pin_of(work, attempt_id, pin)
    held = await lock_attempt(work, attempt_id)
    if held is None:
        return PinResult.NO_MORE_TRIES
    escalation, attempt = held.escalation, held.attempt
    contact = Actor.of_contact(attempt.contact_id)
    if escalation.state != EscalationState.OPEN:
        ours = escalation.acknowledged_by == str(contact) and fits
        return PinResult.ACKNOWLEDGED if ours else PinResult.ALREADY_TAKEN
    if await wrong_pins_of(work, attempt) >= WRONG_PINS_AN_ATTEMPT:
        return PinResult.NO_MORE_TRIES
    theirs = await work.get_one(StationContact, attempt.contact_id)
    if not answers_for_it(escalation.station_id, escalation.chain, theirs.station_id):
        return PinResult.ALREADY_TAKEN
    if fits:
        await note_heard(work, attempt.contact_id, at)
        await acknowledge(work, escalation.id, by=contact, attempt_id=attempt.id, at=at)
        return PinResult.ACKNOWLEDGED
    return await _wrong(work, held, at=at)


async def _wrong(work: Work, held: HeldAttempt, *, at: datetime) -> PinResult:
    if not await note_wrong_pin(work, held, at=at):
        return PinResult.NO_MORE_TRIES
    over = held.attempt.wrong_pins % TRIES_A_CALL == 0
    return PinResult.NO_MORE_TRIES if over else PinResult.TRY_AGAIN


async def text_reported(
    work: Work, attempt_id: str, status: str, error: str, at: datetime, *, sid: str = ""
) -> None:
    """What the carrier says of a text. That it arrived is no acknowledgement."""
    held, event = await lock_attempt(work, attempt_id), text_event(status)
    if held is None or event is None or held.delivery.channel != Channel.TEXT:
        return
    held.delivery.carrier_sid = held.delivery.carrier_sid or sid or None
    if event is DeliveryEvent.FAILED:
        await fail_attempt(work, held, at=at, why=f"error {error}" if error else "")
    else:
        await move_attempt(work, held, event, at=at)


async def call_ended(work: Work, attempt_id: str, status: LegStatus, at: datetime) -> None:
    """The leg is over. Without an acknowledgement the attempt has failed, whatever the status."""
    if not status.over:
        return
    held = await lock_attempt(work, attempt_id)
    if held is not None:
        await fail_attempt(work, held, at=at, why=status.value)
