"""Naming a topic or an age costs no caller their place: one shift, with it and without."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from routing.engine import Decision, Engine, Signature, Skills, Urgency
from routing.policy import DEFAULT_POLICY, Need, Policy
from tests.routing.policy.people import ON_LINE, policy

BY_STAGES = policy(
    wishes={"gender_hold_s": 25},
    routine={
        "stages": [
            {"name": "best", "language": "own", "topic_level": 3, "age_group": "own",
             "bonus_s": 60},
            {"name": "topic", "language": "spoken", "topic_level": 1},
            {"name": "language", "language": "own", "after_s": 10},
            ON_LINE,
        ]
    },
)  # fmt: skip

skills = st.builds(
    Skills.of,
    st.dictionaries(st.sampled_from(["cmn", "yue", "eng"]), st.sampled_from([1, 3, 5]), min_size=1),
    lines=st.just(["youth"]),
    topics=st.dictionaries(st.just("family"), st.sampled_from([1, 4])),
    certified=st.booleans(),
    gender=st.sampled_from(["f", "m"]),
    ages=st.sampled_from([[], ["teen"]]),
)
needs = st.builds(
    Need,
    line=st.just("youth"),
    language=st.sampled_from(["cmn", "yue", "eng"]),
    urgency=st.sampled_from([Urgency.ROUTINE, Urgency.ROUTINE, Urgency.CRISIS]),
    topic=st.sampled_from([None, "family"]),
    age_group=st.sampled_from([None, "teen"]),
    gender=st.sampled_from([None, None, "f"]),
)
Happening = tuple[float, Need | Skills]  # seconds since the one before; who comes
shifts = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0, 7.0, 20.0, 70.0]), st.one_of(needs, skills)), max_size=14
)


def served_at(plan: Policy, caller: Need, shift: Sequence[Happening], place: int) -> float:
    """When a caller who comes at this place of a shift is offered to somebody."""
    engine, now = Engine(), 0.0
    for n, (later_s, one) in enumerate([*shift[:place], (0.0, caller), *shift[place:]]):
        if decided := _decided(_let_pass(engine, now, now + later_s)):
            return decided
        now += later_s
        name = "the caller" if n == place else f"{n}"
        if isinstance(one, Need):
            made = engine.call_arrives(name, plan.plan_for(one), now)
        else:
            made = engine.counselor_ready(name, Signature(one), now)
        if any(each.call == "the caller" for each in made):
            return now
    return _decided(_let_pass(engine, now, now + 900.0)) or float("inf")


def _let_pass(engine: Engine, now: float, until: float) -> list[tuple[float, Decision]]:
    made: list[tuple[float, Decision]] = []
    while (due := engine.next_deadline()) is not None and due <= until:
        made += [(max(now, due), one) for one in engine.tick(due)]
    return made


def _decided(made: Sequence[tuple[float, Decision]]) -> float | None:
    return next((at for at, one in made if one.call == "the caller"), None)


@given(
    plan=st.sampled_from([DEFAULT_POLICY, BY_STAGES]),
    caller=needs,
    shift=shifts,
    place=st.integers(0, 14),
)
def test_who_names_a_topic_or_an_age_is_never_served_later_than_the_same_caller_without(
    plan: Policy, caller: Need, shift: list[Happening], place: int
) -> None:
    plain = replace(caller, topic=None, age_group=None)
    named = replace(caller, topic="family", age_group=caller.age_group)

    without = served_at(plan, plain, shift, min(place, len(shift)))
    with_it = served_at(plan, named, shift, min(place, len(shift)))

    assert with_it <= without


def test_who_names_a_topic_is_served_before_who_came_later_and_names_none() -> None:
    speaks = Signature(Skills.of({"cmn": 5}, lines=["youth"]))
    engine = Engine()
    named = Need(line="youth", language="cmn", topic="family")
    engine.call_arrives("named", DEFAULT_POLICY.plan_for(named), 0.0)
    engine.call_arrives("plain", DEFAULT_POLICY.plan_for(replace(named, topic=None)), 10.0)

    (decision,) = engine.counselor_ready("li", speaks, 20.0)

    assert decision.call == "named"
