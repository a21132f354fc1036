"""A sequence begins, is agreed to, moves. Lock order: call, then the number, then the sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import col, select

from hotline.calls.returning import hold_number, mark_number
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.followups.model import (
    LIVE,
    MAY_CALL,
    Consent,
    FollowUpEvent,
    FollowUpState,
    StoppedAs,
    state_after,
)
from hotline.followups.policy import days_for, due, is_safe, next_try, rules
from hotline.risk.levels import ALARMING, Risk, highest
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, FollowUp, FollowUpWord
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

IN_HAND = "Somebody is calling this person at this moment."
NOT_LIVE = "This person is not followed up any more: it was stopped, or came to its end."
BEGUN_ALREADY = "This person is followed up already."
NOT_FOR_THIS = "Only a moderate risk is followed up by choice, at the intervals there are for it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who does or says something, when, and what their words are sealed with."""

    vault: Vault
    by_id: str
    at: datetime


async def level_rose(work: Work, call: Call, level: str, *, at: datetime) -> None:
    """A risk of high or imminent was found: whoever called is to be called again.

    Found anew of somebody who is followed up, the sequence begins anew, for what they agreed to.
    """
    if level in ALARMING:
        found = await _live_of(work, call)
        if found is None:
            await _begin(work, call, level, days_for(level), at=at)
        elif found.call_id == call.id and found.level in ALARMING:
            found.level = level  # it is one and the same danger that is known better now
        else:
            await _begin_anew(work, found, level, at=at)


async def begin_by_hand(
    work: Work, call: Call, level: str, days: Sequence[int], *, at: datetime
) -> FollowUp:
    """Somebody chooses to. Raises `IllegalMove`, `Invalid`."""
    if not days or not {*days} <= {*rules().alarming, *rules().moderate}:
        raise Invalid(NOT_FOR_THIS)
    if await _live_of(work, call) is not None:
        raise IllegalMove(BEGUN_ALREADY)
    followed = level if level in ALARMING else Risk.MODERATE
    return await _begin(work, call, followed, tuple(sorted({*days})), at=at)


async def slip_taken_back(work: Work, call: Call, *, at: datetime) -> None:
    """The level was a mis-click: what it began a moment ago ends by the same hand."""
    found = await _live_of(work, call)
    is_fresh = found is not None and found.begun == 0 and found.consent == Consent.UNASKED
    if found is not None and is_fresh and found.call_id == call.id:
        stop(work, found, StoppedAs.MISTAKEN, by_id=None, at=at)


async def _live_of(work: Work, call: Call) -> FollowUp | None:
    """Of this call, or of its number on the line; held, as is the number."""
    same = col(FollowUp.call_id) == call.id
    if call.from_index:
        await hold_number(work, call.from_index)
        of_number = col(FollowUp.from_index) == call.from_index
        same = same | (of_number & (col(FollowUp.line_id) == call.line_id))
    query = select(FollowUp).where(same, col(FollowUp.state).in_(LIVE)).with_for_update()
    return (await work.exec(query.execution_options(populate_existing=True))).first()


async def _begin(
    work: Work, call: Call, level: str, days: Sequence[int], *, at: datetime
) -> FollowUp:
    due_at, late_at = due(at, days, 0)
    hours = rules().from_hour, rules().until_hour
    made = FollowUp(
        id=new_id(),
        line_id=call.line_id,
        call_id=call.id,
        from_index=call.from_index,
        from_masked=call.from_masked,
        language=call.language,
        level=level,
        days=list(days),
        began_at=at,
        due_at=due_at,
        late_at=late_at,
        try_at=next_try(due_at, (), hours),
        from_hour=hours[0],
        until_hour=hours[1],
        owner_id=call.counselor_id,
    )
    work.add(made)
    await work.flush()
    tell(work, made, "follow_up.begun", at=at, level=str(level))
    return made


async def _begin_anew(work: Work, follow_up: FollowUp, level: str, *, at: datetime) -> None:
    """From the first call on, as after any such danger. A try that runs is of the time before."""
    follow_up.level = highest([follow_up.level, level])
    follow_up.days, follow_up.began_at = list(days_for(follow_up.level)), at
    follow_up.begun += 1
    to_step(follow_up, 0)
    if follow_up.state == FollowUpState.QUESTION:
        move(work, follow_up, FollowUpEvent.ANSWERED)
    tell(work, follow_up, "follow_up.begun", at=at, level=str(level))


def to_step(follow_up: FollowUp, step: int) -> None:
    """The next call of the sequence, with tries of its own."""
    follow_up.step, follow_up.tries, follow_up.late_told_at = step, 0, None
    follow_up.due_at, follow_up.late_at = due(follow_up.began_at, follow_up.days, step)
    follow_up.try_at = next_try(follow_up.due_at, (), safe_hours(follow_up))


def safe_hours(follow_up: FollowUp) -> tuple[int, int]:
    """When they may be called."""
    return follow_up.from_hour, follow_up.until_hour


async def hold_follow_up(work: Work, follow_up_id: str) -> FollowUp:
    """The sequence and its number, both held. Raises `NotFound`."""
    found = await work.get(FollowUp, follow_up_id)
    if found is not None and found.from_index:
        await hold_number(work, found.from_index)
    return await lock_follow_up(work, follow_up_id)


async def lock_follow_up(work: Work, follow_up_id: str) -> FollowUp:
    """The row, held for this unit of work. Raises `NotFound`."""
    query = select(FollowUp).where(FollowUp.id == follow_up_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


# ── what they say about it ──────────────────────────────────────────────────────────────────────


def agree(
    work: Work, follow_up: FollowUp, hours: tuple[int, int], *, by_id: str, at: datetime
) -> None:
    """They want to be called, at these hours. Raises `Invalid`, `IllegalMove`."""
    if not 0 <= hours[0] < hours[1] <= 24:  # noqa: PLR2004 – hours of a day
        raise Invalid("Give the hours of one day, the first before the last.")
    require_move(work, follow_up, FollowUpEvent.AGREED)
    follow_up.consent, (follow_up.from_hour, follow_up.until_hour) = Consent.AGREED, hours
    if follow_up.tries == 0 or not is_safe(follow_up.try_at, hours):
        follow_up.try_at = next_try(max(at, follow_up.due_at), (), hours)
    follow_up.owner_id = follow_up.owner_id or by_id
    tell(work, follow_up, "follow_up.agreed", at=at, staff_id=by_id)


async def refuse(
    work: Work, follow_up: FollowUp, *, not_safe: bool, by_id: str, at: datetime
) -> None:
    """They do not want to be called, or no more. `not_safe`: nobody may ring that number at all."""
    had_agreed = follow_up.consent in MAY_CALL
    stop(work, follow_up, StoppedAs.REFUSED, by_id=by_id, at=at)
    follow_up.consent = Consent.WITHDRAWN if had_agreed else Consent.REFUSED
    if not_safe:
        call = await work.get_one(Call, follow_up.call_id)
        await mark_number(work, call, no_callback=True)
    tell(work, follow_up, f"follow_up.{follow_up.consent}", at=at, staff_id=by_id)


def keep_words(work: Work, follow_up: FollowUp, kind: str, words: str, *, by: Acting) -> None:
    """Who heard what, and when: in their words, sealed."""
    said = FollowUpWord(follow_up_id=follow_up.id, kind=kind, at=by.at, by_id=by.by_id)
    said.words_sealed = seal_cell(by.vault, said, "words_sealed", words)
    work.add(said)


# ── moves ───────────────────────────────────────────────────────────────────────────────────────


def stop(
    work: Work, follow_up: FollowUp, stopped_as: StoppedAs, *, by_id: str | None, at: datetime
) -> None:
    """Nobody is called any more. Raises `IllegalMove` while somebody is, or where it is over."""
    require_move(work, follow_up, FollowUpEvent.STOPPED)
    follow_up.stopped_as, follow_up.stopped_at, follow_up.stopped_by_id = stopped_as, at, by_id


def require_move(work: Work, follow_up: FollowUp, event: FollowUpEvent) -> None:
    """Let it happen. Raises `IllegalMove` where it cannot."""
    if not move(work, follow_up, event):
        raise IllegalMove(IN_HAND if follow_up.state == FollowUpState.IN_HAND else NOT_LIVE)


def move(work: Work, follow_up: FollowUp, event: FollowUpEvent) -> bool:
    """Let an event happen to it. False, and nothing done, where it comes too late."""
    state = state_after(follow_up.state, event)
    if state is None:
        log.info("follow_up.event_ignored", follow_up_id=follow_up.id, state=follow_up.state)
        return False
    follow_up.state = state
    work.announce("follow_up", follow_up.id)
    log.info("follow_up.moved", follow_up_id=follow_up.id, state=state)
    return True


def tell(
    work: Work,
    follow_up: FollowUp,
    kind: str,
    *,
    at: datetime,
    staff_id: str | None = None,
    **facts: Any,
) -> None:
    """The timeline of the call that it follows tells what became of it; who looks is told too."""
    told = {"follow_up": follow_up.id, **facts}
    entry = CallEntry(call_id=follow_up.call_id, at=at, kind=kind, staff_id=staff_id, facts=told)
    work.add(entry)
    work.announce("follow_up", follow_up.id)
