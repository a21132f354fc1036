"""Lifecycles of a shift, a leave and a swap, cell by cell; and the repeats of a pattern."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.errors import IllegalMove, Invalid
from hotline.roster.model import (
    FARTHEST,
    LeaveEvent,
    LeaveState,
    ShiftEvent,
    ShiftState,
    ShiftTime,
    SwapEvent,
    SwapState,
    WeeklyPattern,
    check_span,
    leave_after,
    local_day,
    midnight,
    monday_of,
    occurrences,
    shift_after,
    swap_after,
)
from tests.lifecycle import Lifecycle, read_lifecycle

SHIFT = read_lifecycle("""
state        volunteered  stepped_back  approved  refused  confirmed  given  removed
open         volunteered  -             -         -        -          -      removed
volunteered  -            open          planned   open     -          -      removed
planned      -            -             -         -        planned    given  removed
given        -            -             -         -        -          -      -
removed      -            -             -         -        -          -      -
""")
LEAVE = read_lifecycle("""
state      approved  refused  withdrawn
wanted     approved  refused  withdrawn
approved   -         -        withdrawn
refused    -         -        -
withdrawn  -         -        -
""")
SWAP = read_lifecycle("""
state      taken  stepped_back  approved  refused  withdrawn
offered    taken  -             -         -        withdrawn
taken      -      offered       approved  refused  withdrawn
approved   -      -             -         -        -
refused    -      -             -         -        -
withdrawn  -      -             -         -        -
""")
CELLS = [
    *((SHIFT, shift_after, *at) for at in product(ShiftState, ShiftEvent)),
    *((LEAVE, leave_after, *at) for at in product(LeaveState, LeaveEvent)),
    *((SWAP, swap_after, *at) for at in product(SwapState, SwapEvent)),
]
MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(("table", "after", "state", "event"), CELLS)
def test_each_cell_is_what_is_written_here(
    table: Lifecycle, after: Callable[[str, StrEnum], str], state: StrEnum, event: StrEnum
) -> None:
    expected = table.cells[state.value, event.value]

    if expected == "-":
        with pytest.raises(IllegalMove):
            after(state, event)
    else:
        assert after(state, event) == expected


def test_a_shift_past_midnight_ends_on_the_next_day() -> None:
    night = ShiftTime(MONDAY, 22 * 60, 6 * 60)

    assert night.begins_at == datetime(2026, 11, 30, 14, tzinfo=UTC)
    assert night.ends_at == datetime(2026, 11, 30, 22, tzinfo=UTC)


def test_a_shift_that_ends_when_it_begins_lasts_a_day() -> None:
    around = ShiftTime(MONDAY, 8 * 60, 8 * 60)

    assert around.ends_at - around.begins_at == timedelta(days=1)


@pytest.mark.parametrize(("start", "end"), [(7, 60), (60, 61), (-15, 60), (0, 24 * 60)])
def test_minutes_that_are_no_quarter_hours_of_a_day_are_refused(start: int, end: int) -> None:
    with pytest.raises(Invalid):
        ShiftTime(MONDAY, start, end)


def pattern(
    first: date, until: date, *days: int, without: set[date] | None = None
) -> WeeklyPattern:
    return WeeklyPattern(days=frozenset(days), start=8 * 60, end=16 * 60, first=first, until=until,
                         without=frozenset(without or ()))  # fmt: skip


def test_a_pattern_repeats_on_its_weekdays_until_its_last_day_but_for_the_exceptions() -> None:
    off = date(2026, 12, 4)

    found = occurrences(pattern(MONDAY, date(2026, 12, 7), 0, 4, without={off}))

    assert [one.day for one in found] == [MONDAY, date(2026, 12, 7)]


@given(
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.integers(0, 120),
    st.sets(st.integers(0, 6)),
    st.sets(st.integers(0, 120), max_size=5),
)
def test_a_pattern_has_each_day_that_fits_and_no_other(
    first: date, length: int, days: set[int], off: set[int]
) -> None:
    without = {first + timedelta(days=n) for n in off}
    every = [first + timedelta(days=n) for n in range(length + 1)]
    wanted = [day for day in every if day.weekday() in days and day not in without]
    asked = pattern(first, every[-1], *days, without=without)

    if wanted:
        assert [one.day for one in occurrences(asked)] == wanted
    else:
        with pytest.raises(Invalid):
            occurrences(asked)


def test_a_pattern_ends_within_a_year() -> None:
    with pytest.raises(Invalid, match="within a year"):
        occurrences(pattern(MONDAY, MONDAY + FARTHEST + timedelta(days=1), 0))


def test_a_leave_lies_on_quarter_hours_and_ends_after_it_begins() -> None:
    begin = midnight(MONDAY)
    check_span(begin, begin + timedelta(minutes=15))

    for ends_at in (begin, begin + timedelta(minutes=7)):
        with pytest.raises(Invalid):
            check_span(begin, ends_at)


def test_a_day_begins_at_midnight_here() -> None:
    assert midnight(MONDAY) == datetime(2026, 11, 29, 16, tzinfo=UTC)
    assert local_day(datetime(2026, 11, 29, 16, tzinfo=UTC)) == MONDAY
    assert monday_of(date(2026, 12, 6)) == MONDAY


def test_quarter_hours_are_those_of_the_clocks_here_whatever_zone_a_time_came_in() -> None:
    odd = timezone(timedelta(hours=5, minutes=7))
    here = midnight(MONDAY)

    check_span(here.astimezone(odd), (here + timedelta(hours=1)).astimezone(odd))
    for minute in (0, 15):
        begin = datetime(2026, 11, 30, 10, minute, tzinfo=odd)
        with pytest.raises(Invalid, match="quarter hours"):
            check_span(begin, begin + timedelta(hours=1))
