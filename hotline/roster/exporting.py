"""The roster of some lines as a file: for calendars, and for spreadsheets. Reads only.

What stands in it is what colleagues see on the page: who is away, and not why.
"""

from datetime import date, timedelta

from sqlmodel import col, select

from hotline.i18n.catalog import _, speaks_chinese
from hotline.i18n.words import label
from hotline.lines.hours import SHANGHAI
from hotline.roster.calendars import APART, CalendarEvent, calendar_of
from hotline.roster.model import LeaveState, local_day
from hotline.roster.period import RosterPeriod
from hotline.roster.queries import LeaveShown, RosterReader, RosterShown, ShiftShown, roster_shown
from hotline.roster.sheets import SheetRow, xlsx_of
from hotline.storage.session import Work
from hotline.storage.tables import Line, Staff


async def team_calendar(work: Work, reader: RosterReader, period: RosterPeriod) -> bytes:
    """A file of events, which can be read in again."""
    found = await roster_shown(work, reader, period)
    names = await _line_names(work)
    events = [_shift_event(one, names, period) for one in found.shifts]
    events += [_leave_event(one, period) for one in _away(found)]
    return calendar_of(_("排班"), events)


async def team_sheet(work: Work, reader: RosterReader, period: RosterPeriod) -> bytes:
    """A list of shifts, which can be read in again, and people by days."""
    found = await roster_shown(work, reader, period)
    names = await _line_names(work)
    ids = {one.staff_id for one in found.shifts if one.staff_id}
    query = select(Staff.id, Staff.username).where(col(Staff.id).in_(ids))
    accounts = dict((await work.exec(query)).all())
    rows = [_row(one, names, accounts.get(one.staff_id or "", "")) for one in found.shifts]
    days = (period.last - period.first).days + 1
    return xlsx_of(rows, [period.first + timedelta(days=n) for n in range(days)])


def _shift_event(one: ShiftShown, names: dict[str, str], period: RosterPeriod) -> CalendarEvent:
    lines = _("、").join(names[line] for line in one.lines)
    words = [one.name, label("roster_kind", one.kind), lines]
    return CalendarEvent(
        id=one.id,
        summary=APART.join(words),
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        changed_at=period.begins_at,
    )


def _leave_event(one: LeaveShown, period: RosterPeriod) -> CalendarEvent:
    return CalendarEvent(
        id=one.id,
        summary=APART.join([one.name, _("休假")]),
        begins_at=one.begins_at,
        ends_at=one.ends_at,
        changed_at=period.begins_at,
    )


def _away(found: RosterShown) -> list[LeaveShown]:
    return [one for one in found.leaves if one.state == LeaveState.APPROVED]


def _row(one: ShiftShown, names: dict[str, str], account: str) -> SheetRow:
    day: date = local_day(one.begins_at)
    return SheetRow(
        day=day,
        start=f"{one.begins_at.astimezone(SHANGHAI):%H:%M}",
        end=f"{one.ends_at.astimezone(SHANGHAI):%H:%M}",
        name=one.name,
        account=account,
        kind=label("roster_kind", one.kind),
        lines=_("、").join(names[line] for line in one.lines),
    )


async def _line_names(work: Work) -> dict[str, str]:
    rows = (await work.exec(select(Line))).all()
    return {one.id: one.name if speaks_chinese() else one.name_en for one in rows}
