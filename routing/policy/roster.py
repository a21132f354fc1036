"""Who could be on duty when: people, their weekly shifts, and a line's hours, in quarter hours.

A set of quarter hours of the week is an int, bit 0 the first of Monday; all questions are `&`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from routing.engine import Skills

QUARTERS_A_DAY = 96
QUARTERS_A_WEEK = 7 * QUARTERS_A_DAY
ALWAYS = (1 << QUARTERS_A_WEEK) - 1
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the roster. `quarters`: when they work."""

    name: str
    skills: Skills
    quarters: int = ALWAYS


def shift(days: Iterable[int], from_minute: int, to_minute: int) -> int:
    """The quarter hours that begin within a daily shift on these days; 0 is Monday.

    A shift that ends no later than it begins goes past midnight.
    """
    first, last = -(-from_minute // 15), -(-to_minute // 15)
    length = last - first if last > first else last - first + QUARTERS_A_DAY
    quarters = 0
    for day in days:
        block = ((1 << length) - 1) << (day * QUARTERS_A_DAY + first)
        quarters |= (block & ALWAYS) | (block >> QUARTERS_A_WEEK)
    return quarters


def in_words(quarters: int) -> str:
    """`Mon-Fri 02:00-06:00, Sat 00:00-24:00`: days with the same hours together."""
    if quarters == ALWAYS:
        return "round the clock"
    by_day = [_day(quarters >> day * QUARTERS_A_DAY & (1 << QUARTERS_A_DAY) - 1) for day in
              range(7)]  # fmt: skip
    said = []
    first = 0
    for day in range(1, 8):
        if day < len(DAYS) and by_day[day] == by_day[first]:
            continue
        if by_day[first]:
            days = DAYS[first] if day == first + 1 else f"{DAYS[first]}-{DAYS[day - 1]}"
            said.append(f"{days} {by_day[first]}")
        first = day
    return ", ".join(said)


def _day(quarters: int) -> str:
    """The hours of one day."""
    said, start = [], None
    for quarter in range(QUARTERS_A_DAY + 1):
        there = quarters >> quarter & 1
        if there and start is None:
            start = quarter
        elif not there and start is not None:
            said.append(f"{_clock(start)}-{_clock(quarter)}")
            start = None
    return " and ".join(said)


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
