"""Why somebody is offered a caller or is not, and why a caller still waits."""

from dataclasses import replace

import pytest

from routing.engine import (
    Engine,
    Flag,
    Floor,
    Plan,
    Requirement,
    Rule,
    Signature,
    Skills,
    Stage,
    Standing,
    Urgency,
    Waiting,
)
from routing.explain import Verdict, Wait, WaitReason, explain_offer, explain_wait

NOW = 100.0
PLAIN = Skills.of({"cmn": 4}, lines=["youth"], topics={"family": 2}, gender="m")
ANYONE = Stage("anyone", Requirement())
LATER = Stage("later", Requirement(), after_s=30.0)
WELL = Stage("well", Requirement(certified=True))


def standing(name: str, skills: Skills = PLAIN, since: float = 0.0, **more: object) -> Standing:
    signature = Signature(skills, Flag.WRAP_UP if more.get("writing") else Flag.READY)
    away = bool(more.get("away"))
    return Standing(counselor=name, signature=signature, idle_since=since, away=away)


def floor(
    *counselors: Standing,
    stages: tuple[Stage, ...] = (ANYONE,),
    urgency: Urgency = Urgency.ROUTINE,
    arrival: float = 90.0,
) -> Floor:
    plan = Plan("plan", urgency, stages)
    caller = Waiting(call="a", plan=plan, arrival=arrival)
    return Floor(now=NOW, callers=(caller,), counselors=counselors)


@pytest.mark.parametrize(
    ("needed", "rule"),
    [
        (Requirement(line="women"), Rule.LINE),
        (Requirement(languages=("yue",)), Rule.LANGUAGE),
        (Requirement(certified=True), Rule.CERTIFIED),
        (Requirement(topic="law"), Rule.TOPIC),
        (Requirement(gender="f"), Rule.GENDER),
        (Requirement(age_group="teen"), Rule.AGE_GROUP),
    ],
)
def test_a_requirement_that_is_not_met_is_what_excludes(needed: Requirement, rule: Rule) -> None:
    verdicts = explain_offer(floor(standing("li"), stages=(Stage("only", needed),)), "a")

    assert verdicts == (Verdict(counselor="li", excluded_by=rule),)


def test_of_several_stages_the_widest_says_what_excludes() -> None:
    stages = (Stage("certified", Requirement(certified=True)), Stage("w", Requirement(line="b")))

    verdicts = explain_offer(floor(standing("li"), stages=stages), "a")

    assert verdicts == (Verdict(counselor="li", excluded_by=Rule.LINE),)


def test_who_is_away_is_excluded_whatever_they_can_do() -> None:
    verdicts = explain_offer(floor(standing("li", away=True, writing=True)), "a")

    assert verdicts == (Verdict(counselor="li", excluded_by=Rule.AWAY),)


def test_who_is_wrapping_up_is_excluded_for_a_routine_caller_alone() -> None:
    here = standing("li", writing=True)

    routine = explain_offer(floor(here), "a")
    crisis = explain_offer(floor(here, urgency=Urgency.CRISIS), "a")

    assert routine == (Verdict(counselor="li", excluded_by=Rule.WRAP_UP),)
    assert crisis == (Verdict(counselor="li", order=1, stage="anyone"),)


def test_who_has_only_just_ended_a_talk_is_excluded_until_a_stage_asks_even_them() -> None:
    here = Standing("li", Signature(PLAIN, Flag.PROTECTED), 0.0)
    even_them = replace(LATER, protected=True)

    without = explain_offer(floor(here, stages=(ANYONE,), urgency=Urgency.CRISIS), "a")
    later = explain_offer(floor(here, stages=(ANYONE, even_them), urgency=Urgency.CRISIS), "a")

    assert without == (Verdict(counselor="li", excluded_by=Rule.PROTECTED),)
    assert later == (
        Verdict(counselor="li", stage="anyone", excluded_by=Rule.PROTECTED, opens_in_s=20.0),
    )


def test_where_no_stage_is_open_yet_the_first_says_when_it_opens() -> None:
    verdicts = explain_offer(floor(standing("li"), stages=(LATER,)), "a")

    not_yet = Verdict(counselor="li", stage="later", excluded_by=Rule.NOT_YET, opens_in_s=20.0)
    assert verdicts == (not_yet,)


def test_until_a_stage_opens_the_widest_open_one_says_what_excludes() -> None:
    verdicts = explain_offer(floor(standing("li"), stages=(WELL, LATER)), "a")

    excluded = Verdict(counselor="li", stage="later", excluded_by=Rule.CERTIFIED, opens_in_s=20.0)
    assert verdicts == (excluded,)


def test_a_caller_kept_for_somebody_excludes_all_others() -> None:
    knows = Stage("same_counselor", Requirement(counselor="li"))
    here = floor(standing("wang"), standing("li"), stages=(knows, LATER))

    verdicts = explain_offer(here, "a")

    assert verdicts == (
        Verdict(counselor="li", order=1, stage="same_counselor"),
        Verdict(counselor="wang", stage="later", excluded_by=Rule.COUNSELOR, opens_in_s=20.0),
    )


def test_who_fits_is_told_in_the_order_of_ringing_then_the_others() -> None:
    certified = Skills.of({"cmn": 4}, lines=["youth"], certified=True)
    here = floor(
        standing("excluded", away=True),
        standing("writing", certified, since=0.0, writing=True),
        standing("plain-later", since=6.0),
        standing("plain", since=5.0),
        standing("certified", certified, since=50.0),
        stages=(WELL, ANYONE),
        urgency=Urgency.CRISIS,
    )

    verdicts = explain_offer(here, "a")

    assert [(one.counselor, one.order) for one in verdicts] == [
        ("certified", 1),
        ("writing", 2),
        ("plain", 3),
        ("plain-later", 4),
        ("excluded", None),
    ]


def test_a_call_that_is_not_on_the_floor_cannot_be_explained() -> None:
    with pytest.raises(KeyError):
        explain_offer(floor(), "b")
    with pytest.raises(KeyError):
        explain_wait(floor(), "b")


def reason(here: Floor) -> tuple[WaitReason, float | None]:
    wait = explain_wait(here, "a")
    return wait.reason, wait.changes_in_s


def test_a_caller_somebody_fits_is_next() -> None:
    assert reason(floor(standing("li"))) == (WaitReason.NEXT, 0.0)


def test_a_caller_whom_somebody_fits_later_waits_for_a_stage() -> None:
    assert reason(floor(standing("li"), stages=(WELL, LATER))) == (WaitReason.OPENS_LATER, 20.0)


def test_of_several_stages_that_will_open_the_soonest_is_told() -> None:
    sooner = Stage("sooner", Requirement(gender="m"), after_s=22.0)
    woman = Skills.of({"cmn": 4}, lines=["youth"], gender="f")
    here = floor(standing("wang", woman), standing("li"), stages=(WELL, sooner, LATER))

    assert reason(here) == (WaitReason.OPENS_LATER, 12.0)


def test_a_caller_whom_nobody_there_fits_is_told_so() -> None:
    here = floor(standing("li"), standing("wang", away=True), stages=(WELL,))

    assert reason(here) == (WaitReason.NOBODY_FITS, None)


def test_where_all_who_are_there_are_wrapping_up_nobody_is_ready() -> None:
    assert reason(floor(standing("li", writing=True))) == (WaitReason.NOBODY_READY, None)


@pytest.mark.parametrize("counselors", [(), (standing("li", away=True),)])
def test_where_all_are_away_or_nobody_is_on_duty_nobody_is_ready(
    counselors: tuple[Standing, ...],
) -> None:
    assert reason(floor(*counselors)) == (WaitReason.NOBODY_READY, None)


def test_ahead_are_the_callers_who_would_be_served_before() -> None:
    engine = Engine()
    engine.call_arrives("routine", Plan("r", Urgency.ROUTINE, (ANYONE,)), 0.0)
    engine.call_arrives("later", Plan("r", Urgency.ROUTINE, (ANYONE,)), 1.0)
    engine.call_arrives("crisis", Plan("c", Urgency.CRISIS, (ANYONE,)), 2.0)

    waits = [explain_wait(engine.floor(), call) for call in ("crisis", "routine", "later")]

    assert waits == [
        Wait(call=call, reason=WaitReason.NOBODY_READY, ahead=ahead, changes_in_s=None)
        for ahead, call in enumerate(("crisis", "routine", "later"))
    ]


def test_the_first_to_ring_is_whom_the_engine_then_chooses() -> None:
    plan = Plan("plan", Urgency.CRISIS, (WELL, ANYONE))
    engine = Engine()
    engine.counselor_ready("li", Signature(PLAIN), 0.0)
    engine.counselor_ready("wang", Signature(PLAIN, Flag.WRAP_UP), 0.0, idle_since=-9.0)
    engine.counselor_ready("chen", Signature(PLAIN), 5.0)
    before = engine.floor()
    here = Floor(
        now=9.0,
        callers=(Waiting(call="a", plan=plan, arrival=9.0),),
        counselors=before.counselors,
    )

    first, *_ = explain_offer(here, "a")
    (made,) = engine.call_arrives("a", plan, 9.0)

    assert (first.counselor, first.stage) == (made.counselor, made.stage)
