"""Who is to be called again, for the lists, the desk and the floor. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, false
from sqlmodel import col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.calls.model import Urgency
from hotline.calls.returning import Tries, WhyNot, tries_at, why_not
from hotline.errors import NotFound
from hotline.followups.model import LIVE, FollowUpState
from hotline.followups.policy import rules, why_not_now
from hotline.staff.model import PresenceState, Role
from hotline.staff.permissions import Permission, Relation, may, require
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, FollowUp, FollowUpAttempt, Line, Presence, Staff
from hotline.storage.vault import Vault

SOON = timedelta(hours=24)
STANDING = (Relation.LINE, Relation.OWED)


class FollowUpTab(StrEnum):
    """Which of them a list shows. `open`: those at which a supervisor says how it goes on.

    `wanted`: late or open: what the floor shows.
    """

    MINE = "mine"
    LINE = "line"
    LATE = "late"
    OPEN = "open"
    WANTED = "wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TryMade:
    """One try. `by`: by name. `step`: of which call of the sequence, from 1."""

    number: int
    at: datetime
    by: str
    outcome: str
    call_id: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRow:
    """One sequence. `step` of `steps`, from 1. `against`: what keeps us from calling now, or "".

    `owner`: by name, empty: nobody; `with_line`: nobody on duty answers for it, so its line does.
    `handed_to`: to whom it was handed on and who has not taken it yet, or `handed_to_line`.
    `handed_note`: opened for who gives, who receives, and supervisors. `may_take`: the reader.
    """

    id: str
    line_id: str
    line_name: str
    line_name_en: str
    call_id: str
    masked: str
    language: str
    level: str
    state: str
    consent: str
    step: int
    steps: int
    due_at: datetime
    late_at: datetime
    late: bool
    try_at: datetime
    tries: int
    most_tries: int
    from_hour: int
    until_hour: int
    owner: str
    owner_id: str | None
    mine: bool
    with_line: bool
    handed_to: str
    handed_to_me: bool
    handed_to_line: bool
    handed_note: str
    may_take: bool
    against: str
    attempts: tuple[TryMade, ...]

    @property
    def may_call(self) -> bool:
        """Whether the reader can begin the call now."""
        return self.state == FollowUpState.RUNNING and not self.against and self.may_take


async def list_follow_ups(
    work: Work, vault: Vault, who: SignedIn, tab: FollowUpTab, *, at: datetime
) -> list[FollowUpRow]:
    """Of their lines, what is due first first."""
    late, is_open = col(FollowUp.late_at) <= at, col(FollowUp.state) == FollowUpState.QUESTION
    match tab:
        case FollowUpTab.MINE:
            wanted = _is_theirs(who)
        case FollowUpTab.LATE:
            wanted = late
        case FollowUpTab.OPEN:
            wanted = is_open
        case FollowUpTab.WANTED:
            wanted = late | is_open
        case FollowUpTab.LINE:
            wanted = col(FollowUp.line_id).in_(who.lines)
    return await _rows(work, vault, who, wanted, at=at)


async def due_at_desk(
    work: Work, vault: Vault, who: SignedIn, *, at: datetime
) -> list[FollowUpRow]:
    """Theirs that want something of them now or within the day, and what nobody answers for."""
    soon = (col(FollowUp.due_at) <= at + SOON) | col(FollowUp.state).in_(
        (FollowUpState.TALKED, FollowUpState.PROPOSED)
    )
    handed = col(FollowUp.handed_to_id) == who.staff_id
    lines = col(FollowUp.due_at) <= at
    wanted = (_is_theirs(who) & soon) | handed | (lines & ~_is_answered_for())
    return await _rows(work, vault, who, wanted, at=at)


def _is_theirs(who: SignedIn) -> ColumnElement[bool]:
    return or_(col(FollowUp.owner_id) == who.staff_id, col(FollowUp.handed_to_id) == who.staff_id)


def _is_answered_for() -> ColumnElement[bool]:
    """Somebody with an account has it, and is on duty: read anew each time, so it holds at once."""
    on_duty = func.coalesce(col(FollowUp.owner_id).in_(_on_duty()), false())
    return on_duty & ~_is_handed_to_line()


def _is_handed_to_line() -> ColumnElement[bool]:
    return col(FollowUp.handed_at).is_not(None) & col(FollowUp.handed_to_id).is_(None)


def _on_duty() -> SelectOfScalar[str]:
    return (
        select(Staff.id)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(col(Staff.active), Presence.state != PresenceState.OFFLINE)
    )


async def _rows(
    work: Work, vault: Vault, who: SignedIn, wanted: ColumnElement[bool], *, at: datetime
) -> list[FollowUpRow]:
    query = (
        select(FollowUp, Line)
        .join(Line, col(Line.id) == col(FollowUp.line_id))
        .where(wanted, col(FollowUp.line_id).in_(who.lines), col(FollowUp.state).in_(LIVE))
        .order_by(col(FollowUp.due_at), col(FollowUp.id))
    )
    rows = (await work.exec(query)).all()
    found = [one for one, _ in rows]
    people = {one.owner_id for one in found} | {one.handed_to_id for one in found}
    names = select(Staff.id, Staff.name).where(col(Staff.id).in_(people - {None}))
    beside = _CallBeside(
        who=who,
        at=at,
        vault=vault,
        names=dict((await work.exec(names)).all()),
        on_duty=frozenset((await work.exec(_on_duty())).all()),
        tries=await tries_at(work, {one.from_index for one in found}),
        attempts=await _attempts(work, found),
    )
    return [_row(one, line, beside) for one, line in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _CallBeside:
    """What is read beside the rows: by person, by number, and by sequence."""

    who: SignedIn
    at: datetime
    vault: Vault
    names: Mapping[str, str]
    on_duty: frozenset[str]
    tries: Mapping[str, Tries]
    attempts: Mapping[str, list[TryMade]]


def _row(one: FollowUp, line: Line, beside: _CallBeside) -> FollowUpRow:
    me, is_supervisor = beside.who.staff_id, beside.who.is_a(Role.SUPERVISOR)
    to_line = one.handed_at is not None and one.handed_to_id is None
    answered_for = one.owner_id in beside.on_duty and not to_line
    reads_note = is_supervisor or to_line or me in (one.owner_id, one.handed_to_id)
    note = open_cell(beside.vault, one, "handed_note_sealed")
    theirs = me in (one.owner_id, one.handed_to_id)
    return FollowUpRow(
        id=one.id,
        line_id=line.id,
        line_name=line.name,
        line_name_en=line.name_en,
        call_id=one.call_id,
        masked=one.from_masked,
        language=one.language,
        level=one.level,
        state=one.state,
        consent=one.consent,
        step=one.step + 1,
        steps=len(one.days),
        due_at=one.due_at,
        late_at=one.late_at,
        late=one.late_at <= beside.at,
        try_at=one.try_at,
        tries=one.tries,
        most_tries=rules().most_tries,
        from_hour=one.from_hour,
        until_hour=one.until_hour,
        owner=beside.names.get(one.owner_id or "", ""),
        owner_id=one.owner_id,
        mine=one.owner_id == me,
        with_line=not answered_for,
        handed_to=beside.names.get(one.handed_to_id or "", ""),
        handed_to_me=one.handed_to_id == me,
        handed_to_line=to_line,
        handed_note=note if reads_note else "",
        may_take=theirs or not answered_for or is_supervisor,
        against=_against(one, beside),
        attempts=tuple(beside.attempts.get(one.id, ())),
    )


def _against(one: FollowUp, beside: _CallBeside) -> str:
    """The number first: what stands against it is mended by nobody's patience."""
    tries = beside.tries.get(one.from_index)
    if tries is None:
        return WhyNot.WITHHELD
    of_number = why_not(tries, has_number=True, urgency=Urgency.CRISIS, at=beside.at)
    hours = one.from_hour, one.until_hour
    return of_number or why_not_now(one.consent, hours, tries.rang_at, at=beside.at) or ""


async def _attempts(work: Work, of: Sequence[FollowUp]) -> dict[str, list[TryMade]]:
    query = (
        select(FollowUpAttempt, Staff.name)
        .join(Staff, col(Staff.id) == col(FollowUpAttempt.by_id))
        .where(col(FollowUpAttempt.follow_up_id).in_([one.id for one in of]))
        .order_by(col(FollowUpAttempt.number))
    )
    found: dict[str, list[TryMade]] = {}
    for row, by in (await work.exec(query)).all():
        made = TryMade(number=row.number, at=row.at, by=by, outcome=row.outcome,
                       call_id=row.call_id, step=row.step + 1)  # fmt: skip
        found.setdefault(row.follow_up_id, []).append(made)
    return found


async def tries_of_calls(work: Work, who: SignedIn, calls: Collection[str]) -> list[TryMade]:
    """Every try of what follows these calls, also of what is over; of this person's lines."""
    if not may(who.roles, STANDING, Permission.CALL_BACK):
        return []
    query = select(FollowUp).where(
        col(FollowUp.call_id).in_(calls), col(FollowUp.line_id).in_(who.lines)
    )
    made = await _attempts(work, (await work.exec(query)).all())
    return [one for of_one in made.values() for one in of_one]


async def follow_up_of(work: Work, call: Call) -> FollowUp | None:
    """What a call is part of: as the one that is followed, or as one of the tries. The newest."""
    of_try = select(FollowUpAttempt.follow_up_id).where(FollowUpAttempt.call_id == call.id)
    query = (
        select(FollowUp)
        .where((col(FollowUp.call_id) == call.id) | col(FollowUp.id).in_(of_try))
        .order_by(col(FollowUp.state).in_(LIVE).desc(), col(FollowUp.began_at).desc())
        .limit(1)
    )
    return (await work.exec(query)).one_or_none()


async def permitted_follow_up(
    work: Work, follow_up_id: str, who: SignedIn, wanted: Permission = Permission.CALL_BACK
) -> FollowUp:
    """One of a line of theirs; any other does not exist. Raises `NotFound`, `Forbidden`."""
    found = await work.get(FollowUp, follow_up_id)
    if found is None or found.line_id not in who.lines:
        raise NotFound
    require(who.roles, STANDING, wanted, to_know=Permission.CALL_BACK)
    return found


async def colleagues_of(work: Work, who: SignedIn) -> list[tuple[str, str]]:
    """Counselors to whom one may hand something on: username and name, of lines one shares."""
    query = (
        select(Staff.username, Staff.name, Staff.lines)
        .where(col(Staff.active), col(Staff.roles).contains([Role.COUNSELOR]))
        .where(col(Staff.id) != who.staff_id)
        .order_by(col(Staff.name))
    )
    people = (await work.exec(query)).all()
    return [(username, name) for username, name, lines in people if {*lines} & {*who.lines}]
