"""What statsmodels finds in years that were made by known rules; and what is said without it."""

import sys
from datetime import date

import pytest

from hotline.forecasting.calendar import CallersCalendar
from hotline.forecasting.fits import NotInstalled, Statsmodels
from hotline.forecasting.model import forecast_calls
from hotline.lines.hours import DayKind, public_day
from tests.hotline.forecasting.years import dates, evening_days

FIRST = date(2025, 5, 12)  # a Monday


def test_the_factor_of_a_sunday_is_found() -> None:
    days = dates(FIRST, 140)
    totals = [300.0 if day.weekday() == 6 else 100.0 for day in days]
    calendar = CallersCalendar(lambda _: DayKind.USUAL)
    rows = [calendar.features(day) for day in days]

    past, ahead = Statsmodels().factors(totals, [100.0] * 140, rows, rows[:7])

    assert past[6] == pytest.approx(3.0, rel=0.01)
    assert ahead == pytest.approx([1.0] * 6 + [3.0], rel=0.01)


def test_a_level_that_stays_is_found_with_how_far_it_scatters() -> None:
    course = [5.0 + 0.1 * (-1) ** n for n in range(200)]

    found = Statsmodels().smooth(course)

    assert found.level == pytest.approx(5.0, abs=0.1)
    assert found.variance_after(1) == pytest.approx(0.01, rel=0.2)
    assert found.variance_after(14) >= found.variance_after(1)


def test_a_level_that_never_moves_stays_and_does_not_scatter() -> None:
    found = Statsmodels().smooth([3.0] * 40)

    assert (found.level, found.variance_after(7)) == (3.0, 0.0)


def test_national_day_of_last_year_makes_the_next_one_a_quiet_day() -> None:
    days = dates(date(2024, 8, 1), 420)  # to 24 September 2025
    holiday = [public_day(day) is DayKind.HOLIDAY for day in days]
    history = evening_days([60 if off else 200 for off in holiday], first=days[0])

    ahead = forecast_calls(history, 14, public_day, Statsmodels())

    on = {one.begin.date(): 0.0 for one in ahead}
    for one in ahead:
        on[one.begin.date()] += one.mean
    assert on[date(2025, 10, 2)] == pytest.approx(60, rel=0.25)
    assert on[date(2025, 9, 26)] == pytest.approx(200, rel=0.1)


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels", None)

    with pytest.raises(NotInstalled) as refused:
        Statsmodels()

    assert "pip install 'hotline[forecast]'" in refused.value.public
