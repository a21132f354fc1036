"""A plan file is refused with every fault it has, each with the path to it."""

import math
from typing import Any

import pytest

from routing.care import Care
from routing.policy import DEFAULT_POLICY, PolicyError, read_policy
from tests.routing.policy.people import ANYONE, ON_LINE, document, routine


def refused(plan: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as fault:
        read_policy(plan)
    return [(".".join(map(str, one.where)), one.message) for one in fault.value.problems]


def test_a_plan_says_no_more_than_its_ladders_and_the_rest_is_the_default() -> None:
    policy = read_policy(document())

    assert policy == DEFAULT_POLICY
    assert (policy.ring_s, policy.set_aside_s, policy.care) == (20.0, 30.0, Care())


def test_every_number_of_a_plan_can_be_set() -> None:
    care = {
        "protected_s": 60,
        "rest_after_crisis_s": 1200,
        "crisis_in_a_row": 1,
        "break_every_s": 5400,
        "break_s": 900,
    }

    policy = read_policy(
        document(ring_s=25, set_aside_s=45, care=care, wishes={"same_counselor_hold_s": 10})
    )

    assert (policy.ring_s, policy.set_aside_s, policy.same_counselor_hold_s) == (25.0, 45.0, 10.0)
    assert policy.care == Care(
        protected_s=60.0,
        rest_after_crisis_s=1200.0,
        crisis_in_a_row=1,
        break_every_s=5400.0,
        break_s=900.0,
    )


@pytest.mark.parametrize(
    ("plan", "where", "says"),
    [
        (document(rings_s=20), "rings_s", "rings_s is not known here: one of common_language"),
        (document(care={"rest_s": 9}), "care.rest_s", "rest_s is not known here"),
        (document(wishes={"gender": "f"}), "wishes.gender", "gender is not known here"),
        (document(care=900), "care", "here must stand `name: value` pairs"),
        (document(common_language=7), "common_language", "common_language must be a word"),
        (document(ring_s=200), "ring_s", "ring_s must be from 5 to 60"),
        (document(ring_s="long"), "ring_s", "ring_s must be a number"),
        (document(ring_s=True), "ring_s", "ring_s must be a number"),
        (document(ring_s=math.nan), "ring_s", "ring_s must be from 5 to 60"),
        (
            document(care={"crisis_in_a_row": math.inf}),
            "care.crisis_in_a_row",
            "crisis_in_a_row must be from 1 to 1000",
        ),
        (
            document(care={"crisis_in_a_row": 1.5}),
            "care.crisis_in_a_row",
            "crisis_in_a_row must be a whole number",
        ),
        (
            document(care={"break_every_s": math.inf}),
            "care.break_every_s",
            "break_every_s must be from 600 to 86400",
        ),
        (document(crisis={"ring": 3}), "crisis", "there must be a list of stages"),
        (document(crisis={"stages": []}), "crisis", "there must be a list of stages"),
        (
            document(crisis={"ring": 0, "stages": [ANYONE]}),
            "crisis.ring",
            "ring must be from 1 to 10",
        ),
        (
            document(topics={"violence": {"stages": ["topic"]}}),
            "topics.violence.stages.0",
            "here must stand `name: value` pairs",
        ),
        (
            routine({**ON_LINE, "certified": "yes"}),
            "routine.stages.0.certified",
            "certified must be true or false",
        ),
        (
            routine({**ON_LINE, "language": "mine"}),
            "routine.stages.0.language",
            "language must be one of own, spoken, any",
        ),
        (
            routine({**ON_LINE, "topic_level": 6}, ON_LINE),
            "routine.stages.0.topic_level",
            "topic_level must be from 1 to 5",
        ),
        (
            routine({"after_s": 30}),
            "routine.stages.0.name",
            "a stage needs a name of its own",
        ),
        (
            routine({"name": "same_counselor"}),
            "routine.stages.0.name",
            "a stage needs a name of its own",
        ),
        (
            routine(ON_LINE, ON_LINE),
            "routine.stages.1",
            "anyone_on_line stands here a second time",
        ),
        (
            routine(ON_LINE, {"name": "late", "after_s": 10}),
            "routine.stages.1.after_s",
            "late opens before anyone_on_line",
        ),
        (
            routine({"name": "first"}, {**ON_LINE, "bonus_s": 60}),
            "routine.stages.1.bonus_s",
            "anyone_on_line prefers more than first",
        ),
        (
            routine({"name": "topic", "topic_level": 1}),
            "routine.stages.0",
            "topic is only for callers whose topic or age is known: end with a stage",
        ),
        (
            routine({"name": "their_age", "age_group": "own"}),
            "routine.stages.0",
            "their_age is only for callers whose topic or age is known: end with a stage",
        ),
    ],
)
def test_a_fault_is_told_with_its_path(plan: dict[str, Any], where: str, says: str) -> None:
    told = refused(plan)

    assert [place for place, message in told if message.startswith(says)] == [where]


def test_all_faults_are_told_at_once_and_each_once() -> None:
    told = refused({"routine": 5, "crisis": {"ring": 99, "stages": [ANYONE]}, "ring_s": 0})

    assert sorted(place for place, _ in told) == ["crisis.ring", "ring_s", "routine", "routine"]
    assert len(set(told)) == len(told)


def test_a_refusal_says_what_is_wrong_where_only_its_text_is_seen() -> None:
    with pytest.raises(PolicyError, match="ring_s must be a number"):
        read_policy(document(ring_s=None, routine={"stages": [ON_LINE]}))
