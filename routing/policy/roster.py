"""Who could be on duty when: people, their weekly shifts, and a line's hours, in quarter hours.

A set of quarter hours of the week is an int, bit 0 the first of Monday; all questions are `&`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from routing.engine import Skills

QUARTERS_A_DAY = 96
QUARTERS_A_WEEK = 7 * QUARTERS_A_DAY
ALWAYS = (1 << QUARTERS_A_WEEK) - 1


@dataclass(frozen=True, slots=True)
class HourWords:
    """How a reader says hours. `both` stands between two spans of one day, `comma` between days."""

    days: tuple[str, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    both: str = " and "
    comma: str = ", "
    always: str = "round the clock"


ENGLISH_HOURS = HourWords()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the roster. `quarters`: when they work."""

    name: str
    skills: Skills
    quarters: int = ALWAYS


def shift(days: Iterable[int], from_minute: int, to_minute: int) -> int:
    """The quarter hours that lie whole within a daily shift on these days; 0 is Monday.

    A shift that ends no later than it begins goes past midnight.
    """
    if to_minute <= from_minute:
        to_minute += QUARTERS_A_DAY * 15
    first = -(-from_minute // 15)
    length = max(0, to_minute // 15 - first)
    quarters = 0
    for day in days:
        block = ((1 << length) - 1) << (day * QUARTERS_A_DAY + first)
        quarters |= (block & ALWAYS) | (block >> QUARTERS_A_WEEK)
    return quarters


def in_words(quarters: int, words: HourWords = ENGLISH_HOURS) -> str:
    """`Mon-Fri 02:00-06:00, Sat 00:00-24:00`: days with the same hours together."""
    if quarters == ALWAYS:
        return words.always
    a_day = (1 << QUARTERS_A_DAY) - 1
    by_day = [_day(quarters >> day * QUARTERS_A_DAY & a_day, words) for day in range(7)]
    said, last = [], -1
    for hours, days in groupby(by_day):
        first, last = last + 1, last + len(list(days))
        if hours:
            to = "" if first == last else f"-{words.days[last]}"
            said.append(f"{words.days[first]}{to} {hours}")
    return words.comma.join(said)


def moment_in_words(quarter: int, words: HourWords = ENGLISH_HOURS) -> str:
    """`Sun 03:00`: when a quarter hour of the week begins."""
    day, of_day = divmod(quarter, QUARTERS_A_DAY)
    return f"{words.days[day]} {_clock(of_day)}"


def _day(quarters: int, words: HourWords) -> str:
    """The hours of one day."""
    said, start = [], None
    for quarter in range(QUARTERS_A_DAY + 1):
        there = quarters >> quarter & 1
        if there and start is None:
            start = quarter
        elif not there and start is not None:
            said.append(f"{_clock(start)}-{_clock(quarter)}")
            start = None
    return words.both.join(said)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def staffed(people: Iterable[Person], at_least: int = 1) -> int:
    """The quarter hours in which so many of these people work."""
    levels = [0] * at_least  # levels[n]: when more than n of those seen so far work
    for person in people:
        for n in reversed(range(1, at_least)):
            levels[n] |= levels[n - 1] & person.quarters
        levels[0] |= person.quarters
    return levels[-1]
