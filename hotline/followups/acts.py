"""What people do with a sequence: hand it on, take it, stop it, answer what it leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.errors import Forbidden, IllegalMove, Invalid
from hotline.followups.model import (
    LIVE,
    Consent,
    FollowUpDecision,
    FollowUpEvent,
    FollowUpState,
    StoppedAs,
)
from hotline.followups.policy import next_try, rules
from hotline.followups.service import (
    NOT_LIVE,
    Acting,
    keep_words,
    lock_follow_up,
    require_move,
    safe_hours,
    stop,
    tell,
    to_step,
)
from hotline.risk.levels import Risk
from hotline.staff.model import PresenceState, Role
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import FollowUp, Presence, Staff
from hotline.storage.vault import Vault

NOT_YOURS = "A colleague who is on duty answers for this. Ask them to hand it on."
NO_COLLEAGUE = "Choose a counselor of this line whose account is active."
NO_REASON = "Say why. Nothing has changed until then."
ONLY_IMMINENT = "Without being asked only somebody in imminent danger is called."
NO_MORE_STEPS = "This was the last call of the sequence. Try again, or stop it with a reason."
UNASKED_IN = (FollowUpState.PROPOSED, FollowUpState.RUNNING)
STOPS_OF_COUNSELORS = (StoppedAs.REFUSED, StoppedAs.LINKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """To whom, and with which words. `to_id` None: to the line, for whoever takes it."""

    to_id: str | None
    note: str
    by_id: str
    by_supervisor: bool
    at: datetime


async def hand_on(work: Work, vault: Vault, ids: Sequence[str], how: Handing) -> None:
    """All or none. Each stays with its owner until somebody takes it. Raises as the checks do."""
    to = await work.get(Staff, how.to_id) if how.to_id is not None else None
    for follow_up_id in sorted({*ids}):
        follow_up = await lock_follow_up(work, follow_up_id)
        if follow_up.state not in LIVE:
            raise IllegalMove(NOT_LIVE)
        if follow_up.owner_id != how.by_id and not how.by_supervisor:
            raise Forbidden(NOT_YOURS)
        if how.to_id is not None and not _may_have(to, follow_up):
            raise Invalid(NO_COLLEAGUE)
        follow_up.handed_at, follow_up.handed_to_id = how.at, how.to_id
        follow_up.handed_note_sealed = seal_cell(vault, follow_up, "handed_note_sealed", how.note)
        to_whom = how.to_id or ""
        tell(work, follow_up, "follow_up.handed", at=how.at, staff_id=how.by_id, to=to_whom)


def _may_have(staff: Staff | None, follow_up: FollowUp) -> bool:
    if staff is None or not staff.active:
        return False
    return Role.COUNSELOR in staff.roles and follow_up.line_id in staff.lines


async def take(
    work: Work, follow_up: FollowUp, staff_id: str, *, by_supervisor: bool = False, at: datetime
) -> None:
    """They answer for it from now on, and whoever handed it on is free of it. Hold it.

    Raises `IllegalMove` where somebody on duty has it and handed it to nobody, or to another.
    """
    if follow_up.state not in LIVE:
        raise IllegalMove(NOT_LIVE)
    if follow_up.owner_id == staff_id and follow_up.handed_at is None:
        return
    await require_free_for(work, follow_up, staff_id, by_supervisor=by_supervisor)
    follow_up.owner_id = staff_id
    follow_up.handed_at, follow_up.handed_to_id = None, None
    tell(work, follow_up, "follow_up.taken", at=at, staff_id=staff_id)


async def require_free_for(
    work: Work, follow_up: FollowUp, staff_id: str, *, by_supervisor: bool
) -> None:
    """Raises `IllegalMove` where a colleague on duty answers for it."""
    if not (by_supervisor or await is_free_for(work, follow_up, staff_id)):
        raise IllegalMove(NOT_YOURS)


async def is_free_for(work: Work, follow_up: FollowUp, staff_id: str) -> bool:
    """Theirs, handed to them or to the line, or its owner is off duty, or has no account."""
    handed_to_line = follow_up.handed_at is not None and follow_up.handed_to_id is None
    if staff_id in (follow_up.owner_id, follow_up.handed_to_id) or handed_to_line:
        return True
    return follow_up.owner_id is None or not await is_on_duty(work, follow_up.owner_id)


async def is_on_duty(work: Work, staff_id: str) -> bool:
    """Whether somebody answers for what is theirs at this moment."""
    query = (
        select(Staff.active, Presence.state)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(Staff.id == staff_id)
    )
    active, state = (await work.exec(query)).first() or (False, "")
    return active and state not in ("", PresenceState.OFFLINE)


def stop_by_person(
    work: Work, follow_up: FollowUp, why: StoppedAs, note: str, *, by: Acting
) -> None:
    """They refused, are cared for, or a supervisor decides. Raises `IllegalMove`, `Invalid`."""
    if why is StoppedAs.SUPERVISOR and not note.strip():
        raise Invalid(NO_REASON)
    had_agreed = follow_up.consent == Consent.AGREED
    stop(work, follow_up, why, by_id=by.by_id, at=by.at)
    if note:
        follow_up.stop_note_sealed = seal_cell(by.vault, follow_up, "stop_note_sealed", note)
    if why is StoppedAs.REFUSED:
        follow_up.consent = Consent.WITHDRAWN if had_agreed else Consent.REFUSED
        keep_words(work, follow_up, follow_up.consent, note, by=by)
    tell(work, follow_up, "follow_up.stopped", at=by.at, staff_id=by.by_id, why=str(why))


def decide(
    work: Work, follow_up: FollowUp, said: FollowUpDecision, reason: str, *, by: Acting
) -> None:
    """A supervisor answers, with a reason. Raises `IllegalMove`, `Invalid`. Hold it."""
    if not reason.strip():
        raise Invalid(NO_REASON)
    if said is FollowUpDecision.STOP:
        stop_by_person(work, follow_up, StoppedAs.SUPERVISOR, reason, by=by)
        return
    if said is FollowUpDecision.WITHOUT_CONSENT:
        _call_unasked(work, follow_up, at=by.at)
    else:
        _go_on(work, follow_up, said, at=by.at)
    kind = "decided" if said is FollowUpDecision.WITHOUT_CONSENT else "answer"
    keep_words(work, follow_up, kind, reason, by=by)
    decision = str(said)
    tell(work, follow_up, "follow_up.decided", at=by.at, staff_id=by.by_id, decision=decision)


def _call_unasked(work: Work, follow_up: FollowUp, *, at: datetime) -> None:
    is_unasked = follow_up.consent == Consent.UNASKED and follow_up.state in UNASKED_IN
    if follow_up.level != Risk.IMMINENT or not is_unasked:
        raise IllegalMove(ONLY_IMMINENT)
    require_move(work, follow_up, FollowUpEvent.AGREED)
    follow_up.consent, follow_up.try_at = Consent.DECIDED, at


def _go_on(work: Work, follow_up: FollowUp, said: FollowUpDecision, *, at: datetime) -> None:
    if said is FollowUpDecision.GO_ON and follow_up.step + 1 >= len(follow_up.days):
        raise IllegalMove(NO_MORE_STEPS)
    require_move(work, follow_up, FollowUpEvent.ANSWERED)
    if said is FollowUpDecision.GO_ON:
        to_step(follow_up, follow_up.step + 1)
    else:
        follow_up.tries, follow_up.late_told_at = 0, None
        follow_up.late_at = at + rules().later_late
        follow_up.try_at = next_try(at, (), safe_hours(follow_up))
