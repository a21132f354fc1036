"""What callers are told of their wait is mostly true, on a simulated floor."""

from dataclasses import replace

import pytest

from routing.policy import DEFAULT_POLICY
from routing.simulate.floor import Rules, simulate
from routing.simulate.load import Profile, Ringing, draw_callers
from routing.simulate.roster import draw_roster
from routing.simulate.state import SimulatedCall
from routing.simulate.waits import (
    TimeWords,
    ToldWait,
    WaitsWatched,
    honesty,
    kept_share,
    silent_share,
)

PROFILE = Profile(ringing=Ringing())


@pytest.fixture(scope="module")
def told() -> list[ToldWait]:
    """A hundred counselors at a load of 0.95, 1,500 callers."""
    care = DEFAULT_POLICY.care
    rate = PROFILE.calls_per_hour(0.95, 100, care)
    callers = draw_callers(PROFILE, calls_per_hour=rate, hours=1500 / rate, seed=7)
    watch = WaitsWatched()
    rules = Rules(plan_of=DEFAULT_POLICY.plan_for, care=care)
    roster = draw_roster(PROFILE, 100, seed=7)
    simulate(callers, roster, rules, ringing=PROFILE.ringing, watch=watch)
    return watch.told


def test_something_is_told_and_it_is_mostly_true(told: list[ToldWait]) -> None:
    less, about, within = (honesty(told, words) for words in TimeWords)

    assert less.said + about.said > 50
    assert within.said > 10
    assert less.true > 0.75
    assert about.true > 0.75
    assert within.true > 0.75


def within_ten(
    call: SimulatedCall, *, answered_at: float | None = None, gave_up_at: float | None = None
) -> list[ToldWait]:
    """Twenty who were told "within ten minutes" at the beginning, and what came of it."""
    ended = replace(call, answered_at=answered_at, gave_up_at=gave_up_at)
    return [ToldWait(ended, 0.0, 1, -10)] * 20


def test_who_gives_up_early_does_not_make_a_promise_look_kept(told: list[ToldWait]) -> None:
    call = told[0].call
    answered, late = within_ten(call, answered_at=60.0), within_ten(call, answered_at=700.0)
    left = within_ten(call, gave_up_at=30.0)

    assert honesty(answered + left, TimeWords.WITHIN).true == 1
    assert kept_share([]) == 1
    assert kept_share(answered + late) == pytest.approx(0.5)
    assert kept_share(answered + left + late) == pytest.approx(0.5)


def test_whoever_is_told_nothing_of_time_counts_as_silence(told: list[ToldWait]) -> None:
    silent = sum(one.minutes is None for one in told)

    assert silent_share(told) == pytest.approx(silent / len(told))
    assert all(one.true is None for one in told if one.minutes is None)


def test_nobody_in_danger_is_told_anything(told: list[ToldWait]) -> None:
    assert {one.call.plan.urgency for one in told} == {"routine"}
