"""Finding records by their codes and their caller's number: a list without a word of what they say.

What somebody may not read is found by line, time and number alone: a search by topic or risk tells
of it only where they may read it, since the answer would be a reading of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, case, cast, tuple_
from sqlalchemy import select as core_select
from sqlmodel import col, exists, func, or_

from hotline.calls.readings import may_be_found, may_be_read
from hotline.errors import Invalid
from hotline.records.reading_model import is_minors
from hotline.records.reading_queries import newest_of
from hotline.records.risk_queries import level_found
from hotline.risk.levels import Risk
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, Record, Staff

LATE_AFTER = timedelta(hours=24)  # after the call; no rule names a time, so this is our own
A_PAGE = 20
CURSOR = re.compile(r"([0-9]{1,17})\.([0-9A-Za-z-]{1,40})")
NO_CURSOR = "This is no place in a list of ours: begin with its first page."
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RecordState(StrEnum):
    """How far a record is."""

    DRAFT = "draft"  # begun, or to be begun
    FINISHED = "finished"
    LATE = "late"  # not finished a day after the call


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What to find; None: whatever it is. `number_index`: of the caller; "" is nobody's number."""

    number_index: str | None = None
    line: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    contact_type: str | None = None
    topic: str | None = None
    risk: str | None = None
    counselor: str | None = None
    state: RecordState | None = None
    escalated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """A record, masked. `may_read`: the codes are told; else they are empty or null.

    `asked`: where the reader's last request to read it stands, "" for none; `open_until`: how long
    it is opened to them. `minors`: of a minor, or nobody knows.
    """

    call_id: str
    line_id: str
    at: datetime
    masked: str
    minors: bool
    may_read: bool
    written: bool
    counselor: str
    contact_type: str
    topics: Sequence[str]
    risk: str
    state: RecordState | None
    escalated: bool | None
    asked: str
    open_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """The newest first. `next`: where to read on; empty at the end."""

    found: Sequence[FoundRecord]
    next: str


async def find_records(
    work: Work, who: SignedIn, sought: Sought, *, at: datetime, after: str = ""
) -> FoundPage:
    """A page of what somebody may find. `after`: the `next` of the page before.

    A page goes on where the one before ended, whatever came in since. Raises `Invalid`.
    """
    query = _listed(who, at).where(*_conditions(who, sought, at), *_beyond(after))
    newest_first = query.order_by(col(Call.arrived_at).desc(), col(Call.id).desc())
    rows = (await (await work.connection()).execute(newest_first.limit(A_PAGE + 1))).all()
    shown = rows[:A_PAGE]
    asked = await newest_of(work, [row.id for row in shown], who.staff_id)
    found = [_found(row, *asked.get(row.id, ("", None))) for row in shown]
    return FoundPage(found=found, next=_cursor(shown[-1]) if len(rows) > A_PAGE else "")


def _listed(who: SignedIn, at: datetime) -> Select[*tuple[Any, ...]]:
    return (
        core_select(
            col(Call.id),
            col(Call.line_id),
            col(Call.arrived_at),
            col(Call.from_masked),
            col(Call.age_group),
            col(Staff.name).label("counselor"),
            col(Record.call_id).is_not(None).label("written"),
            col(Record.contact_type),
            col(Record.topics),
            func.coalesce(level_found(), Risk.NOT_ASSESSED).label("level"),
            _state(at).label("state"),
            _escalated().label("escalated"),
            may_be_read(who).label("may_read"),
        )
        .select_from(Call)
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .join(Staff, col(Staff.id) == col(Call.counselor_id), isouter=True)
        .where(or_(col(Call.joined_at).is_not(None), col(Record.call_id).is_not(None)))
        .where(may_be_found(who))
    )


def _conditions(who: SignedIn, sought: Sought, at: datetime) -> list[ColumnElement[bool]]:
    private = _of_what_is_read(sought, at)
    return [*_open_to_all(sought), *private, *([may_be_read(who)] if private else [])]


def _open_to_all(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.number_index is not None:
        yield (col(Call.from_index) == sought.number_index) & (col(Call.from_index) != "")
    if sought.line is not None:
        yield col(Call.line_id) == sought.line
    if sought.since is not None:
        yield col(Call.arrived_at) >= sought.since
    if sought.until is not None:
        yield col(Call.arrived_at) < sought.until


def _of_what_is_read(sought: Sought, at: datetime) -> list[ColumnElement[bool]]:
    has_topic = col(Record.topics).op("@>")(func.jsonb_build_array(cast(sought.topic, Text)))
    columns = [
        (col(Record.contact_type), sought.contact_type),
        (func.coalesce(level_found(), Risk.NOT_ASSESSED), sought.risk),
        (col(Call.counselor_id), sought.counselor),
        (_state(at), sought.state),
        (_escalated(), sought.escalated),
    ]
    wanted = [column == value for column, value in columns if value is not None]
    return [*wanted, *([has_topic] if sought.topic is not None else [])]


def _state(at: datetime) -> ColumnElement[str]:
    finished = (col(Record.contact_type) != "") & (col(Record.disposition) != "")
    late = col(Call.ended_at) < at - LATE_AFTER
    return case((finished, RecordState.FINISHED), (late, RecordState.LATE), else_=RecordState.DRAFT)


def _escalated() -> ColumnElement[bool]:
    return exists().where(col(Escalation.call_id) == col(Call.id))


def _found(row: Any, asked: str, open_until: datetime | None) -> FoundRecord:
    return FoundRecord(
        call_id=row.id,
        line_id=row.line_id,
        at=row.arrived_at,
        masked=row.from_masked,
        minors=is_minors(row.age_group),
        may_read=row.may_read,
        written=row.written,
        counselor=row.counselor or "",
        contact_type=(row.contact_type or "") if row.may_read else "",
        topics=(row.topics or ()) if row.may_read else (),
        risk=row.level if row.may_read else "",
        state=RecordState(row.state) if row.may_read else None,
        escalated=row.escalated if row.may_read else None,
        asked=asked,
        open_until=open_until,
    )


def _cursor(row: Any) -> str:
    return f"{(row.arrived_at - EPOCH) // timedelta(microseconds=1)}.{row.id}"


def _beyond(after: str) -> list[ColumnElement[bool]]:
    if not after:
        return []
    found = CURSOR.fullmatch(after)
    if found is None:
        raise Invalid(NO_CURSOR)
    at = EPOCH + timedelta(microseconds=int(found[1]))
    return [tuple_(col(Call.arrived_at), col(Call.id)) < tuple_(at, found[2])]
