"""One try at a time, what becomes of it, and what was found when they were reached.

Whoever begins a try has the sequence in hand until the call they made has an end: one dial for
each, whoever else presses at the same moment. Lock order: call, then number, then sequence.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.calls.model import Direction
from hotline.calls.returning import mark_number
from hotline.errors import IllegalMove, Invalid
from hotline.followups.model import (
    LIVE,
    Consent,
    FollowUpEvent,
    FollowUpState,
    SafetyPlan,
    StoppedAs,
    TryOutcome,
)
from hotline.followups.policy import next_try, outcome_of, rules
from hotline.followups.service import (
    Acting,
    keep_words,
    lock_follow_up,
    move,
    require_move,
    safe_hours,
    stop,
    tell,
    to_step,
)
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, FollowUp, FollowUpAttempt

NOT_TRIED = "Nobody has called this person yet."
TOLD_ALREADY = "What this try came to was told already: nobody writes over it."
NOT_REACHED = "They were not reached in this try: nothing can have been found."


@dataclass(frozen=True, slots=True, kw_only=True)
class TryFinding:
    """What somebody says of the last try. The rest is of who was reached alone.

    `risk`: as they found it, empty for not asked; `linked`: others look after them now.
    """

    outcome: TryOutcome
    note: str = ""
    risk: str = ""
    safety_plan: SafetyPlan | None = None
    linked: bool = False


async def begin_attempt(
    work: Work, follow_up: FollowUp, made: Call, *, by_id: str, at: datetime
) -> None:
    """The call that was made is the next try. Raises `IllegalMove` while another one runs."""
    require_move(work, follow_up, FollowUpEvent.BEGUN)
    follow_up.attempts += 1
    attempt = FollowUpAttempt(
        follow_up_id=follow_up.id,
        number=follow_up.attempts,
        begun=follow_up.begun,
        step=follow_up.step,
        call_id=made.id,
        by_id=by_id,
        at=at,
    )
    work.add(attempt)
    await work.flush()


async def reached(work: Work, call: Call, *, at: datetime) -> None:
    """Somebody talks with whom we called. Hold the call."""
    attempt = await _running(work, call)
    if attempt is not None:
        attempt.ended_at = at
        move(work, await lock_follow_up(work, attempt.follow_up_id), FollowUpEvent.REACHED)


async def not_reached(work: Work, call: Call, step: str, *, at: datetime) -> None:
    """A call of ours ended without a talk. Hold the call."""
    attempt = await _running(work, call)
    if attempt is not None:
        attempt.ended_at = at
        follow_up = await lock_follow_up(work, attempt.follow_up_id)
        await _in_vain(work, follow_up, attempt, outcome_of(step), at=at)


async def nobody_there(work: Work, call: Call, *, at: datetime) -> None:
    """Who seemed to be reached was a mailbox or a stranger. Hold the call."""
    query = select(FollowUpAttempt).where(
        FollowUpAttempt.call_id == call.id, FollowUpAttempt.outcome == ""
    )
    attempt = (await work.exec(query.with_for_update())).one_or_none()
    if attempt is not None and attempt.ended_at is not None:
        follow_up = await lock_follow_up(work, attempt.follow_up_id)
        await _in_vain(work, follow_up, attempt, TryOutcome.NOBODY, at=at)


async def _in_vain(
    work: Work, follow_up: FollowUp, attempt: FollowUpAttempt, outcome: TryOutcome, *, at: datetime
) -> None:
    """When to try again; after the last try a supervisor is asked, and nothing ends by itself."""
    attempt.outcome = outcome
    if not move(work, follow_up, FollowUpEvent.NOT_REACHED):
        return
    if outcome is TryOutcome.NOT_RUNG or not _is_of_now(follow_up, attempt):
        return
    follow_up.tries += 1
    if follow_up.tries >= rules().most_tries:
        await ask_supervisor(work, follow_up, at=at)
        return
    before = await tried_at(work, follow_up)
    follow_up.try_at = next_try(at + rules().apart, before, safe_hours(follow_up))


async def tried_at(work: Work, follow_up: FollowUp) -> list[datetime]:
    """When their phone rang in this step of the sequence."""
    await work.flush()
    query = (
        select(FollowUpAttempt.at)
        .where(FollowUpAttempt.follow_up_id == follow_up.id)
        .where(FollowUpAttempt.step == follow_up.step, FollowUpAttempt.begun == follow_up.begun)
        .where(FollowUpAttempt.outcome != TryOutcome.NOT_RUNG)
        .order_by(col(FollowUpAttempt.number))
    )
    return list((await work.exec(query)).all())


async def last_attempt(work: Work, follow_up: FollowUp) -> FollowUpAttempt | None:
    """The newest; None: nobody has tried."""
    query = (
        select(FollowUpAttempt)
        .where(FollowUpAttempt.follow_up_id == follow_up.id)
        .order_by(col(FollowUpAttempt.number).desc())
        .limit(1)
    )
    return (await work.exec(query)).one_or_none()


async def tell_outcome(work: Work, follow_up: FollowUp, told: TryFinding, *, by: Acting) -> None:
    """A person says what the last try came to. Raises `IllegalMove`, `Invalid`. Hold both."""
    attempt = await last_attempt(work, follow_up)
    if attempt is None or follow_up.state == FollowUpState.IN_HAND:
        raise IllegalMove(NOT_TRIED)
    if attempt.told_at is not None or follow_up.state not in LIVE:
        raise IllegalMove(TOLD_ALREADY)
    if told.outcome is TryOutcome.NOT_RUNG:
        raise Invalid(NOT_TRIED)
    if told.outcome is TryOutcome.REACHED and follow_up.state != FollowUpState.TALKED:
        raise IllegalMove(NOT_REACHED)
    attempt.told_by_id, attempt.told_at = by.by_id, by.at
    if told.note:
        attempt.note_sealed = seal_cell(by.vault, attempt, "note_sealed", told.note)
    await _goes_on(work, follow_up, attempt, told, by=by)
    outcome = attempt.outcome
    tell(work, follow_up, "follow_up.told", at=by.at, staff_id=by.by_id, outcome=outcome)


async def _goes_on(
    work: Work, follow_up: FollowUp, attempt: FollowUpAttempt, told: TryFinding, *, by: Acting
) -> None:
    """What follows from it."""
    match told.outcome:
        case TryOutcome.REACHED:
            _found(work, follow_up, attempt, told, by=by)
        case TryOutcome.REFUSED:
            attempt.outcome = told.outcome
            _refused(work, follow_up, told.note, by=by)
        case TryOutcome.NOBODY | TryOutcome.BUSY:
            if follow_up.state == FollowUpState.TALKED:  # else it is a note to what is known
                await _in_vain(work, follow_up, attempt, told.outcome, at=by.at)
        case _:
            attempt.outcome = told.outcome
            await _cannot_go_on(work, follow_up, attempt, at=by.at)


def _found(
    work: Work, follow_up: FollowUp, attempt: FollowUpAttempt, told: TryFinding, *, by: Acting
) -> None:
    """On to the next call of the sequence; the last one done, or others care for them: the end."""
    attempt.outcome, attempt.found = TryOutcome.REACHED, told.risk
    attempt.safety_plan, attempt.linked = told.safety_plan or "", told.linked
    if follow_up.consent == Consent.DECIDED:
        follow_up.consent = Consent.UNASKED  # they were there and could be asked: it was for once
    if told.linked:
        stop(work, follow_up, StoppedAs.LINKED, by_id=by.by_id, at=by.at)
    elif not _is_of_now(follow_up, attempt):  # danger was found anew meanwhile: as it has begun
        move(work, follow_up, FollowUpEvent.WENT_ON)
    elif follow_up.step + 1 < len(follow_up.days):
        move(work, follow_up, FollowUpEvent.WENT_ON)
        to_step(follow_up, follow_up.step + 1)
    else:
        move(work, follow_up, FollowUpEvent.COMPLETED)


def _refused(work: Work, follow_up: FollowUp, words: str, *, by: Acting) -> None:
    stop(work, follow_up, StoppedAs.REFUSED, by_id=by.by_id, at=by.at)
    follow_up.consent = Consent.WITHDRAWN
    keep_words(work, follow_up, Consent.WITHDRAWN, words, by=by)


async def _cannot_go_on(
    work: Work, follow_up: FollowUp, attempt: FollowUpAttempt, *, at: datetime
) -> None:
    if attempt.outcome == TryOutcome.NOT_SAFE:
        followed = await work.get_one(Call, follow_up.call_id)
        await mark_number(work, followed, no_callback=True)
    await ask_supervisor(work, follow_up, at=at)


async def ask_supervisor(work: Work, follow_up: FollowUp, *, at: datetime) -> None:
    """A supervisor says how it goes on: until then it is open, and nothing is closed."""
    if move(work, follow_up, FollowUpEvent.ASKED):
        tell(work, follow_up, "follow_up.asked", at=at)


def _is_of_now(follow_up: FollowUp, attempt: FollowUpAttempt) -> bool:
    return (attempt.begun, attempt.step) == (follow_up.begun, follow_up.step)


async def _running(work: Work, call: Call) -> FollowUpAttempt | None:
    if call.direction != Direction.OUT:
        return None
    query = select(FollowUpAttempt).where(
        FollowUpAttempt.call_id == call.id, col(FollowUpAttempt.ended_at).is_(None)
    )
    return (await work.exec(query.with_for_update())).one_or_none()
