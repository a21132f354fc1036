"""The roster laid out: people by days of a week, and the weeks of a month. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotline.lines.hours import SHANGHAI
from hotline.roster.model import local_day, midnight, monday_of
from hotline.roster.proof import Hole, Lack
from hotline.roster.queries import LeaveShown, ShiftShown


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHole:
    """What of a hole lies on one day; times as clocks show them here."""

    start: str
    end: str
    hole: Hole


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterCell:
    """One person's day."""

    day: date
    shifts: tuple[ShiftShown, ...]
    leaves: tuple[LeaveShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One person's week. `staff_id`: empty: shifts that nobody has yet."""

    staff_id: str
    name: str
    cells: tuple[RosterCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterDayShown:
    """A day: its holes, and how many shifts begin on it."""

    day: date
    holes: tuple[DayHole, ...]
    shifts: int


def days_shown(
    days: Sequence[date], holes: Sequence[Hole], shifts: Sequence[ShiftShown]
) -> list[RosterDayShown]:
    """Each day with what it lacks: seats first, then supervisors, then languages."""
    said = [one for one in holes if not _is_said(one, holes)]
    return [
        RosterDayShown(
            day=one,
            holes=tuple(sorted(_holes_on(one, said), key=_weight)),
            shifts=sum(local_day(each.begins_at) == one for each in shifts),
        )
        for one in days
    ]


def _is_said(one: Hole, holes: Sequence[Hole]) -> bool:
    """Where nobody speaks a language at all, nobody certified does."""
    return one.lack is Lack.CERTIFIED and any(
        each.lack is Lack.LANGUAGE
        and each.line == one.line
        and each.begins_at <= one.begins_at
        and one.ends_at <= each.ends_at
        and set(one.languages) <= set(each.languages)
        for each in holes
    )


def _weight(one: DayHole) -> tuple[int, str, str]:
    return list(Lack).index(one.hole.lack), one.hole.line, one.start


def _holes_on(day: date, holes: Iterable[Hole]) -> Iterator[DayHole]:
    begin, end = midnight(day), midnight(day + timedelta(days=1))
    for one in holes:
        first, last = max(one.begins_at, begin), min(one.ends_at, end)
        if first < last:
            until = "24:00" if last == end else clock_here(last)
            yield DayHole(start=clock_here(first), end=until, hole=one)


def people_by_days(
    days: Sequence[date],
    people: Iterable[tuple[str, str]],
    shifts: Sequence[ShiftShown],
    leaves: Sequence[LeaveShown],
) -> list[RosterLine]:
    """`people`: ids and names; ("", …) for what nobody has."""
    return [
        RosterLine(
            staff_id=who,
            name=name,
            cells=tuple(_cell(day, who, shifts, leaves) for day in days),
        )
        for who, name in people
    ]


def _cell(
    day: date, who: str, shifts: Sequence[ShiftShown], leaves: Sequence[LeaveShown]
) -> RosterCell:
    begin, end = midnight(day), midnight(day + timedelta(days=1))
    mine = (one for one in shifts if (one.staff_id or "") == who)
    away = (one for one in leaves if one.staff_id == who and one.state != "refused")
    return RosterCell(
        day=day,
        shifts=tuple(one for one in mine if local_day(one.begins_at) == day),
        leaves=tuple(one for one in away if one.begins_at < end and begin < one.ends_at),
    )


def week_days(day: date) -> list[date]:
    """The seven days of its week."""
    return [monday_of(day) + timedelta(days=n) for n in range(7)]


def month_days(day: date) -> list[date]:
    """Whole weeks that hold its month."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    begin, last = monday_of(first), monday_of(after - timedelta(days=1)) + timedelta(days=6)
    return [begin + timedelta(days=n) for n in range((last - begin).days + 1)]


def clock_here(at: datetime) -> str:
    """As clocks show it here."""
    return f"{at.astimezone(SHANGHAI):%H:%M}"
