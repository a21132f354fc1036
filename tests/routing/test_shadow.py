"""Another plan beside the one in force: it tells what it would have done otherwise, and no more."""

from collections.abc import Sequence

import hypothesis.strategies as st
from hypothesis import given, settings

from routing.engine import Flag, Signature, Skills, Urgency
from routing.policy import DEFAULT_POLICY, Need, Policy, read_policy
from routing.recorder import Recorder
from routing.recording import Event, KeptDecision, Kind, RecordedEvent
from routing.shadow import Difference, PlanChoice, Shadow

MANDARIN = Signature(Skills.of({"cmn": 5}, lines=["youth"]))
CANTONESE = Signature(Skills.of({"yue": 5}, lines=["youth"]))
CERTIFIED = Signature(Skills.of({"cmn": 5}, lines=["youth"], certified=True))
SPEAKS_CANTONESE = Need(line="youth", language="yue")
SPEAKS_MANDARIN = Need(line="youth", language="cmn")
DANGER = Need(line="youth", language="cmn", urgency=Urgency.CRISIS)


def policy(*stages: dict[str, object], ring: int = 3) -> Policy:
    """These stages for routine callers; in a crisis anybody, `ring` at a time."""
    crisis = {"ring": ring, "stages": [{"name": "anyone"}]}
    return read_policy({"routine": {"stages": list(stages)}, "crisis": crisis})


ANYONE = policy({"name": "anyone"})
OWN_FIRST = policy({"name": "own", "language": "own"}, {"name": "anyone"})
PATIENT = policy({"name": "own", "language": "own"}, {"name": "anyone", "after_s": 20})
IMPATIENT = policy({"name": "own", "language": "own"}, {"name": "anyone", "after_s": 5})


def arrives(call: str, at: float, need: Need = SPEAKS_MANDARIN) -> Event:
    return Event(at=at, kind=Kind.CALL_ARRIVES, subject=call, need=need)


def ready(name: str, at: float, signature: Signature = MANDARIN) -> Event:
    return Event(at=at, kind=Kind.COUNSELOR_READY, subject=name, signature=signature)


def said(kind: Kind, subject: str, at: float) -> Event:
    return Event(at=at, kind=kind, subject=subject)


def passes(at: float) -> Event:
    return Event(at=at, kind=Kind.TIME_PASSED)


def records_of(live: Policy, events: Sequence[Event]) -> list[RecordedEvent]:
    recorder = Recorder(live.plan_for)
    for event in events:
        recorder.tell(event)
    return recorder.take_records()


def differences(live: Policy, other: Policy, events: Sequence[Event]) -> list[Difference]:
    shadow = Shadow(other.plan_for)
    told = [shadow.follow(one.event, one.choices) for one in records_of(live, events)]
    return [difference for some in told for difference in some]


def test_another_counselor_is_told_with_who_and_when() -> None:
    events = [
        ready("li", 0.0),
        ready("wang", 5.0, CANTONESE),
        arrives("a", 10.0, SPEAKS_CANTONESE),
    ]

    (found,) = differences(ANYONE, OWN_FIRST, events)

    assert found == Difference(
        at=10.0,
        call="a",
        need=SPEAKS_CANTONESE,
        live=PlanChoice(counselors=("li",), stage="anyone", waited_s=0.0),
        shadow=PlanChoice(counselors=("wang",), stage="own", waited_s=0.0),
    )


def test_a_shadow_that_would_have_let_the_caller_wait_on_is_told() -> None:
    events = [ready("li", 0.0), arrives("a", 10.0, SPEAKS_CANTONESE)]

    (found,) = differences(ANYONE, PATIENT, events)

    assert (found.live, found.shadow) == (
        PlanChoice(counselors=("li",), stage="anyone", waited_s=0.0),
        None,
    )


def test_a_shadow_that_would_have_offered_earlier_is_told_once_the_floor_offers() -> None:
    events = [ready("li", 0.0), arrives("a", 10.0, SPEAKS_CANTONESE), passes(30.0)]

    (found,) = differences(PATIENT, IMPATIENT, events)

    assert found.at == 30.0
    assert found.live == PlanChoice(counselors=("li",), stage="anyone", waited_s=20.0)
    assert found.shadow == PlanChoice(counselors=("li",), stage="anyone", waited_s=5.0)


def test_a_floor_that_looks_at_the_clock_a_moment_late_is_no_difference() -> None:
    events = [ready("li", 0.0), arrives("a", 10.0, SPEAKS_CANTONESE), passes(31.0)]

    assert differences(PATIENT, PATIENT, events) == []


def test_one_phone_more_is_a_difference() -> None:
    one, three = policy({"name": "anyone"}, ring=1), policy({"name": "anyone"}, ring=3)
    events = [ready("li", 0.0), ready("wang", 1.0), arrives("a", 2.0, DANGER)]

    (found,) = differences(one, three, events)

    assert found.live == PlanChoice(counselors=("li",), stage="anyone", waited_s=0.0)
    assert found.shadow == PlanChoice(counselors=("li", "wang"), stage="anyone", waited_s=0.0)


def test_a_caller_who_left_unserved_and_would_have_been_served_is_told() -> None:
    events = [
        ready("li", 0.0),
        arrives("a", 10.0, SPEAKS_CANTONESE),
        said(Kind.CALL_LEAVES, "a", 17.0),
    ]

    (found,) = differences(PATIENT, IMPATIENT, events)

    assert (found.at, found.live) == (17.0, None)
    assert found.shadow == PlanChoice(counselors=("li",), stage="anyone", waited_s=5.0)


def test_a_caller_who_left_and_whom_neither_would_have_served_is_not_told() -> None:
    events = [arrives("a", 10.0), said(Kind.CALL_LEAVES, "a", 11.0), ready("li", 12.0)]

    assert differences(PATIENT, IMPATIENT, events) == []


def test_a_caller_nobody_knows_may_leave() -> None:
    assert differences(PATIENT, IMPATIENT, [said(Kind.CALL_LEAVES, "a", 1.0)]) == []


def test_whom_the_shadow_took_in_vain_is_there_for_the_next_caller() -> None:
    events = [
        ready("li", 0.0),
        ready("wang", 5.0, CANTONESE),
        arrives("a", 10.0, SPEAKS_CANTONESE),  # the floor rings li, the shadow would ring wang
        arrives("b", 11.0, SPEAKS_CANTONESE),  # both ring wang
    ]

    found = differences(ANYONE, OWN_FIRST, events)

    assert [one.call for one in found] == ["a"]


def test_a_counselor_given_back_takes_the_caller_the_shadow_had_waiting() -> None:
    events = [
        ready("li", 0.0),
        arrives("a", 10.0, SPEAKS_CANTONESE),  # the shadow rings li at 15
        arrives("b", 12.0),  # the floor rings li; the shadow must take that back
        passes(30.0),
        ready("wang", 31.0),
    ]

    found = differences(PATIENT, IMPATIENT, events)

    assert [(one.call, one.live and one.live.counselors) for one in found] == []


def test_a_caller_whose_counselor_was_rung_for_another_waits_on_in_the_shadow() -> None:
    events = [
        ready("li", 0.0),
        arrives("a", 10.0, SPEAKS_CANTONESE),  # the shadow rings li at 15
        arrives("b", 16.0),  # the floor rings li for b
        ready("wang", 17.0, CANTONESE),  # both ring wang for a
    ]

    found = differences(PATIENT, IMPATIENT, events)

    assert [(one.call, one.live and one.live.counselors, one.shadow) for one in found] == [
        ("b", ("li",), None)
    ]


def test_a_counselor_who_was_taken_and_went_away_is_not_given_back() -> None:
    events = [
        ready("li", 0.0),
        arrives("a", 10.0, SPEAKS_CANTONESE),  # the shadow rings li at 15
        said(Kind.COUNSELOR_AWAY, "li", 16.0),
        said(Kind.CALL_LEAVES, "a", 17.0),
        arrives("b", 18.0),
        ready("wang", 19.0),
    ]

    found = differences(PATIENT, IMPATIENT, events)

    assert [one.call for one in found] == ["a"]


def test_a_call_the_shadow_has_offered_is_told_with_the_need_it_was_rescored_to() -> None:
    events = [
        ready("li", 0.0),
        arrives("a", 10.0, SPEAKS_CANTONESE),  # the shadow rings li at 15
        Event(at=18.0, kind=Kind.CALL_RESCORED, subject="a", need=DANGER),
    ]

    (found,) = differences(PATIENT, IMPATIENT, events)

    assert found == Difference(
        at=18.0,
        call="a",
        need=DANGER,
        live=PlanChoice(counselors=("li",), stage="anyone", waited_s=8.0),
        shadow=PlanChoice(counselors=("li",), stage="anyone", waited_s=5.0),
    )


def test_a_call_that_arrives_without_a_need_is_compared_with_nothing() -> None:
    shadow = Shadow(ANYONE.plan_for)
    shadow.follow(ready("li", 0.0), ())
    shadow.follow(arrives("a", 1.0), ())
    shadow.follow(Event(at=2.0, kind=Kind.CALL_RESCORED, subject="a"), ())

    found = shadow.follow(passes(3.0), [KeptDecision(call="a", counselor="wang", stage="anyone")])

    assert found == []


def test_rescoring_a_call_nobody_knows_changes_nothing() -> None:
    events = [Event(at=1.0, kind=Kind.CALL_RESCORED, subject="a", need=DANGER), ready("li", 2.0)]

    assert differences(ANYONE, OWN_FIRST, events) == []


CALLS = st.sampled_from(["a", "b", "c", "d", "e"])
NAMES = st.sampled_from(["li", "wang", "chen", "zhao"])
needs = st.sampled_from([SPEAKS_CANTONESE, SPEAKS_MANDARIN, DANGER])
signatures = st.sampled_from(
    [MANDARIN, CANTONESE, CERTIFIED, Signature(MANDARIN.skills, Flag.WRAP_UP)]
)
told = st.one_of(
    st.builds(arrives, CALLS, st.just(0.0), needs),
    st.builds(arrives, CALLS, st.just(0.0), needs),
    st.builds(ready, NAMES, st.just(0.0), signatures),
    st.builds(ready, NAMES, st.just(0.0), signatures),
    st.builds(said, st.just(Kind.CALL_LEAVES), CALLS, st.just(0.0)),
    st.builds(said, st.just(Kind.COUNSELOR_AWAY), NAMES, st.just(0.0)),
    st.builds(
        lambda call, need: Event(at=0.0, kind=Kind.CALL_RESCORED, subject=call, need=need),
        CALLS,
        needs,
    ),
)
steps = st.lists(st.tuples(st.sampled_from([0.0, 0.5, 2.0, 9.0]), told), max_size=40)


def shift(moves: Sequence[tuple[float, Event]], live: Policy) -> list[RecordedEvent]:
    """What a floor records that looks at the clock before it hears anything."""
    recorder, now = Recorder(live.plan_for), 1_700_000_000.0
    for after_s, event in moves:
        now += after_s
        while (due := recorder.next_deadline()) is not None and due <= now:
            recorder.tell(passes(due))
        heard = {one: getattr(event, one) for one in ("kind", "subject", "need", "signature")}
        recorder.tell(Event(at=now, **heard))
    return recorder.take_records()


@given(steps, st.sampled_from([DEFAULT_POLICY, ANYONE, OWN_FIRST, PATIENT, IMPATIENT]))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_the_plan_in_force_never_differs_from_itself(
    moves: list[tuple[float, Event]], live: Policy
) -> None:
    shadow = Shadow(live.plan_for)

    found = [shadow.follow(one.event, one.choices) for one in shift(moves, live)]

    assert not any(found)


@given(steps, st.sampled_from([ANYONE, OWN_FIRST, PATIENT]))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_each_difference_is_of_a_call_the_floor_is_done_with_at_that_moment(
    moves: list[tuple[float, Event]], live: Policy
) -> None:
    shadow = Shadow(IMPATIENT.plan_for)

    for record in shift(moves, live):
        found = shadow.follow(record.event, record.choices)

        served = {one.call for one in record.choices}
        left = {record.event.subject} if record.event.kind is Kind.CALL_LEAVES else set()
        assert {one.call for one in found} <= served | left
        for difference in found:
            assert difference.at == record.event.at
            assert (difference.live is None) == (difference.call not in served)
