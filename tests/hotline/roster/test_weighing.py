"""Which weeks are read to weigh a change."""

from datetime import date, timedelta

from hotline.roster.model import PlannedShift, ShiftKind, midnight
from hotline.roster.period import RosterPeriod, weeks_of
from hotline.roster.weighing import WEIGHED_AHEAD, first_weeks

MONDAY = date(2026, 11, 30)


def night(day: date) -> PlannedShift:
    begins_at = midnight(day) + timedelta(hours=22)
    return PlannedShift(
        id=f"{day}",
        staff_id="li",
        lines=frozenset({"youth"}),
        kind=ShiftKind.DUTY,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=8),
    )


def weeks(monday: date, number: int = 1) -> RosterPeriod:
    return RosterPeriod(first=monday, last=monday + timedelta(days=7 * number - 1))


def test_of_two_shifts_half_a_year_apart_the_weeks_between_are_not_read() -> None:
    later = MONDAY + timedelta(weeks=26)

    assert weeks_of([night(later), night(MONDAY)]) == [weeks(MONDAY), weeks(later)]


def test_weeks_that_adjoin_are_one_period_and_a_sunday_night_reaches_into_the_next() -> None:
    sunday = MONDAY + timedelta(days=6)

    assert weeks_of([night(sunday)]) == [weeks(MONDAY, 2)]
    assert weeks_of([night(MONDAY), night(MONDAY + timedelta(weeks=1))]) == [weeks(MONDAY, 2)]


def test_of_a_year_of_nights_the_first_eight_weeks_are_weighed() -> None:
    nights = [night(MONDAY + timedelta(days=n)) for n in range(365)]

    assert first_weeks(nights) == nights[: WEIGHED_AHEAD.days]
    assert weeks_of(first_weeks(nights)) == [weeks(MONDAY, 9)]
