"""Whom of a station to ring at a moment: its duty roster, read. Pure.

A shift of a date goes before those of the week for as long as it lasts. Nobody is ever nobody:
whoever has no duty is rung after those who have, and who has the day off is rung last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotline.lines.hours import SHANGHAI, OpenSpan, ServiceHours

MINUTES_A_DAY = 24 * 60
ONE_DAY = timedelta(days=1)
NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class DutyShift:
    """A duty: who has it, who is rung next. On the days of `span`, or on the date `day` alone."""

    span: OpenSpan
    contact: str
    deputies: tuple[str, ...] = ()
    day: date | None = None

    def begins_on(self, day: date) -> bool:
        """Whether it begins on this day."""
        return day == self.day if self.day is not None else day.weekday() in self.span.days

    def covers(self, day: date, minute: int) -> bool:
        """Whether, begun on this day, it still runs at a minute counted from its midnight."""
        end = self.span.end + MINUTES_A_DAY * int(self.span.past_midnight)
        return self.begins_on(day) and self.span.start <= minute < end


@dataclass(frozen=True, slots=True)
class DayOff:
    """Somebody is away all of a day; what duty they would have begun on it is their deputies'."""

    day: date
    contact: str


@dataclass(frozen=True, slots=True)
class DutyRules:
    """`contacts`: all who may be rung, by rank. `handover`: so long after a shift whoever had it
    still knows best. `hours`: when the station is staffed; none, round the clock.
    """

    contacts: tuple[str, ...]
    shifts: tuple[DutyShift, ...] = ()
    off: tuple[DayOff, ...] = ()
    handover: timedelta = NO_TIME
    hours: tuple[OpenSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class _Running:
    """A shift at a moment, and the day on which it began."""

    shift: DutyShift
    began: date


def on_duty(rules: DutyRules, at: datetime) -> tuple[str, ...]:
    """Every contact once, in the order in which they are to be rung at this moment.

    Who has the duty, their deputies, who has just handed over, the others by rank; last of all,
    whoever has the day off.
    """
    today = at.astimezone(SHANGHAI).date()
    first = [*_by_duty(rules, at), *_who_hands_over(rules, at), *rules.contacts]
    ours = [one for one in dict.fromkeys(first) if one in rules.contacts]
    away = {one.contact for one in rules.off if one.day == today}
    return (*(one for one in ours if one not in away), *(one for one in ours if one in away))


def is_there(rules: DutyRules, at: datetime) -> bool:
    """Whether anybody has the duty, or the station is staffed, at this moment."""
    return has_duty(rules, at) or ServiceHours(spans=rules.hours).open_at(at)


def has_duty(rules: DutyRules, at: datetime) -> bool:
    """Whether a shift runs in which somebody of the station is to be rung."""
    return any(one in rules.contacts for one in _by_duty(rules, at))


def _by_duty(rules: DutyRules, at: datetime) -> Iterator[str]:
    running = list(_running(rules, at))
    yield from (one.shift.contact for one in running if not _is_off(rules, one))
    for one in running:
        yield from one.shift.deputies


def _is_off(rules: DutyRules, running: _Running) -> bool:
    return DayOff(running.began, running.shift.contact) in rules.off


def _who_hands_over(rules: DutyRules, at: datetime) -> Iterable[str]:
    return _by_duty(rules, at - rules.handover) if rules.handover else ()


def _running(rules: DutyRules, at: datetime) -> Iterable[_Running]:
    """The shifts of a moment: those of dates, where there are any."""
    here = at.astimezone(SHANGHAI)
    today, minute = here.date(), here.hour * 60 + here.minute
    running = [
        _Running(shift, day)
        for day, passed in ((today, minute), (today - ONE_DAY, minute + MINUTES_A_DAY))
        for shift in rules.shifts
        if shift.covers(day, passed)
    ]
    dated = [one for one in running if one.shift.day is not None]
    return dated or running
