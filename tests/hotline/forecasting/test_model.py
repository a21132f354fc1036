"""What came in the past goes on: by the day's shape, the calendar, and the way of a year ago."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from hotline.forecasting.model import CallHistory, ExpectedQuarter, forecast_calls
from hotline.lines.hours import SHANGHAI, DayKind, public_day
from tests.hotline.forecasting.years import MONDAY, FlatFits, evening_days, flat_days


def usual(_: date) -> DayKind:
    return DayKind.USUAL


def test_calls_are_counted_in_the_quarter_hour_of_the_local_day() -> None:
    came = {
        datetime(2025, 3, 2, 15, 0, tzinfo=UTC): 9,  # 23:00 here: part of a day is no day
        datetime(2025, 3, 2, 16, 15, tzinfo=UTC): 2,
        datetime(2025, 3, 4, 15, 45, tzinfo=UTC): 3,
        datetime(2025, 3, 4, 16, 0, tzinfo=UTC): 7,  # the day that is not over
    }

    history = CallHistory.of(came, until=date(2025, 3, 5))

    assert history.first == date(2025, 3, 3)
    assert [sum(day) for day in history.days] == [2, 3]
    assert (history.days[0][1], history.days[1][95]) == (2, 3)


def test_a_line_that_nobody_called_has_no_days() -> None:
    assert CallHistory.of({}, until=MONDAY).days == ()


def test_calls_that_come_evenly_are_expected_to_come_so_again() -> None:
    ahead = forecast_calls(flat_days(35, each_quarter=4), 7, usual, FlatFits())

    assert len(ahead) == 7 * 96
    assert ahead[0].begin == datetime(2025, 4, 7, tzinfo=SHANGHAI)
    assert ahead[-1].begin == datetime(2025, 4, 13, 23, 45, tzinfo=SHANGHAI)
    assert {round(one.mean, 1) for one in ahead} == {4.0}


def test_the_further_ahead_the_wider_the_spread_and_never_less_than_chance() -> None:
    ahead = forecast_calls(flat_days(35, each_quarter=4), 7, usual, FlatFits())

    assert ahead[0].sd ** 2 > ahead[0].mean
    assert ahead[-1].sd > ahead[0].sd
    assert ahead[0].quantile(0.1) < 4 < ahead[0].quantile(0.9)


def test_calls_of_the_evening_are_expected_in_the_evening() -> None:
    ahead = forecast_calls(evening_days([40] * 35), 1, usual, FlatFits())

    evening = sum(one.mean for one in ahead if one.begin.hour in (19, 20, 21))
    assert evening == pytest.approx(40, rel=0.02)
    assert sum(one.mean for one in ahead if one.begin.hour < 19) == 0


def test_the_level_goes_half_the_way_that_it_went_a_year_ago() -> None:
    before, after = [100] * 28, [200] * 350
    last_weeks = [100] * 14
    history = evening_days([*before, *after, *last_weeks])  # today is the 28th day of the year

    tomorrow, *_ = _totals(forecast_calls(history, 28, usual, FlatFits()), 28)
    in_three_weeks = _totals(forecast_calls(history, 28, usual, FlatFits()), 28)[21]

    assert tomorrow == pytest.approx(100 * 1.19, rel=0.15)
    assert in_three_weeks == pytest.approx(100 * 2**0.5, rel=0.05)


def test_less_than_a_year_says_nothing_of_the_way() -> None:
    history = evening_days([100] * 28 + [200] * 100 + [100] * 14)

    assert _totals(forecast_calls(history, 1, usual, FlatFits()), 1) == [
        pytest.approx(100.4, rel=0.01)
    ]


def test_a_day_without_any_call_on_a_busy_line_is_not_what_comes_next() -> None:
    history = evening_days([100] * 34 + [0])

    assert _totals(forecast_calls(history, 1, usual, FlatFits()), 1)[0] > 90


def test_nobody_is_expected_on_a_day_on_which_the_line_is_closed() -> None:
    def closed_first(day: date) -> DayKind:
        return DayKind.CLOSED if day == MONDAY + timedelta(days=35) else public_day(day)

    first, second = _totals(forecast_calls(flat_days(35), 2, closed_first, FlatFits()), 2)

    assert first == 0
    assert second == pytest.approx(96, rel=0.02)


@pytest.mark.parametrize("history", [flat_days(27), flat_days(60, each_quarter=0)])
def test_too_little_history_is_refused(history: CallHistory) -> None:
    with pytest.raises(ValueError, match="28 days"):
        forecast_calls(history, 7, usual, FlatFits())


def _totals(ahead: Sequence[ExpectedQuarter], days: int) -> list[float]:
    return [sum(one.mean for one in ahead[n * 96 : n * 96 + 96]) for n in range(days)]
