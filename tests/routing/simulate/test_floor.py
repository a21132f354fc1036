"""Time passes on a simulated floor: nobody is lost, nobody talks twice, care is kept."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from routing.care import Care
from routing.engine import Skills, Urgency
from routing.policy import DEFAULT_DOCUMENT, Need, read_policy
from routing.simulate import rivals
from routing.simulate.floor import Rules, Run, simulate
from routing.simulate.load import Interpreting, Profile, Ringing, SimulatedCaller, draw_callers
from routing.simulate.measures import Spread, measure
from routing.simulate.roster import RosterEntry, Staffing, draw_roster
from routing.simulate.state import CounselorState

TIRELESS = Care(rest_after_crisis_s=600, crisis_in_a_row=1000, break_every_s=math.inf)
POLICY = read_policy({k: v for k, v in DEFAULT_DOCUMENT.items() if k != "common_language"})
LI = RosterEntry(name="li", skills=Skills.of({"cmn": 5}, lines=["line"], certified=True))
HE = RosterEntry(name="he", skills=Skills.of({"cmn": 5}, lines=["line"]))
ROUTINE = Need(line="line", language="cmn")
CRISIS = replace(ROUTINE, urgency=Urgency.CRISIS)


def caller(n: int, at: float, need: Need = ROUTINE, patience_s: float = 1e6) -> SimulatedCaller:
    return SimulatedCaller(
        id=f"c{n}",
        arrived_s=at,
        talk_s=100.0,
        wrap_up_s=200.0,
        patience_s=patience_s,
        need=need,
        answers=(5.0,),
    )


def run(
    *callers: SimulatedCaller, roster: tuple[RosterEntry, ...] = (LI,), care: Care = TIRELESS
) -> Run:
    return simulate(callers, roster, Rules(plan_of=POLICY.plan_for, care=care))


def waits(found: Run) -> list[float | None]:
    return [call.waited_s for call in found.calls]


def test_the_second_caller_waits_for_talk_and_wrap_up_of_the_first() -> None:
    found = run(caller(1, 0.0), caller(2, 10.0))

    assert waits(found) == [0.0, 290.0]


def test_danger_waits_only_for_the_protected_part_of_a_wrap_up() -> None:
    found = run(caller(1, 0.0), caller(2, 143.0, CRISIS))

    assert waits(found) == [0.0, 2.0]
    assert found.calls[1].pulled


def test_danger_that_has_waited_long_enough_does_not_even_wait_for_that() -> None:
    found = run(caller(1, 0.0), caller(2, 10.0, CRISIS), caller(3, 2000.0))
    late = run(caller(1, 0.0), caller(2, 110.0, CRISIS))

    assert waits(found) == [0.0, 90.0, 0.0]
    assert found.calls[1].pulled
    assert waits(late) == [0.0, 5.0]


def test_what_a_crisis_cut_off_a_wrap_up_is_owed_back() -> None:
    found = run(caller(1, 0.0), caller(2, 10.0, CRISIS), caller(3, 20.0))

    # 100 s to the crisis, 100 s of talk, 600 s of rest; the owed 200 s lie within it.
    assert waits(found)[2] == pytest.approx(780.0)


def test_who_gives_up_is_not_offered_any_more() -> None:
    found = run(caller(1, 0.0), caller(2, 10.0, patience_s=50.0), caller(3, 20.0))

    assert waits(found) == [0.0, 50.0, 280.0]
    assert found.calls[1].gave_up_at == 60.0
    assert found.calls[1].answered_at is None


def test_a_break_is_due_after_long_work_and_takes_its_time() -> None:
    care = replace(TIRELESS, break_every_s=1000.0, break_s=300.0)

    found = run(caller(1, 0.0), caller(2, 1100.0), roster=(HE,), care=care)

    assert waits(found)[1] == pytest.approx(200.0)


def test_the_last_certified_counselor_is_not_sent_to_a_break() -> None:
    care = replace(TIRELESS, break_every_s=1000.0, break_s=300.0)

    found = run(caller(1, 0.0), caller(2, 1100.0, CRISIS), care=care)

    assert waits(found) == [0.0, 0.0]


def test_a_break_that_is_not_ones_turn_waits_until_another_is_back() -> None:
    care = replace(TIRELESS, break_every_s=1000.0, break_s=600.0)
    two = tuple(replace(HE, name=name, shifts=((0.0, 9000.0),)) for name in ("he", "chen"))

    found = run(caller(1, 900.0), caller(2, 1010.0), caller(3, 1020.0), roster=two, care=care)

    # One goes at 1000 s; the other talks and writes until 1200 s, and may leave at 1600 s.
    assert waits(found) == [0.0, pytest.approx(190.0), pytest.approx(480.0)]


def shifts_that_begin_together(care: Care) -> list[Run]:
    """Twenty counselors who all sign in at once, three quarters loaded, on several days."""
    profile = Profile(ringing=Ringing())
    rules = Rules(plan_of=POLICY.plan_for, care=care)
    per_hour = profile.calls_per_hour(0.75, 20, care)
    runs = []
    for seed in range(8):
        callers = draw_callers(profile, calls_per_hour=per_hour, hours=4.5, seed=seed)
        drawn = draw_roster(profile, 20, seed=seed)
        roster = [replace(one, shifts=((0.0, 43_200.0),)) for one in drawn]
        runs.append(simulate(callers, roster, rules, ringing=profile.ringing))
    return runs


def after_two_hours(runs: list[Run]) -> tuple[float, float]:
    """Of the callers of the next twenty minutes: the mean wait, the share who gave up."""
    calls = [call for found in runs for call in found.calls]
    came = [one for one in calls if 7200.0 <= one.caller.arrived_s < 8400.0]
    lost = sum(one.gave_up_at is not None for one in came)
    return sum(one.waited_s or 0.0 for one in came) / len(came), lost / len(came)


def test_a_shift_that_began_together_never_leaves_its_callers_together() -> None:
    unbroken_s, unbroken_lost = after_two_hours(shifts_that_begin_together(TIRELESS))

    found = shifts_that_begin_together(replace(TIRELESS, break_every_s=7200.0))

    waited_s, lost = after_two_hours(found)
    assert waited_s < 1.5 * unbroken_s
    assert lost < 1.5 * unbroken_lost
    paused = [one.spent[CounselorState.PAUSED] for run in found for one in run.counselors]
    assert min(paused) > 300.0


def test_after_enough_crisis_calls_in_a_row_another_is_asked_first() -> None:
    care = replace(TIRELESS, rest_after_crisis_s=0.0, crisis_in_a_row=1)
    chen = replace(LI, name="chen")
    callers = [caller(n, 1000.0 * n, CRISIS) for n in range(4)]

    found = simulate(callers, (LI, chen), Rules(plan_of=POLICY.plan_for, care=care))

    names = [call.counselor.entry.name for call in found.calls if call.counselor]
    assert set(names[:2]) == {"li", "chen"}
    assert [call.stage for call in found.calls[:2]] == ["certified", "certified"]
    assert found.calls[2].stage == "any_language"


def test_nobody_is_offered_a_call_outside_their_shift_and_a_talk_is_finished() -> None:
    shifts = replace(LI, shifts=((100.0, 250.0), (1000.0, 5000.0)))

    found = run(caller(1, 0.0), caller(2, 200.0), roster=(shifts,))

    assert waits(found)[0] == 100.0
    assert waits(found)[1] == 800.0
    assert found.counselors[0].doing in (CounselorState.TALKING, CounselorState.WRAPPING_UP)


def test_a_shift_ends_for_somebody_who_is_ready() -> None:
    shifts = replace(LI, shifts=((0.0, 50.0),))

    found = run(caller(1, 60.0, patience_s=500.0), roster=(shifts,))

    assert found.counselors[0].doing is CounselorState.OFFLINE
    assert found.calls[0].gave_up_at == 560.0


def test_a_shift_that_begins_during_a_talk_interrupts_nothing() -> None:
    shifts = replace(LI, shifts=((0.0, 150.0), (180.0, 1000.0)))

    found = run(caller(1, 100.0), caller(2, 120.0), roster=(shifts,))

    assert waits(found) == [0.0, 280.0]


def rung(
    *callers: SimulatedCaller, roster: tuple[RosterEntry, ...] = (LI,), care: Care = TIRELESS
) -> Run:
    rules = Rules(plan_of=POLICY.plan_for, care=care)
    return simulate(callers, roster, rules, ringing=Ringing())


def test_a_phone_rings_until_it_is_answered() -> None:
    found = rung(caller(1, 0.0))

    assert waits(found) == [5.0]
    assert found.calls[0].rung == 1


def test_a_talk_across_languages_costs_what_the_charge_says() -> None:
    english = replace(ROUTINE, language="eng")
    charged = Rules(plan_of=POLICY.plan_for, care=TIRELESS, interpreting=Interpreting())

    found = simulate([caller(1, 0.0, english), caller(2, 310.0)], (HE,), charged)
    given_up = simulate([caller(1, 0.0, english, patience_s=5.0)], (HE,), charged).calls[0]

    # Answered after 300 s; 30 s until the interpreter is there, 150 s of talk, 200 s of wrap-up.
    assert waits(found) == [300.0, 370.0]
    assert found.calls[0].across_languages
    assert not found.calls[1].across_languages
    assert not given_up.across_languages


def test_who_does_not_answer_is_set_aside_and_the_caller_keeps_the_place() -> None:
    deaf = replace(caller(1, 0.0), answers=(math.inf, 5.0))

    found = rung(deaf)

    assert waits(found) == [55.0]  # 20 s of ringing, 30 s aside, 5 s to answer
    assert found.calls[0].rung == 2


def test_a_caller_who_gives_up_while_it_rings_gives_the_counselor_back() -> None:
    found = rung(caller(1, 0.0, patience_s=3.0), caller(2, 4.0))

    assert waits(found) == [3.0, 5.0]


def test_of_three_phones_that_ring_for_a_crisis_the_others_are_free_again() -> None:
    three = tuple(replace(LI, name=name) for name in ("li", "chen", "he"))

    found = rung(caller(1, 0.0, CRISIS), caller(2, 6.0), caller(3, 7.0), roster=three)

    assert found.calls[0].rung == 3
    assert waits(found) == [5.0, 5.0, 5.0]


THREE = tuple(replace(LI, name=name) for name in ("li", "chen", "wong"))


def test_the_next_in_danger_has_one_of_the_phones_that_ring_for_the_first() -> None:
    two = [caller(1, 0.0, CRISIS), caller(2, 1.0, CRISIS)]
    rules = Rules(plan_of=POLICY.plan_for, care=TIRELESS)

    shared = simulate(two, THREE, rules, ringing=Ringing())
    not_shared = simulate(two, THREE, replace(rules, sharing=False), ringing=Ringing())

    assert waits(shared) == [5.0, 5.0]
    assert [call.rung for call in shared.calls] == [3, 1]
    assert waits(not_shared) == [5.0, 9.0]  # from the end of the first ringing
    assert measure(shared).crisis_certified == 1.0


def test_a_phone_that_rings_for_another_by_now_is_not_waited_for() -> None:
    first = replace(caller(1, 0.0, CRISIS), answers=(math.inf, 5.0, math.inf))

    found = rung(first, caller(2, 1.0, CRISIS), roster=THREE)

    second = found.calls[1].counselor
    assert second is not None
    assert second.entry.name == "li"  # of the two who rang beside the first, by name
    assert waits(found)[1] == 5.0
    assert waits(found)[0] is not None


def test_a_wrap_up_goes_on_after_a_crisis_nobody_answered() -> None:
    deaf = replace(caller(2, 150.0, CRISIS, patience_s=300.0), answers=(math.inf,))
    calm = replace(caller(3, 151.0), answers=(5.0,))

    found = rung(caller(1, 0.0), deaf, calm)

    assert found.calls[0].counselor is not None
    assert found.calls[1].gave_up_at == 450.0
    assert found.calls[2].answered_at is not None


def test_a_wrap_up_goes_on_when_the_crisis_was_taken_by_another() -> None:
    two = (LI, replace(LI, name="chen"))
    danger = replace(caller(3, 160.0, CRISIS), answers=(5.0, 6.0))

    found = rung(caller(1, 0.0), caller(2, 0.0), danger, roster=two)

    assert found.calls[2].rung == 2
    assert found.calls[2].pulled


@pytest.fixture(scope="module")
def busy() -> dict[str, Run]:
    """One load, served by several rules."""
    profile = Profile(ringing=Ringing())
    per_hour = profile.calls_per_hour(1.0, 20, TIRELESS)
    callers = draw_callers(profile, calls_per_hour=per_hour, hours=4000 / per_hour, seed=3)
    roster = draw_roster(profile, 20, seed=3)
    every = {
        "ours": Rules(plan_of=POLICY.plan_for, care=TIRELESS),
        "strict": rivals.strict(TIRELESS),
        "floor": rivals.skill_floor(TIRELESS, profile),
        "pooled": rivals.pooled(TIRELESS),
    }
    return {
        name: simulate(callers, roster, rules, ringing=profile.ringing, warm_up=0.1)
        for name, rules in every.items()
    }


def test_every_rule_sees_the_same_callers(busy: dict[str, Run]) -> None:
    seen = {name: [call.caller for call in run.calls] for name, run in busy.items()}

    assert all(callers == seen["ours"] for callers in seen.values())


def test_every_caller_is_answered_or_gave_up(busy: dict[str, Run]) -> None:
    for found in busy.values():
        for call in found.calls:
            assert (call.answered_at is None) != (call.gave_up_at is None)


def test_nobody_talks_to_two_callers_at_once(busy: dict[str, Run]) -> None:
    for found in busy.values():
        talks: dict[str, list[tuple[float, float]]] = {}
        for call in found.calls:
            if call.counselor is not None and call.answered_at is not None:
                end = call.answered_at + call.caller.talk_s
                talks.setdefault(call.counselor.entry.name, []).append((call.answered_at, end))
        for times in talks.values():
            times.sort()
            assert all(one[1] <= other[0] for one, other in pairwise(times))


def test_ours_is_better_than_strict_and_nearly_as_good_as_one_pool(busy: dict[str, Run]) -> None:
    ours, strict, pooled = (measure(busy[name]) for name in ("ours", "strict", "pooled"))

    assert ours.wait_s < 0.9 * strict.wait_s
    assert ours.wait_s < 1.75 * pooled.wait_s
    assert ours.wait_s < 1.06 * measure(busy["floor"]).wait_s
    assert ours.crisis_abandoned < 0.2 * strict.crisis_abandoned
    assert 1.0 <= ours.rings < 1.3


def test_who_asks_for_a_topic_gets_the_first_choice_more_often(busy: dict[str, Run]) -> None:
    strict, floor = measure(busy["strict"]), measure(busy["floor"])

    assert strict.first_choice > floor.first_choice > 0


def test_of_no_callers_every_figure_is_nothing() -> None:
    found = measure(run())

    assert found.wait_s == found.crisis_p99_s == found.occupancy == 0.0


def test_a_spread_tells_mean_deviation_and_both_ends() -> None:
    assert Spread.of([1.0, 3.0]).mean == 2.0
    assert (Spread.of([5.0]).sd, Spread.of([1.0, 3.0]).low, Spread.of([1.0, 3.0]).high) == (0, 1, 3)


def test_counselors_are_drawn_as_the_staffing_says() -> None:
    profile = Profile(languages=(("cmn", 1.0),))
    all_trained = Staffing(languages=((3, 1.0),), certified=1.0, topics_a_little=0)

    drawn = draw_roster(profile, 5, seed=1, staffing=all_trained)

    assert all(one.skills.certified for one in drawn)
    assert all(dict(one.skills.languages) == {"cmn": 3} for one in drawn)
