"""Events that are kept can be told again, and every decision is made again."""

import json
from dataclasses import replace

import pytest

from routing.engine import Engine, Flag, Rule, Signature, Skills, Standing, Urgency
from routing.policy import DEFAULT_POLICY, Need
from routing.recorder import Recorder
from routing.recording import Event, KeptDecision, Kind, RecordedEvent, apply, event_of, facts
from routing.replay import ReplayedEvent, replay

AT = 1_700_000_000.123456789
PLAN_OF = DEFAULT_POLICY.plan_for
LI = Skills.of(
    {"cmn": 5, "yue": 2},
    lines=["youth", "women"],
    topics={"family": 3},
    certified=True,
    gender="f",
    ages=["teen"],
)
PLAIN = Skills.of({"cmn": 4}, lines=["youth"])
HERE = Signature(PLAIN)
ROUTINE = Need(line="youth", language="cmn")
CRISIS = Need(line="youth", language="cmn", urgency=Urgency.CRISIS)
EVERYTHING = Need(
    line="youth",
    language="hak",
    urgency=Urgency.CRISIS,
    topic="family",
    also_speaks=("yue", "cmn"),
    gender="f",
    age_group="teen",
    counselor="li",
    nobody_speaks=True,
    nobody_of_gender=True,
)


def arrives(call: str, at: float, need: Need = ROUTINE, arrival: float | None = None) -> Event:
    return Event(at=at, kind=Kind.CALL_ARRIVES, subject=call, need=need, arrival=arrival)


def rescored(call: str, at: float, need: Need = CRISIS) -> Event:
    return Event(at=at, kind=Kind.CALL_RESCORED, subject=call, need=need)


def ready(name: str, at: float, signature: Signature = HERE) -> Event:
    return Event(at=at, kind=Kind.COUNSELOR_READY, subject=name, signature=signature)


def said(kind: Kind, subject: str, at: float) -> Event:
    return Event(at=at, kind=kind, subject=subject)


def passes(at: float) -> Event:
    return Event(at=at, kind=Kind.TIME_PASSED)


EVENTS = [
    arrives("a", AT),
    arrives("a", AT, EVERYTHING, arrival=AT - 1 / 3),
    rescored("a", AT, EVERYTHING),
    said(Kind.CALL_LEAVES, "a", AT),
    ready("li", AT, Signature(LI, Flag.WRAP_UP)),
    Event(
        at=AT,
        kind=Kind.COUNSELOR_READY,
        subject="li",
        signature=Signature(PLAIN),
        idle_since=AT - 0.1,
    ),
    said(Kind.COUNSELOR_AWAY, "li", AT),
    passes(AT),
]


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_survives_being_kept_as_json(event: Event) -> None:
    kept = json.loads(json.dumps([event.at, event.kind.value, event.subject, facts(event)]))

    at, kind, subject, rest = kept

    assert event_of(at, kind, subject, rest) == event


def test_a_kept_event_holds_nothing_that_was_not_said() -> None:
    assert facts(said(Kind.CALL_LEAVES, "a", AT)) == {}


def test_facts_kept_when_counselors_had_a_capacity_are_still_read() -> None:
    kept = {**facts(ready("li", AT)), "capacity": 1}

    assert event_of(AT, Kind.COUNSELOR_READY, "li", kept) == ready("li", AT)


def test_a_kind_nobody_knows_cannot_be_read() -> None:
    with pytest.raises(ValueError, match=r"call\.sings"):
        event_of(AT, "call.sings", "a", {})


def test_skills_without_a_flag_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        event_of(AT, Kind.COUNSELOR_READY, "li", {"skills": {}})


def test_a_need_with_a_word_nobody_knows_cannot_be_read() -> None:
    kept = facts(arrives("a", AT))
    kept["need"]["mood"] = "low"

    with pytest.raises(TypeError):
        event_of(AT, Kind.CALL_ARRIVES, "a", kept)


@pytest.mark.parametrize("kind", [Kind.CALL_ARRIVES, Kind.CALL_RESCORED, Kind.COUNSELOR_READY])
def test_an_event_that_says_too_little_is_refused(kind: Kind) -> None:
    with pytest.raises(ValueError, match=f"{kind} of x says too little"):
        apply(Engine(), said(kind, "x", AT), PLAN_OF)


def test_all_that_an_engine_can_be_told_reaches_it() -> None:
    engine = Engine()

    def tell(event: Event) -> list[str]:
        return [one.counselor for one in apply(engine, event, PLAN_OF)]

    assert tell(ready("li", 0.0)) == []
    assert tell(said(Kind.COUNSELOR_AWAY, "li", 1.0)) == []
    assert tell(arrives("a", 2.0, arrival=1.5)) == []
    assert engine.floor().callers[0].arrival == 1.5
    assert tell(said(Kind.CALL_LEAVES, "a", 3.0)) == []
    assert tell(ready("li", 4.0, Signature(PLAIN, Flag.WRAP_UP))) == []
    assert tell(arrives("b", 5.0)) == []
    assert tell(rescored("b", 6.0)) == ["li"]
    assert tell(passes(7.0)) == []


def test_a_caller_whose_wider_stage_opens_is_offered_as_time_passes() -> None:
    engine, cantonese = Engine(), Signature(Skills.of({"yue": 5}, lines=["youth"]))
    apply(engine, ready("li", 0.0, cantonese), PLAN_OF)
    apply(engine, arrives("a", 1.0), PLAN_OF)

    early, late = (apply(engine, passes(at), PLAN_OF) for at in (300.9, 301.0))

    assert early == []
    assert [(one.call, one.stage) for one in late] == [("a", "anyone_on_line")]


def test_the_recorder_keeps_what_was_told_and_what_was_decided() -> None:
    recorder = Recorder(PLAN_OF)
    first, second = ready("li", 0.0), arrives("a", 1.0)

    recorder.tell(first)
    recorder.tell(second)

    assert recorder.take_records() == [
        RecordedEvent(event=first),
        RecordedEvent(
            event=second, choices=(KeptDecision(call="a", counselor="li", stage="language"),)
        ),
    ]
    assert recorder.take_records() == []


def test_the_recorder_keeps_no_tick_that_nothing_can_come_of() -> None:
    recorder = Recorder(PLAN_OF)

    recorder.tell(passes(1.0))
    recorder.tell(arrives("a", 2.0))
    due = recorder.next_deadline()
    recorder.tell(passes(301.9))
    recorder.tell(passes(302.0))

    kept = [one.event for one in recorder.take_records()]
    assert due == 302.0
    assert kept == [arrives("a", 2.0), passes(302.0)]


def test_a_decision_comes_with_a_verdict_on_everybody_on_duty() -> None:
    recorder = Recorder(PLAN_OF)
    recorder.tell(ready("li", 0.0, Signature(LI)))
    recorder.tell(ready("wang", 1.0))
    recorder.tell(ready("chen", 2.0, Signature(PLAIN, Flag.WRAP_UP)))
    talking = Standing(counselor="zhao", signature=Signature(LI), idle_since=0.0, away=True)

    (made,) = recorder.tell(arrives("a", 3.0), away=[talking])

    assert made.decision.counselor == "li"
    assert (made.need, made.ahead, made.waiting) == (ROUTINE, 0, 1)
    assert [(one.counselor, one.order, one.excluded_by) for one in made.verdicts] == [
        ("li", 1, None),
        ("wang", 2, None),
        ("chen", None, Rule.WRAP_UP),
        ("zhao", None, Rule.AWAY),
    ]


def test_three_phones_that_ring_share_one_set_of_verdicts() -> None:
    recorder = Recorder(PLAN_OF)
    for n, name in enumerate(("li", "wang", "chen", "zhao")):
        recorder.tell(ready(name, float(n), Signature(LI)))

    made = recorder.tell(arrives("a", 9.0, CRISIS))

    assert [one.decision.counselor for one in made] == ["li", "wang", "chen"]
    assert {len(one.verdicts) for one in made} == {4}
    assert len({one.verdicts for one in made}) == 1


def test_callers_who_would_have_been_served_before_are_counted() -> None:
    recorder = Recorder(PLAN_OF)
    recorder.tell(arrives("danger", 0.0, replace(CRISIS, line="women")))
    recorder.tell(arrives("a", 1.0))
    recorder.tell(arrives("a-again", 2.0))
    recorder.tell(arrives("a", 3.0))

    (made,) = recorder.tell(ready("li", 4.0))

    assert (made.decision.call, made.decision.waited_s) == ("a", 3.0)
    assert (made.ahead, made.waiting) == (1, 3)


def test_a_rescored_caller_is_judged_by_the_new_need_and_the_old_arrival() -> None:
    recorder = Recorder(PLAN_OF)
    recorder.tell(arrives("a", 0.0))
    recorder.tell(ready("li", 1.0, Signature(LI, Flag.WRAP_UP)))

    (made,) = recorder.tell(rescored("a", 5.0))

    assert (made.need, made.decision.waited_s) == (CRISIS, 5.0)
    assert made.verdicts[0].order == 1


def test_a_rescored_caller_who_is_not_here_is_not_begun_to_wait() -> None:
    recorder = Recorder(PLAN_OF)

    assert recorder.tell(rescored("a", 5.0)) == []
    assert recorder.tell(ready("li", 6.0)) == []


def test_who_left_or_went_away_is_in_no_verdict() -> None:
    recorder = Recorder(PLAN_OF)
    recorder.tell(arrives("gone", 0.0))
    recorder.tell(said(Kind.CALL_LEAVES, "gone", 1.0))
    recorder.tell(ready("wang", 2.0))
    recorder.tell(said(Kind.COUNSELOR_AWAY, "wang", 3.0))
    recorder.tell(arrives("a", 4.0))

    (made,) = recorder.tell(ready("li", 5.0))

    assert (made.ahead, made.waiting) == (0, 1)
    assert [one.counselor for one in made.verdicts] == ["li"]


def test_a_counselor_who_was_rung_is_in_no_later_verdict() -> None:
    recorder = Recorder(PLAN_OF)
    recorder.tell(ready("li", 0.0))
    recorder.tell(ready("wang", 1.0))

    first, second = recorder.tell(arrives("a", 2.0)), recorder.tell(arrives("b", 3.0))

    assert [one.counselor for made in first for one in made.verdicts] == ["li", "wang"]
    assert [one.counselor for made in second for one in made.verdicts] == ["wang"]


def test_what_was_recorded_is_decided_again_the_same_way() -> None:
    recorder = Recorder(PLAN_OF)
    events = [ready("li", 0.0), arrives("a", 1.0), arrives("b", 2.0, CRISIS), ready("wang", 3.0)]
    for event in events:
        recorder.tell(event)

    steps = list(replay(recorder.take_records(), PLAN_OF))

    assert [step.event for step in steps] == events
    assert all(step.same for step in steps)
    assert [len(step.now) for step in steps] == [0, 1, 0, 1]


def test_a_record_that_cannot_be_decided_again_is_seen() -> None:
    forged = RecordedEvent(
        event=arrives("a", 1.0), choices=(KeptDecision(call="a", counselor="li", stage="language"),)
    )

    (step,) = replay([forged], PLAN_OF)

    assert step == ReplayedEvent(event=forged.event, then=forged.choices, now=())
    assert not step.same
