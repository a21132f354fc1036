"""Hours of a week as bars of a calendar. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hotline.configuration.plans import DAYS, quarters
from routing.policy.roster import QUARTERS_A_DAY


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of one day, and where it stands in a row, in percent of the day."""

    text: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One row of the calendar. `name`: a key of the words of weekdays."""

    name: str
    bars: tuple[Bar, ...]


def week_of(hours: Sequence[Mapping[str, Any]]) -> list[WeekDay]:
    """Seven rows; of no hours at all, round the clock."""
    open_then = quarters(hours)
    return [
        WeekDay(name, tuple(_bars(open_then >> place * QUARTERS_A_DAY)))
        for place, name in enumerate(DAYS)
    ]


def _bars(day: int) -> Iterator[Bar]:
    is_open = [(place, bool(day >> place & 1)) for place in range(QUARTERS_A_DAY)]
    for opened, some in groupby(is_open, key=lambda one: one[1]):
        places = [place for place, _ in some]
        if opened:
            first, end = places[0], places[-1] + 1
            share = 100 / QUARTERS_A_DAY
            yield Bar(f"{_clock(first)}–{_clock(end)}", first * share, (end - first) * share)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"
