"""A plan file is refused with every fault it has, each with the path to it.

What pydantic finds has its own name of a fault here; the plain sentence for it is made where the
file is known (tests/hotline/configuration).
"""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from routing.care import Care
from routing.policy import DEFAULT_POLICY, read_policy
from tests.routing.policy.people import ANYONE, ON_LINE, document, routine


def refused(plan: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as fault:
        read_policy(plan)
    return [
        (".".join(map(str, one["loc"])), f"{one['type']}: {one['msg']}")
        for one in fault.value.errors()
    ]


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
        "break_share": 0.1,
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
        break_share=0.1,
    )


def test_a_heading_with_nothing_below_it_means_the_default() -> None:
    assert read_policy(document(care=None, wishes=None, topics=None)) == DEFAULT_POLICY


@pytest.mark.parametrize(
    ("plan", "where", "says"),
    [
        (document(rings_s=20), "rings_s", "extra_forbidden"),
        (document(care={"rest_s": 9}), "care.rest_s", "extra_forbidden"),
        (document(wishes={"gender": "f"}), "wishes.gender", "extra_forbidden"),
        (document(care=900), "care", "model_type"),
        (document(common_language=7), "common_language", "string_type"),
        (
            document(common_language="yue"),
            "common_language",
            "plan: `understands` says it for each language: take `common_language` out, and write"
            " `{yue: SHARE}` beside those whose speakers understand it.",
        ),
        (document(understands={"yue": "cmn"}), "understands.yue", "dict_type"),
        (document(understands={"yue": {"cmn": 95}}), "understands.yue.cmn", "less_than_equal"),
        (document(wishes={"gender_hold_s": 301}), "wishes.gender_hold_s", "less_than_equal"),
        (
            document(ring_s=200),
            "ring_s",
            "less_than_equal: Input should be less than or equal to 60",
        ),
        (document(ring_s="long"), "ring_s", "float_type"),
        (document(ring_s=None), "ring_s", "float_type"),
        (document(ring_s=True), "ring_s", "float_type"),
        (document(ring_s=math.nan), "ring_s", "finite_number"),
        (document(care={"crisis_in_a_row": math.inf}), "care.crisis_in_a_row", "int_type"),
        (document(care={"crisis_in_a_row": 1.5}), "care.crisis_in_a_row", "int_type"),
        (document(care={"break_every_s": math.inf}), "care.break_every_s", "finite_number"),
        (document(care={"break_every_s": 90_000}), "care.break_every_s", "less_than_equal"),
        (document(crisis={"ring": 3}), "crisis.stages", "missing"),
        (document(crisis={"stages": []}), "crisis.stages", "too_short"),
        (document(crisis={"ring": 0, "stages": [ANYONE]}), "crisis.ring", "greater_than_equal"),
        (
            document(topics={"violence": {"stages": ["topic"]}}),
            "topics.violence.stages.0",
            "model_type",
        ),
        (routine({**ON_LINE, "certified": "yes"}), "routine.stages.0.certified", "bool_type"),
        (
            routine({**ON_LINE, "language": "mine"}),
            "routine.stages.0.language",
            "enum: Input should be 'own', 'spoken' or 'any'",
        ),
        (routine({**ON_LINE, "line": "other"}), "routine.stages.0.line", "literal_error"),
        (
            routine({**ON_LINE, "topic_level": 6}, ON_LINE),
            "routine.stages.0.topic_level",
            "less_than_equal: Input should be less than or equal to 5",
        ),
        (routine({"after_s": 30}), "routine.stages.0.name", "missing"),
        (routine({"name": ""}), "routine.stages.0.name", "string_too_short"),
        (
            routine({"name": "same_counselor"}),
            "routine.stages.0.name",
            "plan: `same_counselor` is put before every ladder: give this stage a name of its own",
        ),
        (
            routine(ON_LINE, ON_LINE),
            "routine.stages.1",
            "plan: anyone_on_line stands here a second time",
        ),
        (
            routine(ON_LINE, {"name": "late", "after_s": 10}),
            "routine.stages.1.after_s",
            "plan: late opens before anyone_on_line",
        ),
        (
            routine({"name": "first"}, {**ON_LINE, "bonus_s": 60}),
            "routine.stages.1.bonus_s",
            "plan: anyone_on_line prefers more than first",
        ),
        (
            routine({"name": "topic", "topic_level": 1}),
            "routine.stages.0",
            "plan: topic is only for callers whose topic or age is known: end with a stage",
        ),
        (
            routine({"name": "their_age", "age_group": "own"}),
            "routine.stages.0",
            "plan: their_age is only for callers whose topic or age is known: end with a stage",
        ),
    ],
)
def test_a_fault_is_told_with_its_path(plan: dict[str, Any], where: str, says: str) -> None:
    told = refused(plan)

    assert [place for place, message in told if message.startswith(says)] == [where]


def test_all_faults_are_told_at_once_and_each_once() -> None:
    late = {"name": "anyone", "after_s": 10}
    stages = [ANYONE, late, {"name": "topic", "topic_level": 1}]

    told = refused({"routine": 5, "crisis": {"ring": 99, "stages": [ANYONE]},
                    "topics": {"law": {"stages": stages}}, "ring_s": 0})  # fmt: skip

    assert [place for place, _ in told] == [
        "ring_s",
        "routine",
        "crisis.ring",
        "topics.law.stages.1",
        "topics.law.stages.1.after_s",
        "topics.law.stages.2.after_s",
        "topics.law.stages.2",
    ]


def test_a_refusal_says_what_is_wrong_where_only_its_text_is_seen() -> None:
    with pytest.raises(ValidationError, match="ring_s\n  Input should be a valid number"):
        read_policy(document(ring_s=None, routine={"stages": [ON_LINE]}))
