"""The list of cases that somebody may see: by number, by who has it, by what is due; in pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from hotline.cases.model import CaseState
from hotline.cases.queries import seen_by, standing_case
from hotline.errors import Invalid
from hotline.i18n.catalog import HERE
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Case, CaseStep, Staff, Station

A_PAGE = 20
CURSOR = re.compile(r"([0-9]{1,17})\.([0-9a-zA-Z-]{1,40})")
NO_CURSOR = "This is no place in a list of ours: begin with its first page."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WhichCases(StrEnum):
    """Whose of them. `below`: held by a station under the reader's own."""

    ALL = ""
    MINE = "mine"
    STATION = "station"
    BELOW = "below"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtCases:
    """What to list. `number`: one case, whatever else is asked."""

    which: WhichCases = WhichCases.ALL
    state: CaseState = CaseState.OPEN
    opened_as: str | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of a list: that it is there, and nothing of whom it is about."""

    id: str
    number: str
    line_id: str
    station_id: str | None
    station: str
    station_en: str
    owner: str
    division: str
    state: str
    opened_as: str
    opened_at: datetime
    due_on: date | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """The newest first. `next`: where to read on; empty at the end."""

    cases: list[CaseRow]
    next: str


async def list_cases(
    work: Work, who: SignedIn, sought: SoughtCases, *, at: datetime, after: str = ""
) -> CasePage:
    """A page of what somebody may see. Merged ones stand in another. Raises `Invalid`.

    A page goes on where the one before ended, whatever came in since.
    """
    today = at.astimezone(HERE).date()
    conditions = [await seen_by(work, who), col(Case.merged_into_id).is_(None)]
    if sought.number:
        conditions.append(await _of_number(work, sought.number))
    else:
        conditions += [*_wanted(who, sought, today), *_beyond(after)]
    query = (
        select(Case, Station, Staff.name, _due())
        .join(Station, col(Station.id) == col(Case.station_id), isouter=True)
        .join(Staff, col(Staff.id) == col(Case.owner_id), isouter=True)
        .where(*conditions)
        .order_by(col(Case.opened_at).desc(), col(Case.id).desc())
    )
    found = (await work.exec(query.limit(A_PAGE + 1))).all()
    rows = [_row(*parts, today) for parts in found[:A_PAGE]]
    return CasePage(cases=rows, next=_cursor(rows[-1]) if len(found) > A_PAGE else "")


def _due() -> Any:
    """The day of the next step that is to be done, also of what was merged into it."""
    first, went = aliased(Case), aliased(Case)
    begun = select(first.id).where(col(first.id) == col(Case.id))
    inside = begun.correlate(Case).cte("inside", recursive=True, nesting=True)
    more = select(col(went.id)).join(inside, col(went.merged_into_id) == inside.c.id)
    query = select(func.min(CaseStep.due_on)).where(
        col(CaseStep.case_id).in_(select(inside.union(more).c.id)),
        col(CaseStep.done_at).is_(None),
        col(CaseStep.dropped_at).is_(None),
    )
    return query.correlate(Case).scalar_subquery()


async def _of_number(work: Work, number: str) -> ColumnElement[bool]:
    """Also of a case that went into another: the one that stands is found."""
    found = (await work.exec(select(Case.id).where(Case.number == number.strip()))).one_or_none()
    return col(Case.id) == ("" if found is None else await standing_case(work, found))


def _wanted(who: SignedIn, sought: SoughtCases, today: date) -> Iterator[ColumnElement[bool]]:
    yield col(Case.state) == sought.state
    if sought.opened_as is not None:
        yield col(Case.opened_as) == sought.opened_as
    match sought.which:
        case WhichCases.MINE:
            yield col(Case.owner_id) == who.staff_id
        case WhichCases.STATION:
            yield col(Case.station_id) == who.station_id
        case WhichCases.BELOW:
            yield col(Case.station_id).is_distinct_from(who.station_id)
        case WhichCases.LATE:
            yield _due() < today
        case WhichCases.ALL:
            pass


def _row(case: Case, station: Station | None, owner: str | None, due: Any, today: date) -> CaseRow:
    return CaseRow(
        id=case.id,
        number=case.number,
        line_id=case.line_id,
        station_id=case.station_id,
        station="" if station is None else station.name,
        station_en="" if station is None else station.name_en,
        owner=owner or "",
        division=case.division,
        state=case.state,
        opened_as=case.opened_as,
        opened_at=case.opened_at,
        due_on=due,
        late=case.state == CaseState.OPEN and due is not None and due < today,
    )


def _cursor(row: CaseRow) -> str:
    return f"{(row.opened_at - EPOCH) // timedelta(microseconds=1)}.{row.id}"


def _beyond(after: str) -> Iterator[ColumnElement[bool]]:
    if not after:
        return
    found = CURSOR.fullmatch(after)
    if found is None:
        raise Invalid(NO_CURSOR)
    last = EPOCH + timedelta(microseconds=int(found[1])), found[2]
    yield tuple_(col(Case.opened_at), col(Case.id)) < tuple_(*last)
