"""A day is played again with the same callers and another roster."""

import pickle
from dataclasses import replace

import pytest

from hotline.forecasting.day_needs import needs_of_day
from hotline.forecasting.whatif import (
    SEEDS_OF_A_DAY,
    DayAnswer,
    HourWaits,
    PlayedDay,
    play_day,
)
from routing.engine import Skills
from routing.policy import DEFAULT_POLICY
from routing.policy.roster import ALWAYS, Person, shift
from routing.simulate.history import PastCall
from routing.simulate.load import Profile

FRIDAY, EVENING_S = 4, 20 * 3600.0


def people(count: int, *, quarters: int = ALWAYS) -> tuple[Person, ...]:
    skills = Skills.of({"cmn": 4}, lines=["line"], certified=True)
    return tuple(Person(name=f"p{n}", skills=skills, quarters=quarters) for n in range(count))


def caller(at_s: float, **facts: object) -> PastCall:
    call = PastCall(arrived_s=at_s, waited_s=0.0, answered=True, language="cmn")
    return replace(call, **facts)  # type: ignore[arg-type]


EVENING = tuple(caller(EVENING_S + 120.0 * n) for n in range(30))
DAY = PlayedDay(
    weekday=FRIDAY,
    profile=Profile(languages=(("cmn", 1.0),)),
    policy=DEFAULT_POLICY,
    people=people(6),
    changed=people(12),
    came=EVENING,
)


def test_more_counselors_for_the_same_callers_shorten_their_waits() -> None:
    outcomes = [play_day(DAY, seed) for seed in SEEDS_OF_A_DAY]

    as_it_is, changed = (DayAnswer.over(some) for some in zip(*outcomes, strict=True))

    assert changed.figures["wait_s"].mean < as_it_is.figures["wait_s"].mean / 2
    assert changed.figures["within_15_s"].mean > as_it_is.figures["within_15_s"].mean
    assert changed.figures["abandoned"].mean < as_it_is.figures["abandoned"].mean


def test_the_same_roster_has_the_same_outcome() -> None:
    as_it_is, again = play_day(replace(DAY, changed=DAY.people), 1)

    assert as_it_is == again


def test_callers_come_in_the_hours_in_which_they_came() -> None:
    outcome, _ = play_day(DAY, 1)

    called = [hour for hour, waits in enumerate(outcome.by_hour) if waits]
    assert called == [20]


def test_calls_of_a_forecast_are_drawn_anew_for_each_seed() -> None:
    day = replace(DAY, came=(), expected=(*(0.0,) * 18, *(10.0,) * 4, 0.0, 0.0))

    outcomes = [play_day(day, seed)[0] for seed in (1, 2)]

    assert outcomes[0] != outcomes[1]
    called = [hour for hour, waits in enumerate(outcomes[0].by_hour) if waits]
    assert called == [18, 19, 20, 21]


@pytest.mark.parametrize(("shift_day", "served"), [(FRIDAY, True), (3, False)])
def test_only_who_has_a_shift_on_that_day_of_the_week_takes_calls(
    shift_day: int, *, served: bool
) -> None:
    on_shift = people(12, quarters=shift([shift_day], 19 * 60, 23 * 60))

    outcome, _ = play_day(replace(DAY, people=on_shift), 1)

    assert (outcome.abandoned < 1) is served


def test_a_shift_of_the_night_before_reaches_into_the_day() -> None:
    night = people(12, quarters=shift([FRIDAY - 1], 22 * 60, 6 * 60))
    early = replace(DAY, people=night, came=tuple(caller(3600.0 + 60 * n) for n in range(9)))

    assert play_day(early, 1)[0].abandoned < 1


def test_an_hour_in_which_nobody_called_has_no_wait() -> None:
    answer = DayAnswer.over([play_day(DAY, seed)[0] for seed in (1, 2)])

    assert answer.by_hour[3] is None
    assert answer.by_hour[20] is not None


def test_the_spread_of_an_hour_is_that_of_its_callers() -> None:
    waits = HourWaits.of(float(n) for n in range(1, 11))

    assert waits == HourWaits(low_s=1.0, median_s=5.0, high_s=9.0)
    assert HourWaits.of([]) is None


def test_half_as_many_calls_again_come_when_calls_came() -> None:
    more, fewer = DAY.with_calls(150), DAY.with_calls(50)

    assert (more.calls, fewer.calls) == (45, 15)
    assert {one.arrived_s // 3600 for one in more.came} == {20}


def test_needed_counselors_stand_beside_those_of_both_rosters() -> None:
    evening = people(2, quarters=shift([FRIDAY], 19 * 60, 23 * 60))
    until_23 = shift([FRIDAY], 0, 23 * 60)
    quiet = replace(DAY, people=evening, came=EVENING[:4], served=until_23)

    needs = needs_of_day(quiet)

    assert needs.as_it_is[20 * 4] == 2
    assert needs.as_it_is[12 * 4] == 0
    assert needs.changed[12 * 4] == 12
    assert needs.needed[12 * 4] >= 1
    assert needs.needed[20 * 4] > needs.needed[12 * 4]
    assert needs.needed[-1] == 0


def test_a_day_without_calls_is_a_day_on_which_nobody_waited() -> None:
    outcome, _ = play_day(replace(DAY, came=(), expected=(0.0,) * 23 + (1e-9,)), 1)

    assert (outcome.wait_s, outcome.within_15_s, outcome.abandoned) == (0.0, 1.0, 0.0)


def test_a_day_can_be_handed_to_another_process() -> None:
    assert play_day(pickle.loads(pickle.dumps(DAY)), 1) == play_day(DAY, 1)  # noqa: S301 – ours
