"""What an event costs does not grow with those it has nothing to do with.

Counted in calls of functions, Python's own included: a count is the same on every machine.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from random import Random
from types import FrameType

import pytest

from routing.engine import Engine, Requirement, Signature, Skills, Stage
from routing.engine.eligibility import Eligibility
from routing.policy import DEFAULT_POLICY, Need
from tests.routing.engine.people import ANYONE, JUST_ENDED, READY, crisis, offers, routine
from tests.routing.engine.random_shift import random_requirement, random_signature

FEW, MANY = 20, 400


def calls_of(event: Callable[[], object]) -> int:
    """How many functions are called and generators woken."""
    seen = 0

    def count(_frame: FrameType, what: str, _told: object) -> None:
        nonlocal seen
        seen += what in {"call", "c_call"}

    sys.setprofile(count)
    try:
        event()
    finally:
        sys.setprofile(None)
    return seen


def nobodys(number: int) -> Signature:
    """Somebody of a kind of their own, with a language that no caller of these tests speaks."""
    return Signature(Skills.of({f"language-{number}": 3}, lines=["other"], topics={"law": 3}))


def floor_of(kinds: int) -> Engine:
    """So many kinds of counselors are idle, none of whom is asked for."""
    floor = Engine()
    for number in range(kinds):
        floor.counselor_ready(f"counselor-{number}", nobodys(number), 0.0)
    return floor


def new_plan(kinds: int) -> int:
    """A call arrives with needs never met before."""
    floor = floor_of(kinds)
    plan = routine(Stage("family", Requirement(line="youth", topic="family")))
    return calls_of(lambda: floor.call_arrives("a", plan, 1.0))


def last_of_many(kinds: int) -> int:
    """Who is idle shortest is the only one, but for a few, whom a call may be offered to."""
    floor = floor_of(kinds)
    able = kinds // 2
    for number in range(able):
        skills = Skills.of({f"language-{number}": 3}, lines=["youth"])
        floor.counselor_ready(f"able-{number}", Signature(skills), 1.0)
    plan = routine(Stage("line", Requirement(line="youth")))
    floor.call_arrives("known", plan, 2.0)
    return calls_of(lambda: floor.call_arrives("a", plan, 2.0))


def first_of_a_kind(plans: int) -> int:
    """Somebody of a kind never seen becomes ready, and many needs are known."""
    floor = Engine()
    for number in range(plans):
        stage = Stage("topic", Requirement(topic=f"topic-{number}"))
        floor.call_arrives(f"call-{number}", routine(stage, name=f"plan-{number}"), 0.0)
    return calls_of(lambda: floor.counselor_ready("li", READY, 1.0))


def whom_many_know(callers: int) -> int:
    """All in line know one counselor, and she becomes ready."""
    floor = Engine()
    wish = routine(Stage("known", Requirement(counselor="li")), ANYONE)
    for number in range(callers):
        floor.call_arrives(f"call-{number}", wish, 0.0)
    return calls_of(lambda: floor.counselor_ready("li", READY, 1.0))


def known_in_many_plans(plans: int) -> int:
    """The same where the plans of all differ, though not in whom they know."""
    floor = Engine()
    known = Stage("known", Requirement(counselor="li"))
    for number in range(plans):
        floor.call_arrives(f"call-{number}", routine(known, ANYONE, name=f"plan-{number}"), 0.0)
    return calls_of(lambda: floor.counselor_ready("li", READY, 1.0))


def many_stages(stages: int) -> int:
    """The first of many stages has somebody for a caller."""
    floor = Engine()
    ladder = [Stage(f"stage-{n}", Requirement(topic_level=n + 1)) for n in range(stages)]
    plan = routine(*ladder)
    for number in range(2):
        floor.counselor_ready(f"counselor-{number}", READY, 0.0)
    floor.call_arrives("known", plan, 1.0)
    return calls_of(lambda: floor.call_arrives("a", plan, 1.0))


@pytest.mark.parametrize(
    "cost",
    [
        new_plan,
        last_of_many,
        first_of_a_kind,
        whom_many_know,
        known_in_many_plans,
        many_stages,
    ],
)
def test_an_event_costs_no_more_where_there_are_many_it_has_nothing_to_do_with(
    cost: Callable[[int], int],
) -> None:
    assert cost(MANY) <= cost(FEW) + 10


def test_plans_of_a_policy_share_the_stages_they_have_alike() -> None:
    family, school = (
        DEFAULT_POLICY.plan_for(Need(line="youth", language="cmn", topic=topic))
        for topic in ("family", "school")
    )

    alike = set(map(id, family.stages)) & set(map(id, school.stages))

    assert len(alike) == sum(one in school.stages for one in family.stages) > 0


def test_whom_many_know_takes_the_one_who_waits_longest() -> None:
    floor = Engine()
    wish = routine(Stage("known", Requirement(counselor="li")), ANYONE)
    for number in (3, 1, 2):
        floor.call_arrives(f"call-{number}", wish, float(number))

    assert offers(floor.counselor_ready("li", READY, 9.0)) == [("call-1", "li", "known")]


def test_whom_two_in_danger_know_goes_to_the_one_whose_plan_reaches_her() -> None:
    floor = Engine()
    known = Stage("known", Requirement(counselor="li"))
    never = crisis(known, ANYONE, name="never")
    reaches = crisis(known, replace(ANYONE, protected=True), name="reaches")
    floor.call_arrives("first", never, 0.0)
    floor.call_arrives("second", reaches, 1.0)

    made = floor.counselor_ready("li", JUST_ENDED, 9.0)

    assert offers(made) == [("second", "li", "known")]


@pytest.mark.parametrize("seed", range(20))
def test_facts_say_of_every_requirement_and_everybody_what_a_comparison_says(seed: int) -> None:
    chance, known = Random(seed), Eligibility()  # noqa: S311 – no secret
    needs = [random_requirement(chance, asks=chance.random()) for _ in range(40)]
    people = [random_signature(chance) for _ in range(40)]
    for n, (need, person) in enumerate(zip(needs, people, strict=True)):  # met in turn, never all
        known.signature(person)
        known.queue(routine(Stage("only", need), name=f"plan-{n}"))

        for at in range(n + 1):
            queue = known.queue(routine(Stage("only", needs[at]), name=f"plan-{at}"))
            asked = queue.tries[0][1]
            fits = known.fitting(asked) >> known.signature(person) & 1
            assert fits == (needs[at].unmet(person.skills) is None)
            met = known.met(known.signature(people[at]))
            assert bool(met & asked.bit) == (needs[at].unmet(people[at].skills) is None)
