"""A steady line raises no alarm more often than is said, and a doubled rate is found soon."""

import math
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.reports.change_point import (
    BASE_WEEKS,
    FEWEST,
    GUARD_WEEKS,
    LOOKED_AT_DAYS,
    NEEDED,
    THRESHOLD,
    change_point,
    usual,
)

BEGUN, A_DAY = date(2024, 1, 1), timedelta(days=1)
HISTORY = NEEDED.days
STEADY_DAYS, SERIES = 300, 10
FALSE_ALARMS = 1 / 1000  # a day and series
FOUND_WITHIN = {3: 21, 8: 10, 20: 5}  # days, by calls a day before


def poisson(random: Random, mean: float) -> int:
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def drawn(seed: str, days: int, mean: float, *, doubled_from: int = 10**6) -> dict[date, int]:
    random = Random(seed)  # noqa: S311 – a draw, not a secret
    rates = (mean * (2 if n >= doubled_from else 1) for n in range(days))
    return {BEGUN + n * A_DAY: poisson(random, rate) for n, rate in enumerate(rates)}


def alarmed(counts: dict[date, int], day: int) -> bool:
    return change_point(counts, begun=BEGUN, until=BEGUN + day * A_DAY) is not None


@pytest.mark.parametrize("mean", [0.5, 3.0, 10.0])
def test_steady_lines_raise_no_more_false_alarms_than_is_said(mean: float) -> None:
    raised = 0
    for seed in range(SERIES):
        counts = drawn(f"{seed}/{mean}", HISTORY + STEADY_DAYS, mean)
        days = [alarmed(counts, HISTORY + n) for n in range(STEADY_DAYS)]
        raised += sum(now and not before for before, now in zip([False, *days], days, strict=False))

    assert raised <= FALSE_ALARMS * SERIES * STEADY_DAYS


@pytest.mark.parametrize(("mean", "within"), FOUND_WITHIN.items())
def test_a_doubled_rate_is_found_within_the_days_that_are_said(mean: int, within: int) -> None:
    for seed in range(SERIES):
        counts = drawn(f"{seed}/{mean}", HISTORY + within, mean, doubled_from=HISTORY)

        assert any(alarmed(counts, HISTORY + n) for n in range(within)), seed


@given(st.integers(2, 40))
def test_twice_as_many_each_day_are_found_as_soon_as_the_sum_says(mean: int) -> None:
    """Each day adds 2m ln 2 - m, a little less for the one call that is added to the past."""
    gain = 2 * mean * math.log(2) - mean - 1 / BASE_WEEKS
    needed = math.floor(THRESHOLD / gain) + 1
    if needed <= LOOKED_AT_DAYS // 2:
        counts = {BEGUN + n * A_DAY: mean * (2 if n >= HISTORY else 1) for n in range(HISTORY + 30)}

        found = change_point(counts, begun=BEGUN, until=BEGUN + (HISTORY + needed - 1) * A_DAY)

        assert found is not None
        assert (found.since - BEGUN).days == HISTORY
        assert found.observed == 2 * mean * found.days
        assert found.times == pytest.approx(2, rel=0.05)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=7, max_size=7))
def test_a_week_that_is_always_so_is_no_change(week: list[int]) -> None:
    counts = {BEGUN + n * A_DAY: week[n % 7] for n in range(HISTORY + 60)}

    assert not any(alarmed(counts, HISTORY + n) for n in range(0, 60, 5))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=HISTORY + 40, max_size=HISTORY + 40))
def test_what_is_told_is_what_was_counted(numbers: list[int]) -> None:
    counts = {BEGUN + n * A_DAY: number for n, number in enumerate(numbers)}
    until = BEGUN + (len(numbers) - 1) * A_DAY

    found = change_point(counts, begun=BEGUN, until=until)

    if found is not None:
        days = [found.since + n * A_DAY for n in range(found.days)]
        assert found.observed == sum(counts[one] for one in days) >= FEWEST
        assert found.expected == pytest.approx(sum(usual(counts, one) for one in days))
        assert found.score > THRESHOLD


def test_fewer_calls_than_before_raise_nothing() -> None:
    counts = {BEGUN + n * A_DAY: 20 if n < HISTORY else 0 for n in range(HISTORY + 30)}

    assert not alarmed(counts, HISTORY + 20)


def test_a_line_that_is_too_young_is_not_measured() -> None:
    counts = {BEGUN + n * A_DAY: 1 if n < HISTORY - 5 else 50 for n in range(HISTORY)}

    assert not alarmed(counts, HISTORY - 1)
    assert alarmed({day - A_DAY: n for day, n in counts.items()} | {BEGUN + HISTORY * A_DAY: 50},
                   HISTORY)  # fmt: skip


def test_the_last_weeks_are_no_measure_of_themselves() -> None:
    day = BEGUN + HISTORY * A_DAY
    recent = {day - n * 7 * A_DAY: 99 for n in range(1, GUARD_WEEKS + 1)}

    assert usual(recent, day) == usual({}, day)
