"""Whether calls about one thing, or from one place, became more than they used to be. Pure.

A one-sided cumulative sum of Poisson counts: each day adds how much better "twice as many" explains
its count than "as always", and what falls below nought begins anew.

    S(t) = max(0, S(t-1) + x(t) ln 2 - m(t)),   m(t): the mean of the same weekday before

Since E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954); for counts J. M. Lucas,
"Counted data CUSUM's", Technometrics 27 (1985); with a mean that goes up and down by the calendar
M. Höhle and M. Paul, Computational Statistics & Data Analysis 52 (2008). What `THRESHOLD` costs in
false alarms, and how soon it finds a doubled rate, is measured in its test.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
BASE_WEEKS = 12  # whose same weekdays are the measure
GUARD_WEEKS = 2  # the last weeks are no measure: they may be what is looked for
LOOKED_AT_DAYS = 28
NEEDED = A_WEEK * (BASE_WEEKS + GUARD_WEEKS) + A_DAY * LOOKED_AT_DAYS
RATIO = 2.0  # how many times as many is looked for
THRESHOLD = 8.0  # at most one false alarm in 1,000 days of one series (`test_change_point`)
FEWEST = 5  # fewer calls are no cluster, and would be told nobody (domain research, requirement 57)

DailyCounts = Mapping[date, int]
"""Calls by day; a day that is missing had none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """More than before, from `since` to `until`: the numbers behind it.

    `expected`: as many as the same weekdays had before. `score`: of `THRESHOLD`.
    """

    since: date
    until: date
    observed: int
    expected: float
    score: float

    @property
    def days(self) -> int:
        """How long it has lasted."""
        return (self.until - self.since).days + 1

    @property
    def times(self) -> float:
        """How many times as many as before."""
        return self.observed / self.expected


def usual(counts: DailyCounts, day: date) -> float:
    """The mean of the same weekday in the weeks before, one call more than there were: of a
    series with few calls the mean is never nought, and not taken for smaller than it may be.
    """
    first = GUARD_WEEKS + 1
    weeks = range(first, first + BASE_WEEKS)
    return (sum(counts.get(day - n * A_WEEK, 0) for n in weeks) + 1) / BASE_WEEKS


def change_point(counts: DailyCounts, *, begun: date, until: date) -> ChangePoint | None:
    """What stands on the last day; None: as always, or too little is known.

    `begun`: since when calls are counted at all.
    """
    if until - begun < NEEDED:
        return None
    score, since = 0.0, until
    for day in _days(until):
        if score == 0.0:
            since = day
        gain = counts.get(day, 0) * math.log(RATIO) - usual(counts, day) * (RATIO - 1)
        score = max(0.0, score + gain)
    found = _found(counts, since, until, score)
    return found if score > THRESHOLD and found.observed >= FEWEST else None


def _days(until: date) -> Iterator[date]:
    return (until - n * A_DAY for n in reversed(range(LOOKED_AT_DAYS)))


def _found(counts: DailyCounts, since: date, until: date, score: float) -> ChangePoint:
    days = [one for one in _days(until) if one >= since]
    return ChangePoint(
        since=since,
        until=until,
        observed=sum(counts.get(one, 0) for one in days),
        expected=sum(usual(counts, one) for one in days),
        score=score,
    )
