"""So many counselors as are needed keep the promise, one fewer does not, and more calls never need
fewer: by the engine that routes."""

import math
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.forecasting.model import QUARTER, ExpectedQuarter
from hotline.forecasting.staffing import (
    LOADS,
    NeededCounselors,
    ServicePromise,
    SteadyLine,
    needed_by_quarter,
)
from hotline.lines.hours import SHANGHAI
from routing.policy import DEFAULT_POLICY
from routing.simulate.load import Profile, Ringing
from routing.simulate.measures import FIGURES, Measures

LINE = SteadyLine(
    profile=Profile(ringing=Ringing()),
    plan_of=DEFAULT_POLICY.plan_for,
    care=replace(DEFAULT_POLICY.care, break_every_s=math.inf),  # who asks for one costs seconds
)
NEEDED = NeededCounselors(LINE)
loads = st.floats(2.0, 15.0)


def simulated_load(calls_per_hour: float) -> float:
    return next(load for load in LOADS if load >= calls_per_hour)


@settings(deadline=None, max_examples=10)
@given(loads)
def test_what_is_needed_keeps_the_promise_and_one_fewer_does_not(load: float) -> None:
    needed = NEEDED.of(load)

    assert LINE.holds(needed, simulated_load(load))
    assert not LINE.holds(needed - 1, simulated_load(load))


@settings(deadline=None, max_examples=50)
@given(loads, loads)
def test_more_calls_never_need_fewer(one: float, other: float) -> None:
    less, more = sorted((one, other))

    assert NEEDED.of(less) <= NEEDED.of(more)


def test_a_harder_promise_needs_more() -> None:
    harder = replace(LINE, promise=ServicePromise(within_15_s=0.92))

    easy, hard = LINE.least(10.0, 1, 50), harder.least(10.0, 1, 50)

    assert easy is not None
    assert hard is not None
    assert hard > easy


def test_what_is_asked_again_is_known_and_the_same() -> None:
    assert NEEDED.of(3.0) == NeededCounselors(LINE).of(3.0) == NEEDED.of(3.0)


@pytest.mark.parametrize(("load", "at_most"), [(40.0, 3), (10_000.0, 500)])
def test_a_load_that_no_number_would_serve_is_refused(load: float, at_most: int) -> None:
    with pytest.raises(ValueError, match="calls an hour need more than"):
        NeededCounselors(LINE, at_most=at_most).of(load)


def run(**figures: float) -> Measures:
    kept = {"service_level": 0.9, "abandoned": 0.02, "wait_p99_s": 100.0}
    return Measures(**{**dict.fromkeys(FIGURES, 0.0), **kept, **figures})


@pytest.mark.parametrize(
    ("figures", "held"),
    [
        ({}, True),
        ({"service_level": 0.79}, False),
        ({"abandoned": 0.06}, False),
        ({"wait_p99_s": 181.0}, False),
    ],
)
def test_a_promise_is_held_in_all_its_parts(figures: dict[str, float], *, held: bool) -> None:
    assert ServicePromise().held([run(**figures)]) is held


def test_a_promise_is_held_by_the_mean_of_runs() -> None:
    assert ServicePromise().held([run(service_level=0.79), run(service_level=0.83)])


def quarters(*means: float) -> list[ExpectedQuarter]:
    midnight = datetime.combine(date(2025, 11, 3), time(), SHANGHAI)
    return [ExpectedQuarter(midnight + n * QUARTER, mean, mean) for n, mean in enumerate(means)]


def test_talks_of_a_busy_quarter_hour_still_go_on_in_the_next() -> None:
    few, many = NEEDED.of(2.0), NEEDED.of(12.0)

    found = needed_by_quarter(quarters(0.5, 3.0, 0.5, 0.5), NEEDED, lambda _: True)

    assert found == [few, many, many, few]


def test_somebody_is_needed_while_the_line_is_open_and_nobody_while_it_is_not() -> None:
    closes = quarters(0.0)[0].begin + timedelta(minutes=30)

    found = needed_by_quarter(quarters(0.0, 0.0, 2.0), NEEDED, lambda one: one.begin < closes)

    assert found[0] == found[1] >= 1
    assert found[2] == 0
