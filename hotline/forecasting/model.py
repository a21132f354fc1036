"""From the calls of the past to those of each quarter hour ahead, with mean and spread. Pure.

A day's calls are a level that drifts, times what the calendar makes of the day; a quarter hour's
are the share of its day that days of the same shape gave it. The level goes on from where it
stands, and half of the way that it went a year ago (`ANNUAL`): terms, exams and long holidays come
every year at about the same time. How this was chosen: README.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from hotline.forecasting.calendar import CallersCalendar, KindOf
from hotline.forecasting.spread import negative_binomial_quantile
from hotline.lines.hours import SHANGHAI, DayKind

QUARTERS_A_DAY = 96
QUARTER = timedelta(minutes=15)
LEAST_DAYS = 28
AROUND = 14  # days on either side that make the level of a day
ANNUAL = 0.5
YEAR = 364  # days: the same day of the week
FORGET_AFTER = 90  # days until the shape of a day counts half
SMOOTH = (0.25, 0.5, 1.0, 0.5, 0.25)  # weights of the quarter hours around
SILENT = 5.0  # where so many would have called, a day without calls tells of us, not of callers

DayFeatures = tuple[float, ...]


class SeriesEnd(Protocol):
    """The end of a series."""

    @property
    def level(self) -> float:
        """What comes next, on average."""

    def variance_after(self, steps: int) -> float:
        """Of what comes so many steps ahead, 1 for the next."""


class ForecastFits(Protocol):
    """What `hotline.forecasting.fits` does."""

    def factors(
        self,
        totals: Sequence[float],
        levels: Sequence[float],
        rows: Sequence[DayFeatures],
        ahead: Sequence[DayFeatures],
    ) -> tuple[list[float], list[float]]:
        """What the calendar makes of a day, in the past and ahead."""

    def smooth(self, course: Sequence[float]) -> SeriesEnd:
        """Where a series stands at its end."""


@dataclass(frozen=True, slots=True)
class CallHistory:
    """Calls that came, in each of 96 quarter hours of each local day from the first on."""

    first: date
    days: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, came: Mapping[datetime, int], *, until: date) -> "CallHistory":
        """From the beginnings of quarter hours. From the first whole day to before `until`."""
        here = {begin.astimezone(SHANGHAI): count for begin, count in came.items()}
        first = min((begin.date() for begin in here), default=until) + timedelta(days=1)
        days = [[0] * QUARTERS_A_DAY for _ in range(max(0, (until - first).days))]
        for begin, count in here.items():
            if first <= begin.date() < until:
                days[(begin.date() - first).days][begin.hour * 4 + begin.minute // 15] += count
        return cls(first, tuple(map(tuple, days)))

    @property
    def dates(self) -> list[date]:
        """One for each of `days`."""
        return [self.first + timedelta(days=n) for n in range(len(self.days))]


@dataclass(frozen=True, slots=True)
class ExpectedQuarter:
    """Calls that are expected from `begin` on, for a quarter hour. `sd`: also of the forecast."""

    begin: datetime
    mean: float
    sd: float

    def quantile(self, share: float) -> int:
        """So many calls or fewer come with this probability."""
        return negative_binomial_quantile(self.mean, self.sd**2, share)


def forecast_calls(
    history: CallHistory, days: int, kind_of: KindOf, fits: ForecastFits
) -> list[ExpectedQuarter]:
    """So many days from the end of the history on. Raises `ValueError` below `LEAST_DAYS` of it,
    or where nobody ever called."""
    if len(history.days) < LEAST_DAYS or not any(map(any, history.days)):
        raise ValueError(f"{LEAST_DAYS} days with calls, at least")
    past = history.dates
    ahead = [past[-1] + timedelta(days=n) for n in range(1, days + 1)]
    calendar = CallersCalendar.over(past, kind_of)
    totals = _daily_calls(history, past, calendar, fits, ahead)
    profiles = _Profiles(history, calendar)
    uneven = profiles.unevenness()
    return [
        quarter
        for day, (total, variance) in zip(ahead, totals, strict=True)
        for quarter in _quarters(day, total, variance + uneven, profiles.of(day))
    ]


def _quarters(
    day: date, total: float, relative_variance: float, shares: Sequence[float]
) -> list[ExpectedQuarter]:
    """Chance alone gives a variance of the mean; what is not known of the mean comes on top."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    means = [total * share for share in shares]
    return [
        ExpectedQuarter(midnight + n * QUARTER, mean, math.sqrt(mean + mean**2 * relative_variance))
        for n, mean in enumerate(means)
    ]


# ── the calls of a day ──────────────────────────────────────────────────────────────────────────


def _daily_calls(
    history: CallHistory,
    past: Sequence[date],
    calendar: CallersCalendar,
    fits: ForecastFits,
    ahead: Sequence[date],
) -> list[tuple[float, float]]:
    """Mean and relative variance of each day ahead."""
    counted = [float(sum(day)) for day in history.days]
    usual = [calendar.kind_of(day) is DayKind.USUAL for day in past]
    levels = _levels(counted, usual)
    totals = [
        level if _is_silent(total, level) or calendar.kind_of(day) is DayKind.CLOSED else total
        for day, total, level in zip(past, counted, levels, strict=True)
    ]
    rows, rows_ahead = ([calendar.features(day) for day in some] for some in (past, ahead))
    factors, factors_ahead = fits.factors(totals, levels, rows, rows_ahead)
    course = [
        math.log((total + 0.5) / factor) for total, factor in zip(totals, factors, strict=True)
    ]
    standing = fits.smooth(course)
    chance = statistics.fmean(1 / (total + 0.5) for total in totals)
    return [
        (
            0.0
            if calendar.kind_of(day) is DayKind.CLOSED
            else factor * math.exp(standing.level + ANNUAL * way),
            max(0.0, standing.variance_after(step) - chance),
        )
        for step, (day, factor, way) in enumerate(
            zip(ahead, factors_ahead, _way_a_year_ago(course, len(ahead)), strict=True), 1
        )
    ]


def _is_silent(total: float, level: float) -> bool:
    return total == 0 and level >= SILENT


def _levels(totals: Sequence[float], usual: Sequence[bool]) -> list[float]:
    """Of each day: the mean of the usual days around it, never 0."""
    levels = []
    for n in range(len(totals)):
        around = range(max(0, n - AROUND), min(len(totals), n + AROUND + 1))
        some = [totals[at] for at in around if usual[at]] or [totals[at] for at in around]
        levels.append(statistics.fmean(some) + 0.5)
    return levels


def _way_a_year_ago(course: Sequence[float], steps: int) -> list[float]:
    """How far the level had gone from today's date on; 0 without a year and two weeks of it."""
    today = len(course) - 1 - YEAR
    if today < AROUND - 1:
        return [0.0] * steps
    weights = [0.5 ** (back / 4) for back in range(AROUND)]
    stood = statistics.fmean((course[today - back] for back in range(AROUND)), weights)
    there = (course[max(0, at - 4) : at + 5] for at in range(today + 1, today + 1 + steps))
    return [statistics.fmean(around) - stood if around else 0.0 for around in there]


# ── the quarter hours of a day ──────────────────────────────────────────────────────────────────


class _Profiles:
    """How the calls of a day lie in it, for each shape of a day."""

    def __init__(self, history: CallHistory, calendar: CallersCalendar) -> None:
        self._history, self._calendar = history, calendar
        self._shapes = [calendar.shape(day) for day in history.dates]
        self._known: dict[tuple[bool, bool], list[float]] = {}

    def of(self, day: date) -> list[float]:
        """96 shares that make 1; of all days where none had this shape."""
        shape = self._calendar.shape(day)
        if shape not in self._known:
            self._known[shape] = self._shares(shape)
        return self._known[shape]

    def unevenness(self) -> float:
        """Relative variance of a quarter hour beside chance, with its day's total as known."""
        surplus = squares = 0.0
        for day, counts in zip(self._history.dates, self._history.days, strict=True):
            total = sum(counts)
            for share, count in zip(self.of(day), counts, strict=True):
                mean = total * share
                surplus += (count - mean) ** 2 - mean
                squares += mean**2
        return max(0.0, surplus / squares) if squares else 0.0

    def _shares(self, shape: tuple[bool, bool]) -> list[float]:
        days, last = self._history.days, len(self._history.days) - 1
        alike = [n for n, one in enumerate(self._shapes) if one == shape and any(days[n])]
        sums = [0.0] * QUARTERS_A_DAY
        for n in alike or range(len(days)):
            weight = 0.5 ** ((last - n) / FORGET_AFTER)
            for quarter, count in enumerate(days[n]):
                sums[quarter] += weight * count
        smooth = [
            sum(w * sums[(n + at) % QUARTERS_A_DAY] for at, w in enumerate(SMOOTH, -2))
            for n in range(QUARTERS_A_DAY)
        ]
        whole = math.fsum(smooth)
        return [one / whole for one in smooth]
