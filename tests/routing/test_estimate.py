"""Where somebody stands in line, and when it is honest to say how long it takes."""

import pytest

from routing.engine import Plan, Requirement, Skills, Stage, Urgency, Waiting
from routing.estimate import (
    MINUTE_S,
    SURE_OF_WITHIN,
    Pace,
    PlaceInLine,
    WaitToCome,
    bounds_of,
    minutes_to_tell,
    pace_from,
    places,
    wait_for,
)

MANDARIN = Skills.of({"cmn": 5}, lines=["youth"])
CANTONESE = Skills.of({"yue": 5}, lines=["youth"])
BOTH = Skills.of({"cmn": 5, "yue": 5}, lines=["youth"])


def plan(language: str, urgency: Urgency = Urgency.ROUTINE) -> Plan:
    """Own language at once, anybody after five minutes."""
    own = Stage("own", Requirement(languages=(language,)))
    return Plan(f"{language}/{urgency}", urgency, (own, Stage("any", Requirement(), after_s=300)))


def line(*languages: str) -> list[Waiting]:
    """Callers in the order in which they came."""
    return [Waiting(f"c{n}", plan(one), float(n)) for n, one in enumerate(languages, 1)]


def stands(callers: list[Waiting], people: dict[Skills, int], now: float = 60) -> dict[str, int]:
    """The place of everybody who has one."""
    return {one.call: one.place for one in places(callers, people, lambda _: Pace(), now=now)}


def test_a_place_counts_those_who_wait_for_the_same_people() -> None:
    people = {MANDARIN: 2, CANTONESE: 1}

    assert stands(line("cmn", "yue", "cmn", "yue"), people) == {"c1": 1, "c2": 1, "c3": 2, "c4": 2}


def test_who_speaks_both_languages_makes_one_line_of_two() -> None:
    assert stands(line("cmn", "yue"), {BOTH: 1}) == {"c1": 1, "c2": 2}


def test_danger_comes_before_who_came_earlier() -> None:
    crisis = Waiting("danger", plan("cmn", Urgency.CRISIS), 50.0)

    assert stands([*line("cmn"), crisis], {MANDARIN: 3}) == {"danger": 1, "c1": 2}


def test_nothing_is_known_of_a_wait_for_nobody() -> None:
    assert places(line("yue"), {MANDARIN: 3}, lambda _: Pace(), now=60) == []
    assert places(line("cmn"), {}, lambda _: Pace(), now=60) == []


def test_a_stage_that_opened_brings_other_people() -> None:
    assert stands(line("yue"), {MANDARIN: 3}, now=400) == {"c1": 1}


def test_a_place_among_many_counselors_comes_with_a_time() -> None:
    found = places(line("cmn"), {MANDARIN: 100}, lambda _: Pace(), now=60)

    assert found == [PlaceInLine(call="c1", place=1, minutes=0)]


def test_one_counselor_alone_is_no_ground_for_a_time() -> None:
    (found,) = places(line("cmn"), {MANDARIN: 1}, lambda _: Pace(work_s=600), now=60)

    assert (found.place, found.minutes) == (1, None)


def test_the_mean_is_a_step_for_each_ahead_and_one_more() -> None:
    wait = wait_for(3, 4, Pace(work_s=1200))

    assert wait.mean_s == pytest.approx(4 * 300)
    assert wait.variance == pytest.approx(4 * 300**2)


def test_who_gives_up_makes_the_line_faster() -> None:
    patient, impatient = Pace(work_s=1200), Pace(work_s=1200, leaving_per_s=1 / 240)

    assert wait_for(5, 4, impatient).mean_s < wait_for(5, 4, patient).mean_s
    assert wait_for(0, 4, impatient) == wait_for(0, 4, patient)


@pytest.mark.parametrize(
    ("mean_s", "spread_s", "told"),
    [(20, 15, 0), (60, 15, 1), (240, 60, 4), (240, 400, None), (780, 120, 15), (7200, 60, None)],
)
def test_a_time_is_told_only_where_it_is_likely_true(
    mean_s: float, spread_s: float, told: int | None
) -> None:
    wait = WaitToCome(mean_s=mean_s, variance=spread_s**2)

    assert minutes_to_tell(wait, enough=False) == told


@pytest.mark.parametrize(
    ("mean_s", "spread_s", "told"),
    [(120, 100, -5), (240, 240, -10), (500, 400, -20), (9e3, 9e3, None), (240, 60, 4)],
)
def test_where_nothing_narrower_is_likely_a_bound_is_told_that_is_as_good_as_sure(
    mean_s: float, spread_s: float, told: int | None
) -> None:
    wait = WaitToCome(mean_s=mean_s, variance=spread_s**2)

    assert minutes_to_tell(wait, enough=True) == told
    if told is not None and told < 0:
        assert bounds_of(told) == (0, -told * MINUTE_S)
        assert wait.shorter_than(-told * MINUTE_S) >= SURE_OF_WITHIN


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ({MANDARIN: 5}, -10),
        ({MANDARIN: 3, CANTONESE: 1}, -20),
        ({MANDARIN: 3}, None),
        ({MANDARIN: 2, CANTONESE: 9}, None),
    ],
)
def test_of_a_line_that_one_break_can_stop_no_time_is_told(
    people: dict[Skills, int], told: int | None
) -> None:
    (found,) = places(line("cmn"), people, lambda _: Pace(), now=60)

    assert found.minutes == told


def test_few_talks_of_its_own_hardly_move_what_is_believed_of_a_line() -> None:
    nothing = pace_from((), waited_s=0, gave_up=0)
    one, many = (pace_from([300.0] * n, waited_s=0, gave_up=0) for n in (1, 50))

    assert nothing == Pace(work_s=1080)
    assert nothing.work_s - one.work_s < 60
    assert many.work_s < 600


def test_a_talk_whose_end_was_heard_of_a_day_later_does_not_count_for_ten() -> None:
    usual = [900.0] * 49

    assert pace_from([*usual, 86400.0], waited_s=0, gave_up=0).work_s < 1200
