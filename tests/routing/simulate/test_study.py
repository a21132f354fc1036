"""Staffing questions: formulas, histories, and what more people would change."""

import math
from dataclasses import replace

import pytest

from routing.care import Care
from routing.engine import Skills, Urgency
from routing.policy import DEFAULT_POLICY
from routing.policy.roster import Person, shift
from routing.simulate.erlang import erlang_a
from routing.simulate.floor import simulate
from routing.simulate.history import PastCall, profile_of
from routing.simulate.load import Profile, draw_callers
from routing.simulate.measures import measure
from routing.simulate.rivals import pooled
from routing.simulate.roster import draw_roster, entry_of
from routing.simulate.study import Question, on_duty, study

CARE = Care(rest_after_crisis_s=600, crisis_in_a_row=1000, break_every_s=math.inf)
PROFILE = Profile(hourly=(1.0, 3.0))


def test_erlang_a_agrees_with_the_birth_and_death_of_two_counselors() -> None:
    found = erlang_a(2, calls_per_s=0.01, work_s=100.0, patience_s=100.0)

    # States 0, 1, 2, 3, ... weigh 1, 1, 1/2, 1/6, 1/24, ...: a Poisson queue of mean 1.
    in_line = sum((k - 2) / math.factorial(k) for k in range(3, 30)) / math.e
    assert found.mean_wait_s == pytest.approx(in_line / 0.01)
    assert found.abandoned == pytest.approx(in_line)
    assert found.occupancy == pytest.approx((1 - in_line) / 2)


def test_erlang_a_without_counselors_has_everybody_give_up() -> None:
    assert erlang_a(0, calls_per_s=0.01, work_s=100.0, patience_s=60.0).abandoned == pytest.approx(
        1.0
    )


def test_erlang_a_is_safe_for_two_thousand_counselors_and_more_work_than_they_can_do() -> None:
    found = erlang_a(2000, calls_per_s=2200 / 1000, work_s=1000.0, patience_s=240.0)

    assert found.abandoned == pytest.approx(1 - 1 / 1.1, abs=0.002)


def test_a_simulated_pool_agrees_with_erlang_a() -> None:
    profile = Profile()
    per_hour = profile.calls_per_hour(1.1, 20, CARE)
    callers = draw_callers(profile, calls_per_hour=per_hour, hours=12_000 / per_hour, seed=1)
    run = simulate(callers, draw_roster(profile, 20, seed=1), pooled(CARE), warm_up=0.1)

    expected = erlang_a(
        20, calls_per_s=per_hour / 3600, work_s=profile.work_s(CARE), patience_s=240.0
    )

    assert measure(run).wait_s == pytest.approx(expected.mean_wait_s, rel=0.1)


def test_arrivals_follow_the_hours() -> None:
    callers = draw_callers(PROFILE, calls_per_hour=100, hours=100, seed=1)

    even = sum(int(one.arrived_s // 3600) % 2 == 0 for one in callers)
    assert even / len(callers) == pytest.approx(0.25, abs=0.02)
    assert len(callers) == pytest.approx(10_000, rel=0.05)


def question(seeds: tuple[int, ...] = (1, 2)) -> Question:
    return Question(
        plan_of=DEFAULT_POLICY.plan_for,
        care=CARE,
        profile=PROFILE,
        calls_per_hour=12.0,
        hours=60.0,
        seeds=seeds,
    )


def test_two_more_counselors_shorten_the_wait_of_the_same_callers() -> None:
    heard: list[None] = []
    few, more = draw_roster(PROFILE, 5, seed=1), draw_roster(PROFILE, 7, seed=1)

    now = study(question(), few, lambda: heard.append(None))
    then = study(question(), more)

    assert then.figures["wait_s"].mean < now.figures["wait_s"].mean
    assert then.erlang_a_s < now.erlang_a_s
    assert now.pooled_s.mean > 0
    assert len(heard) == 2
    assert len(now.by_hour) == 24


def test_a_question_without_seeds_or_people_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one seed"):
        study(question(seeds=()), draw_roster(PROFILE, 1, seed=1))
    with pytest.raises(ValueError, match="at least one seed"):
        study(question(), [])


def test_a_weekly_shift_becomes_the_times_of_each_week() -> None:
    skills = Skills.of({"cmn": 5}, lines=["line"])
    person = Person(name="li", skills=skills, quarters=shift([0, 1], 8 * 60, 9 * 60 + 30))

    entry = entry_of(person, weeks=2)

    day = 86_400.0
    assert entry.shifts is not None
    assert entry.shifts[:2] == ((8 * 3600.0, 9.5 * 3600.0), (day + 8 * 3600, day + 9.5 * 3600))
    assert len(entry.shifts) == 4
    assert on_duty([entry], 8) == 1.0
    assert on_duty([entry], 9) == 0.5
    assert entry_of(Person(name="chen", skills=skills), weeks=1).shifts is None


def test_an_hour_without_calls_has_no_part_in_the_formula() -> None:
    asked = replace(question(), profile=replace(PROFILE, hourly=(0.0, 1.0)))

    assert study(asked, draw_roster(PROFILE, 5, seed=1)).erlang_a_s >= 0


def past(profile: Profile, *, count: int) -> list[PastCall]:
    callers = draw_callers(profile, calls_per_hour=20, hours=count / 20, seed=5)
    return [
        PastCall(
            arrived_s=one.arrived_s,
            waited_s=min(one.patience_s, 60.0),
            answered=one.patience_s > 60.0,
            language=one.need.language,
            topic=one.need.topic,
            urgency=one.need.urgency,
            talk_s=one.talk_s if one.patience_s > 60.0 else None,
            wrap_up_s=one.wrap_up_s,
        )
        for one in callers
    ]


def test_a_known_profile_is_found_again_in_its_calls() -> None:
    known = Profile(talk_mean_s=600.0, talk_cv=0.8, patience_mean_s=120.0, crisis=0.1)

    found = profile_of(past(known, count=8000))

    assert found.notes == ()
    assert found.per_hour == pytest.approx(20, rel=0.05)
    assert found.profile.talk_mean_s == pytest.approx(600, rel=0.05)
    assert found.profile.talk_cv == pytest.approx(0.8, rel=0.15)
    assert found.profile.patience_mean_s == pytest.approx(120, rel=0.1)
    assert found.profile.crisis == pytest.approx(0.1, abs=0.02)
    assert dict(found.profile.languages)["yue"] == pytest.approx(0.25, abs=0.03)
    assert len(found.profile.hourly) == 168


def test_a_month_of_calls_tells_of_the_day_and_few_calls_of_nothing() -> None:
    month = profile_of(past(Profile(), count=1000))
    assert len(month.profile.hourly) == 24
    assert [note.part for note in month.notes] == ["hours_of_week"]

    few = profile_of(past(Profile(), count=10), Profile(talk_mean_s=7.0))
    assert few.profile.talk_mean_s == 7.0
    assert {note.part for note in few.notes} >= {"talk", "wrap_up", "patience", "languages"}

    with pytest.raises(ValueError, match="no calls"):
        profile_of([])


def test_calls_whose_topic_nobody_wrote_down_leave_the_topics_as_they_were() -> None:
    calls = [replace(one, topic=None, urgency=Urgency.ROUTINE) for one in past(Profile(), count=90)]

    found = profile_of(calls)

    assert found.profile.topics == Profile().topics
    assert "crisis" in {note.part for note in found.notes}
