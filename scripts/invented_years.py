"""Years of calls that nobody made, to measure forecasts on. Not the model that is fitted.

Three crowds call, each by a clock and a calendar of its own, and a line hears their sum: students,
parents, and people at night. The sum follows no product of a day's factor with an hour's. Levels:
domain research, requirement 60 (evenings from 18:00 to 22:00 weigh most, at night more than 60 %
of the calls) and its figures (1,706 calls a day on a busy line, +20 % a year). Counts scatter more
than chance alone: days have moods, news comes, and quarter hours are uneven.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hotline.lines.hours import SATURDAY, DayKind, public_day

QUARTERS = 96
GROWTH_A_YEAR = 0.18  # of the logarithm: +20 %
BEGINNING = date(2023, 7, 3)
MOOD_STAYS, MOOD_SD = 0.75, 0.07  # of a day's mood, from one day to the next
NEWS_A_DAY, NEWS_FADES = 0.008, 0.6
UNEVEN = 10.0  # the shape of a quarter hour's own gamma factor: a standard deviation of 32 %

Curve = NDArray[np.float64]
Bumps = tuple[tuple[float, float, float], ...]  # at what hour, how wide (h), how high


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingCrowd:
    """`usual`, `free`: calls over the hours of a school day, and of a day off. `level`: by date."""

    share: float
    usual: Bumps
    free: Bumps
    level: Callable[[date], float]


def invent(calls_a_day: float, days: int, *, seed: int) -> list[tuple[int, ...]]:
    """Calls in each quarter hour of each day from `BEGINNING`; so many a day in the first year."""
    random = np.random.default_rng(seed)
    dates = [BEGINNING + timedelta(n) for n in range(days)]
    expected = np.array([_expected(day) for day in dates]) * calls_a_day
    moods = np.array(list(_moods(days, random)))[:, None]
    uneven = random.gamma(UNEVEN, 1 / UNEVEN, size=expected.shape)
    return [tuple(map(int, day)) for day in random.poisson(expected * moods * uneven)]


@cache
def _expected(day: date) -> Curve:
    """Of a day, relative to a mean day of the first year."""
    years = (day - BEGINNING).days / 365
    off = is_off(day)
    parts = [_curve(c.free if off else c.usual) * c.share * c.level(day) for c in CROWDS]
    together: Curve = np.sum(parts, axis=0) * math.exp(GROWTH_A_YEAR * years)
    return together


def is_off(day: date) -> bool:
    """No school and no office: a weekend that is not worked, or a holiday."""
    kind = public_day(day)
    return kind is DayKind.HOLIDAY or (
        day.weekday() >= SATURDAY and kind is not DayKind.WORKING_DAY
    )


@cache
def _curve(bumps: Bumps) -> Curve:
    """Shares of a day's calls, round the clock."""
    hours = (np.arange(QUARTERS) + 0.5) / 4
    curve = np.full(QUARTERS, 0.05)
    for at, width, height in bumps:
        apart = np.abs(hours - at)
        curve += height * np.exp(-((np.minimum(apart, 24 - apart) / width) ** 2) / 2)
    shares: Curve = curve / curve.sum()
    return shares


def _moods(days: int, random: np.random.Generator) -> Iterator[float]:
    """A day's factor: a mood that stays for a while, and news that fade."""
    mood = news = 0.0
    for _ in range(days):
        mood = MOOD_STAYS * mood + random.normal(0.0, MOOD_SD)
        news = NEWS_FADES * news + (random.random() < NEWS_A_DAY) * random.uniform(0.3, 0.8)
        yield math.exp(mood + news)


# ── the year of each crowd ──────────────────────────────────────────────────────────────────────


def _students(day: date) -> float:
    """Terms from September to mid January and mid February to early July; exams in June."""
    at = (day.month, day.day)
    term = at >= (9, 1) or at <= (1, 18) or (2, 20) <= at <= (7, 6)
    exams = (5, 18) <= at <= (6, 30) or (1, 4) <= at <= (1, 16)
    before_school = is_off(day) and not is_off(day + timedelta(1))
    return (1.0 if term else 0.62) * (1.4 if exams else 1.0) * (1.15 if before_school else 1.0)


def _parents(day: date) -> float:
    week = (1.2, 1.1, 1.0, 1.0, 0.95, 1.2, 1.2)[day.weekday()]  # a worked Sunday is a Monday
    marks = 1.5 if (6, 24) <= (day.month, day.day) <= (7, 8) else 1.0
    return marks * (0.65 if is_off(day) else week)


def _at_night(day: date) -> float:
    """Festivals with the family are hard for some."""
    festival = public_day(day) is DayKind.HOLIDAY
    return 1.15 if festival else 1.0 + 0.06 * math.sin(2 * math.pi * day.timetuple().tm_yday / 365)


CROWDS = (
    CallingCrowd(
        share=0.42,
        usual=((12.6, 0.6, 0.5), (18.2, 1.0, 0.8), (21.2, 1.1, 1.6)),
        free=((11.0, 1.8, 0.6), (15.5, 2.0, 0.7), (20.5, 2.0, 1.0)),
        level=_students,
    ),
    CallingCrowd(
        share=0.26,
        usual=((9.8, 1.2, 1.0), (15.0, 1.5, 0.6), (20.2, 1.3, 1.3)),
        free=((10.5, 1.5, 0.8), (20.0, 1.8, 0.8)),
        level=_parents,
    ),
    CallingCrowd(
        share=0.32,
        usual=((23.0, 1.8, 1.4), (1.5, 1.6, 0.8), (19.5, 1.5, 0.9)),
        free=((23.5, 2.0, 1.3), (2.0, 1.8, 0.9), (19.0, 2.0, 0.7)),
        level=_at_night,
    ),
)
