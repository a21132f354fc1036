"""What the linter says of language, age and topic: whom a caller reaches, and after how long."""

from typing import Any

import pytest

from routing.policy.lint import Severity
from tests.routing.policy.people import ANYONE, ON_LINE, policy, staffed_by
from tests.routing.policy.test_lint import BEGINNER, found, routine_of

FAULT, WARNING = Severity.FAULT, Severity.WARNING


def test_that_nobody_is_trained_for_an_age_is_a_warning_since_the_other_stages_serve() -> None:
    plan = routine_of({"name": "age", "language": "own", "age_group": "own"}, ON_LINE)

    told = [one for one in found(plan, staffed_by(BEGINNER)) if one[1].startswith("routine")]

    assert told == [
        (
            WARNING,
            "routine.stages.0.age_group",
            "age: nobody on the roster is trained for an age group. Write `ages` into their"
            " skills, or take the stage out.",
        )
    ]


@pytest.mark.parametrize("asks", [{}, {"certified": True}, {"topic_level": 1}, {"line": "any"}])
def test_a_stage_that_asks_for_no_language_and_calls_no_interpreter_is_refused(
    asks: dict[str, Any],
) -> None:
    told = "first also takes who has no language in common with the caller. Write"
    alone = {"name": "first", **asks}

    without = found(routine_of(alone, {**ON_LINE, "line": "any"}))
    with_one = found(routine_of({**alone, "interpreter": True}, {**ON_LINE, "line": "any"}))
    in_danger = found(policy(crisis={"stages": [alone, ANYONE]}))

    says = f"{told} `interpreter: true`, or `language: spoken`."
    assert (FAULT, "routine.stages.0.interpreter", says) in without
    assert (FAULT, "crisis.stages.0.interpreter", says) in in_danger
    assert says not in [one[2] for one in with_one]


def test_a_topic_whose_callers_wait_longer_than_who_names_none_is_a_warning() -> None:
    first = {"name": "topic", "language": "own", "topic_level": 1, "bonus_s": 60}
    rest = {"name": "language", "language": "spoken", "after_s": 20}

    assert found(policy(topics={"family": {"stages": [first, rest, ON_LINE]}})) == [
        (
            WARNING,
            "topics.family",
            "who names family may wait 60 s longer than who names no topic. Where that is not"
            " meant, let its stages open as early and prefer as much.",
        )
    ]
