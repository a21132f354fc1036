"""A date is to callers what the public calendar says, unless the line's files know better."""

from datetime import date

from hotline.forecasting.calendar import CallersCalendar, kinds_of
from hotline.lines.hours import DayKind, ServiceHours, public_day

NATIONAL_DAY = date(2025, 10, 1)  # a Wednesday
WORKED_SATURDAY = date(2025, 10, 11)
MONDAY, SATURDAY, SUNDAY = date(2025, 11, 3), date(2025, 11, 8), date(2025, 11, 9)
CALENDAR = CallersCalendar(public_day)


def test_callers_have_a_day_off_on_holidays_and_weekends_that_are_not_worked() -> None:
    days = (NATIONAL_DAY, WORKED_SATURDAY, MONDAY, SATURDAY)

    assert [CALENDAR.is_off(day) for day in days] == [True, False, False, True]


def test_a_holiday_counts_for_callers_also_on_a_line_that_is_served_as_usual() -> None:
    assert kinds_of(ServiceHours())(NATIONAL_DAY) is DayKind.HOLIDAY


def test_what_the_lines_files_say_of_a_date_goes_before_the_public_calendar() -> None:
    hours = ServiceHours(days={MONDAY: DayKind.HOLIDAY})

    assert CallersCalendar(kinds_of(hours)).is_off(MONDAY)


def test_the_evening_before_school_is_told_from_other_days_off() -> None:
    assert CALENDAR.shape(SATURDAY) == (True, True)
    assert CALENDAR.shape(SUNDAY) == (True, False)


def test_a_monday_is_the_day_that_others_are_compared_with() -> None:
    assert sum(CALENDAR.features(MONDAY)) == 0


def test_a_worked_saturday_has_a_factor_of_its_own_and_is_no_saturday() -> None:
    worked, saturday = CALENDAR.features(WORKED_SATURDAY), CALENDAR.features(SATURDAY)

    assert (worked[4], worked[7]) == (0.0, 1.0)
    assert (saturday[4], saturday[7]) == (1.0, 0.0)


def test_a_holiday_is_taken_for_a_sunday_where_the_history_has_none() -> None:
    known = CallersCalendar.over([MONDAY, NATIONAL_DAY], public_day)
    unknown = CallersCalendar.over([MONDAY, SATURDAY], public_day)

    assert known.features(NATIONAL_DAY)[5:7] == (0.0, 1.0)
    assert unknown.features(NATIONAL_DAY)[5:7] == (1.0, 0.0)
