"""What a date is for those who call: a day of the week, a day off, a worked weekend. Pure.

The public calendar with the moved working days (调休) counts on every line, also on one that is
served alike every day: callers have holidays where counselors have none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hotline.lines.hours import SATURDAY, SUNDAY, DayKind, ServiceHours, public_day

KindOf = Callable[[date], DayKind]
TOMORROW = timedelta(days=1)


def kinds_of(hours: ServiceHours) -> KindOf:
    """What the line's files say of a date, else the public calendar whatever the line's rule."""
    told: Mapping[date, DayKind] = hours.days or {}
    return lambda day: told.get(day) or public_day(day)


@dataclass(frozen=True, slots=True)
class CallersCalendar:
    """`holiday_known`: whether the history has one; else a holiday is taken for a Sunday."""

    kind_of: KindOf
    holiday_known: bool = True

    @classmethod
    def over(cls, days: Sequence[date], kind_of: KindOf) -> "CallersCalendar":
        """As far as these past days can tell."""
        return cls(kind_of, any(kind_of(day) is DayKind.HOLIDAY for day in days))

    def is_off(self, day: date) -> bool:
        """No school and no office."""
        kind = self.kind_of(day)
        return kind is DayKind.HOLIDAY or (
            day.weekday() >= SATURDAY and kind is not DayKind.WORKING_DAY
        )

    def shape(self, day: date) -> tuple[bool, bool]:
        """Days of one shape are called alike by the clock: off or not, and the next one."""
        return self.is_off(day), self.is_off(day + TOMORROW)

    def features(self, day: date) -> tuple[float, ...]:
        """Ten regressors of a day's calls, each 0 or 1; all are 0 on a Monday.

        Tuesday to Sunday, a holiday and a worked weekend day in place of those, the last day off
        before a day that is not, and the last day before one off.
        """
        kind, off_next = self.kind_of(day), self.is_off(day + TOMORROW)
        holiday, worked = kind is DayKind.HOLIDAY, kind is DayKind.WORKING_DAY
        weekday = SUNDAY if holiday else day.weekday()
        special = worked or (holiday and self.holiday_known)
        flags = [not special and weekday == n for n in range(1, 7)]
        flags += [holiday and self.holiday_known, worked]
        flags += [self.is_off(day) and not off_next, off_next and not self.is_off(day)]
        return tuple(map(float, flags))
