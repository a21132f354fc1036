"""Years of calls of which a test knows everything, and fits that need no library."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hotline.forecasting.model import CallHistory

MONDAY = date(2025, 3, 3)  # the first of many weeks without a holiday but Qingming


def flat_days(days: int, *, each_quarter: int = 1, first: date = MONDAY) -> CallHistory:
    return CallHistory(first, ((each_quarter,) * 96,) * days)


def evening_days(totals: Sequence[int], first: date = MONDAY) -> CallHistory:
    """All calls of a day come within the hour from 20:00 on."""
    return CallHistory(first, tuple((*(0,) * 80, *_in_four(total), *(0,) * 12) for total in totals))


def _in_four(total: int) -> tuple[int, ...]:
    return tuple((total + n) // 4 for n in range(4))


def dates(first: date, count: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(count)]


@dataclass(frozen=True, slots=True)
class FlatStanding:
    level: float

    def variance_after(self, steps: int) -> float:
        return 0.01 * steps


class FlatFits:
    """The calendar makes nothing of a day; the level stays at the mean of the last week."""

    def factors(
        self,
        totals: Sequence[float],
        levels: Sequence[float],
        rows: Sequence[tuple[float, ...]],
        ahead: Sequence[tuple[float, ...]],
    ) -> tuple[list[float], list[float]]:
        assert len(totals) == len(levels) == len(rows)
        return [1.0] * len(rows), [1.0] * len(ahead)

    def smooth(self, course: Sequence[float]) -> FlatStanding:
        return FlatStanding(statistics.fmean(course[-7:]))
