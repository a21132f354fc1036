"""A file of shifts and leave: checked whole, then planned in one act, or not at all.

Shifts are planned. Leave is asked for in the name of whoever it is of, and is decided as any other.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlmodel import col, select

from hotline.roster.access import take_turns
from hotline.roster.calendars import BEGINS, rows_of_calendar
from hotline.roster.entries import (
    FaultyCell,
    MeantRow,
    SheetColumn,
    SheetFault,
    WrittenRow,
    lines_in,
    meant,
)
from hotline.roster.model import LeaveState, PlannedShift, ShiftKind
from hotline.roster.period import people_of_lines
from hotline.roster.refusals import RosterRefusal, RosterRefused
from hotline.roster.service import add_shifts
from hotline.roster.sheets import rows_of_sheet
from hotline.roster.telling import RosterAct, RosterDeed, ToldOf, tell_roster
from hotline.roster.weighing import clashes_of
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Line, RosterLeave, Staff
from hotline.storage.tables.columns import new_id

MOST_TOLD = 50
CLASHES = {
    RosterRefusal.HAS_SHIFT: SheetFault.HAS_SHIFT,
    RosterRefusal.IS_AWAY: SheetFault.IS_AWAY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """A row that can be: whose, when, and what."""

    written: WrittenRow
    staff: Staff | None
    lines: frozenset[str]
    meant: MeantRow

    @property
    def is_leave(self) -> bool:
        """Whether it asks for leave."""
        return not isinstance(self.meant.kind, ShiftKind)

    def as_planned(self) -> PlannedShift:
        """The shift of it; its id is the row's, while it is none of the roster's."""
        return PlannedShift(
            id=str(self.written.row),
            staff_id=self.staff.id if self.staff else None,
            lines=self.lines,
            kind=ShiftKind(self.meant.kind),
            begins_at=self.meant.begins_at,
            ends_at=self.meant.ends_at,
        )


@dataclass(slots=True, kw_only=True)
class CheckedFile:
    """What a file would plan, and everything that is wrong with it."""

    rows: list[ImportedRow] = field(default_factory=list)
    faults: list[FaultyCell] = field(default_factory=list)

    @property
    def shifts(self) -> list[ImportedRow]:
        """To be planned."""
        return [one for one in self.rows if not one.is_leave]

    @property
    def leaves(self) -> list[ImportedRow]:
        """To be asked for, by time: days that follow each other are one."""
        return _joined([one for one in self.rows if one.is_leave])


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """Whom and which lines a file may name; all in lower case."""

    people: Mapping[str, Sequence[Staff]]
    lines: Mapping[str, str]


async def check_file(work: Work, raw: bytes, who: SignedIn, *, at: datetime) -> CheckedFile:
    """Nothing is written. Read beside the loop: a large file takes its time."""
    read = rows_of_calendar if raw.lstrip().startswith(BEGINS) else rows_of_sheet
    written = await asyncio.to_thread(read, raw)
    known = await _known(work, who)
    checked = CheckedFile()
    for one in written:
        found = _row(one, known, at) if isinstance(one, WrittenRow) else [one]
        if isinstance(found, ImportedRow):
            checked.rows.append(found)
        else:
            checked.faults += found
    checked.faults += [fault async for fault in _clashes(work, checked.shifts)]
    checked.faults.sort(key=lambda one: one.row)
    return checked


async def import_file(work: Work, act: RosterAct, raw: bytes, who: SignedIn) -> CheckedFile:
    """All of it, or nothing: raises `RosterRefused` with the first faults."""
    await take_turns(work)
    checked = await check_file(work, raw, who, at=act.at)
    if checked.faults:
        told = [_plain(one) for one in checked.faults[:MOST_TOLD]]
        raise RosterRefused(RosterRefusal.HAS_FAULTS, faults=told)
    await add_shifts(work, act, [one.as_planned() for one in checked.shifts])
    work.add_all([_leave(act, one) for one in checked.leaves])
    said = {"shifts": len(checked.shifts), "leaves": len(checked.leaves)}
    lines = {line for one in checked.rows for line in one.lines}
    told_of = ToldOf(lines=lines, person=None, row_id=new_id(), after=said)
    await tell_roster(work, act, RosterDeed.IMPORTED, told_of)
    return checked


def _plain(one: FaultyCell) -> dict[str, Any]:
    return {"row": one.row, "column": one.column, "fault": one.fault.value, "value": one.value}


async def _known(work: Work, who: SignedIn) -> KnownNames:
    people: dict[str, list[Staff]] = defaultdict(list)
    for one in await people_of_lines(work, who.lines):
        for name in {one.username.casefold(), one.name.casefold()}:
            people[name].append(one)
    rows = (await work.exec(select(Line).where(col(Line.id).in_(who.lines)))).all()
    lines = {name.casefold(): one.id for one in rows for name in (one.id, one.name, one.name_en)}
    return KnownNames(people=people, lines=lines)


def _row(written: WrittenRow, known: KnownNames, at: datetime) -> ImportedRow | list[FaultyCell]:
    time = meant(written)
    staff = _person(written, known)
    lines = _lines(written, known, None if isinstance(staff, FaultyCell) else staff)
    faults = [*time] if isinstance(time, list) else []
    faults += [one for one in (staff, lines) if isinstance(one, FaultyCell)]
    if faults or isinstance(time, list) or isinstance(staff, FaultyCell):
        return faults
    assert not isinstance(lines, FaultyCell)  # noqa: S101 – what is none is a fault
    row = ImportedRow(written=written, staff=staff, lines=lines, meant=time)
    if time.ends_at <= at:
        return [written.fault(SheetColumn.DAY, SheetFault.OVER)]
    if row.is_leave and staff is None:
        return [written.fault(SheetColumn.NAME, SheetFault.NO_PERSON)]
    return row


def _person(written: WrittenRow, known: KnownNames) -> Staff | FaultyCell | None:
    """None: open to volunteers. An account goes before a name."""
    column = SheetColumn.ACCOUNT if written.text(SheetColumn.ACCOUNT) else SheetColumn.NAME
    said = written.text(column).casefold()
    found = known.people.get(said, ())
    if not said:
        return None
    if len(found) > 1:
        return written.fault(column, SheetFault.TWO_PEOPLE)
    return found[0] if found else written.fault(column, SheetFault.NO_PERSON)


def _lines(
    written: WrittenRow, known: KnownNames, staff: Staff | None
) -> frozenset[str] | FaultyCell:
    """Without a word: all of the person's that whoever imports plans for."""
    found, unknown = lines_in(written.text(SheetColumn.LINES), known.lines)
    theirs = set(known.lines.values()) & set(staff.lines if staff else known.lines.values())
    if unknown or not (found or theirs):
        return written.fault(SheetColumn.LINES, SheetFault.NO_LINE)
    if not set(found) <= theirs:
        return written.fault(SheetColumn.LINES, SheetFault.NOT_OF_LINE)
    return frozenset(found or theirs)


async def _clashes(work: Work, rows: Sequence[ImportedRow]) -> AsyncIterator[FaultyCell]:
    """With the roster, and of rows with each other."""
    by_person: dict[str, list[ImportedRow]] = defaultdict(list)
    for one in rows:
        if one.staff is not None:
            by_person[one.staff.id].append(one)
    for staff_id, theirs in by_person.items():
        written = {str(one.written.row): one.written for one in theirs}
        for time, reason in await clashes_of(work, staff_id, [one.as_planned() for one in theirs]):
            yield written[time.id].fault(SheetColumn.DAY, CLASHES[reason])
        for fault in _overlaps(theirs):
            yield fault


def _overlaps(theirs: Iterable[ImportedRow]) -> Iterator[FaultyCell]:
    for one, later in pairwise(sorted(theirs, key=lambda one: one.meant.begins_at)):
        if later.meant.begins_at < one.meant.ends_at:
            yield later.written.fault(SheetColumn.DAY, SheetFault.TWICE)


def _joined(leaves: Sequence[ImportedRow]) -> list[ImportedRow]:
    found: list[ImportedRow] = []
    for one in sorted(leaves, key=_whose_when):
        last = found[-1] if found else None
        if last is not None and _goes_on(last, one):
            found[-1] = replace(last, meant=replace(last.meant, ends_at=one.meant.ends_at))
        else:
            found.append(one)
    return found


def _goes_on(last: ImportedRow, one: ImportedRow) -> bool:
    same = last.staff is one.staff and last.meant.kind is one.meant.kind
    return same and last.meant.ends_at == one.meant.begins_at


def _whose_when(one: ImportedRow) -> tuple[str, str, datetime]:
    return one.staff.id if one.staff else "", one.meant.kind, one.meant.begins_at


def _leave(act: RosterAct, one: ImportedRow) -> RosterLeave:
    assert one.staff is not None  # noqa: S101 – leave of nobody is a fault
    return RosterLeave(
        staff_id=one.staff.id,
        kind=one.meant.kind,
        state=LeaveState.WANTED,
        begins_at=one.meant.begins_at,
        ends_at=one.meant.ends_at,
        at=act.at,
    )
