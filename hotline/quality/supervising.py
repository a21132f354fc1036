"""Supervision of staff: sessions that were held, and whose next one is due or late."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from hotline.errors import Forbidden, Invalid
from hotline.i18n.catalog import HERE
from hotline.quality.model import SupervisionWay
from hotline.quality.policy import SupervisionDue, supervision_due
from hotline.staff.model import Role
from hotline.staff.revocation import works_for
from hotline.storage.session import Work
from hotline.storage.tables import Call, Staff, StaffCourse, SupervisionSession

LONGEST_AGO = timedelta(days=366)
NOT_THEN = "A session is written down when it was held: within the last year, and not ahead."
NOT_ALONE = "Supervision needs somebody else: nobody holds it with themselves."


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeld:
    """With whom and by whom, by id. Nothing of what was talked about."""

    staff_id: str
    by_id: str
    way: SupervisionWay
    held_at: datetime
    minutes: int


async def note_session(
    work: Work, held: SessionHeld, *, noted_by_id: str, at: datetime
) -> SupervisionSession:
    """Write down that it was held. Raises `Forbidden`, `Invalid`."""
    if held.by_id == held.staff_id:
        raise Invalid(NOT_ALONE)
    if noted_by_id == held.staff_id:
        raise Forbidden(NOT_ALONE)
    if not at - LONGEST_AGO <= held.held_at <= at:
        raise Invalid(NOT_THEN)
    row = SupervisionSession(
        staff_id=held.staff_id,
        by_id=held.by_id,
        way=held.way,
        held_at=held.held_at,
        minutes=held.minutes,
        noted_by_id=noted_by_id,
        noted_at=at,
    )
    work.add(row)
    await work.flush()
    work.announce("quality", held.staff_id)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisedRow:
    """Somebody who takes calls. `due`: None while they have not begun."""

    staff_id: str
    name: str
    held_at: datetime | None
    due: SupervisionDue | None
    overdue: bool
    soon: bool


async def supervision_of_lines(
    work: Work, lines: Collection[str], *, at: datetime
) -> list[SupervisedRow]:
    """Counselors of these lines, who is late first, then who is due next."""
    query = (
        select(Staff.id, Staff.name)
        .where(col(Staff.active), col(Staff.roles).contains([Role.COUNSELOR]))
        .where(works_for(lines))
    )
    people = dict((await work.exec(query)).all())
    return await _rows(work, people, at=at)


async def supervision_of(work: Work, staff_id: str, *, at: datetime) -> SupervisedRow:
    """Of one person."""
    staff = await work.get_one(Staff, staff_id)
    return (await _rows(work, {staff.id: staff.name}, at=at))[0]


async def _rows(work: Work, people: dict[str, str], *, at: datetime) -> list[SupervisedRow]:
    began, held = await _began(work, people), await _held(work, people)
    rows = [
        _row(staff_id, name, began.get(staff_id), held.get(staff_id), at)
        for staff_id, name in people.items()
    ]
    return sorted(rows, key=lambda one: (one.due is None, one.due and one.due.due_at, one.name))


def _row(
    staff_id: str, name: str, began: datetime | None, held: datetime | None, at: datetime
) -> SupervisedRow:
    due = supervision_due(began, held, at)
    return SupervisedRow(
        staff_id=staff_id,
        name=name,
        held_at=held,
        due=due,
        overdue=due is not None and due.is_overdue(at),
        soon=due is not None and due.is_soon(at),
    )


async def _held(work: Work, people: Collection[str]) -> dict[str, datetime]:
    query = (
        select(SupervisionSession.staff_id, func.max(SupervisionSession.held_at))
        .where(col(SupervisionSession.staff_id).in_(people))
        .group_by(col(SupervisionSession.staff_id))
    )
    return dict((await work.exec(query)).all())


async def _began(work: Work, people: Collection[str]) -> dict[str, datetime]:
    """Their first talk here, or the first course that is kept: who came with both is not new."""
    talks = (
        select(Call.counselor_id, func.min(Call.joined_at))
        .where(col(Call.counselor_id).in_(people), col(Call.joined_at).is_not(None))
        .group_by(col(Call.counselor_id))
    )
    courses = (
        select(StaffCourse.staff_id, func.min(StaffCourse.done_on))
        .where(col(StaffCourse.staff_id).in_(people))
        .group_by(col(StaffCourse.staff_id))
    )
    began = {who: first for who, first in (await work.exec(talks)).all() if who and first}
    for who, day in (await work.exec(courses)).all():
        done = datetime(day.year, day.month, day.day, tzinfo=HERE)
        began[who] = min(began.get(who, done), done)
    return began
