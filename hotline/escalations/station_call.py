"""The duty phone's side: what it hears, the PIN, and what a call that came to nothing means.

Only a right PIN acknowledges. A call that was answered, a mailbox, a `completed`: none of them do.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotline.errors import NotFound
from hotline.escalations.model import LIVE, AttemptState, EscalationState
from hotline.escalations.pins import pin_fits
from hotline.escalations.service import (
    acknowledge,
    live_attempts,
    lock_escalation,
    press_on,
    tell,
)
from hotline.ports import LegStatus
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, Call, Escalation, Line, StationContact

TRIES_A_CALL = 3
TRIES_AN_ATTEMPT = 5


class Answer(StrEnum):
    """What the person at the duty phone is told."""

    NOTICE = "notice"
    WRONG_PIN = "wrong_pin"
    ACKNOWLEDGED = "acknowledged"
    ALREADY_TAKEN = "already_taken"
    NO_MORE_TRIES = "no_more_tries"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNotice:
    """The minimum, as domain requirement 40 has it: which line, which case, how bad."""

    answer: Answer
    line: str
    case_number: str
    level: str


async def call_answered(work: Work, attempt_id: str, *, at: datetime) -> StationNotice:
    """Somebody or something picked up."""
    attempt, escalation = await _locked(work, attempt_id)
    tell(work, escalation, "answered", at=at, actor="", attempt=attempt.id)
    return await _notice(work, escalation, Answer.NOTICE)


async def pin_pressed(
    work: Work, attempt_id: str, pin: str, *, tries: int, at: datetime
) -> StationNotice:
    """A PIN, or nothing. `tries`: how many this call has used, this one included."""
    attempt, escalation = await _locked(work, attempt_id)
    contact = await work.get_one(StationContact, attempt.contact_id)
    if await pin_fits(pin, contact.pin_hash):
        return await _acknowledged(work, attempt, escalation, contact, at=at)
    attempt.wrong_pins += 1 if pin else 0
    tell(work, escalation, "wrong_pin", at=at, actor="", attempt=attempt.id)
    if tries < TRIES_A_CALL and attempt.wrong_pins < TRIES_AN_ATTEMPT:
        return await _notice(work, escalation, Answer.WRONG_PIN)
    await _fail(work, attempt, escalation, "wrong_pin", at=at)
    return await _notice(work, escalation, Answer.NO_MORE_TRIES)


async def _acknowledged(
    work: Work, attempt: Attempt, escalation: Escalation, contact: StationContact, *, at: datetime
) -> StationNotice:
    taken = escalation.state != EscalationState.OPEN
    if not taken:
        attempt.state, attempt.ended_at = AttemptState.ACKNOWLEDGED, at
        await acknowledge(work, escalation.id, by=contact.name, at=at)
    answer = Answer.ALREADY_TAKEN if taken else Answer.ACKNOWLEDGED
    return await _notice(work, escalation, answer)


async def call_ended(work: Work, attempt_id: str, status: LegStatus, *, at: datetime) -> None:
    """The station's leg is over. Without an acknowledgement the next contact is rung at once."""
    attempt, escalation = await _locked(work, attempt_id)
    if status.over:
        await _fail(work, attempt, escalation, status.value, at=at)


async def _fail(
    work: Work, attempt: Attempt, escalation: Escalation, why: str, *, at: datetime
) -> None:
    if attempt.state not in LIVE:
        return
    attempt.state, attempt.ended_at, attempt.last_error = AttemptState.FAILED, at, why
    tell(work, escalation, "attempt_failed", at=at, actor="", attempt=attempt.id, why=why)
    await work.flush()
    of_this_step = (attempt.step, attempt.round) == (escalation.step, escalation.round)
    waits_for_it = escalation.state == EscalationState.OPEN and of_this_step
    if waits_for_it and not await live_attempts(work, escalation.id):
        await press_on(work, escalation, at=at)


async def _locked(work: Work, attempt_id: str) -> tuple[Attempt, Escalation]:
    """The escalation first, as everywhere, then the attempt."""
    attempt = await work.get(Attempt, attempt_id)
    if attempt is None:
        raise NotFound
    escalation = await lock_escalation(work, attempt.escalation_id)
    await work.refresh(attempt, with_for_update=True)
    return attempt, escalation


async def _notice(work: Work, escalation: Escalation, answer: Answer) -> StationNotice:
    call = await work.get_one(Call, escalation.call_id)
    line = await work.get_one(Line, call.line_id)
    if answer is Answer.NOTICE and escalation.state != EscalationState.OPEN:
        answer = Answer.ALREADY_TAKEN
    return StationNotice(
        answer=answer,
        line=line.name,
        case_number=escalation.case_number,
        level=escalation.level,
    )
