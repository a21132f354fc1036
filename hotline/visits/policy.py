"""When somebody has to go, and who is told when nobody does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hotline.i18n.catalog import HERE
from hotline.visits.colours import ColourSet, OverdueFile

ONE_DAY = timedelta(days=1)
MONTHS_A_YEAR = 12
LAST_SURE_DAY = 28  # every month has it


def due_after(last: datetime, every_days: int) -> datetime:
    """The end of the day, where the child is, on which the next visit is due."""
    return end_of(last.astimezone(HERE).date() + timedelta(days=every_days))


def end_of(day: date) -> datetime:
    """The midnight after a day where the child is."""
    return datetime.combine(day + ONE_DAY, time(), tzinfo=HERE)


def due_day(due_at: datetime) -> date:
    """The day on which something is due: midnight belongs to the day before."""
    return (due_at - timedelta(microseconds=1)).astimezone(HERE).date()


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last that surely is in that month."""
    month = day.month - 1 + months
    year = day.year + month // MONTHS_A_YEAR
    return date(year, month % MONTHS_A_YEAR + 1, min(day.day, LAST_SURE_DAY))


def visit_every(told: ColourSet, colour: str, *, family_until: date | None, on: date) -> int:
    """So many days between visits; while a returned child is followed, no more than that has."""
    found = told.colour(colour)
    days = found.visit_every_days if found is not None else told.colours[0].visit_every_days
    if family_until is not None and on <= family_until:
        return min(days, told.family.visit_every_days)
    return days


@dataclass(frozen=True, slots=True)
class TellingNow:
    """What is to be told now. `steps`: so many of the list are told; `next_at`: the next look."""

    steps: int
    next_at: datetime


def first_telling(rules: OverdueFile, due_at: datetime) -> datetime:
    """When somebody is told of something for the first time, if nobody goes."""
    return in_hours(rules, due_at + timedelta(hours=rules.tell[0].after_hours))


def telling(rules: OverdueFile, due_at: datetime, told: int, *, at: datetime) -> TellingNow:
    """Who is told at a moment. `told`: how many steps were before; nobody is left out again."""
    over = at - due_at
    reached = sum(1 for one in rules.tell if over >= timedelta(hours=one.after_hours))
    steps = max(reached, min(told, len(rules.tell)))
    if steps == 0:
        return TellingNow(0, first_telling(rules, due_at))
    again = at + timedelta(hours=rules.repeat_hours)
    later = [due_at + timedelta(hours=one.after_hours) for one in rules.tell[steps:]]
    return TellingNow(steps, in_hours(rules, min([again, *later])))


def in_hours(rules: OverdueFile, moment: datetime) -> datetime:
    """The moment itself, or when the next day's hours begin: nobody is woken for a visit."""
    here = moment.astimezone(HERE)
    if rules.from_hour <= here.hour < rules.until_hour:
        return moment
    day = here.date() if here.hour < rules.from_hour else here.date() + ONE_DAY
    return datetime.combine(day, time(rules.from_hour), tzinfo=HERE)


def last_of(moments: Sequence[datetime | None]) -> datetime | None:
    """The latest of those that are known."""
    return max((one for one in moments if one is not None), default=None)
