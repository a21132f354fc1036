"""Plans that could pass over somebody are refused; so are those that ring nobody."""

import pytest

from routing.engine import Plan, Requirement, Stage, Urgency
from tests.routing.engine.people import ANYONE, crisis, routine

KNOWS_LI = Stage("same_counselor", Requirement(counselor="li"))


def refused(*stages: Stage, ring: int = 1) -> str:
    with pytest.raises(ValueError, match="night: ") as fault:
        Plan("night", Urgency.ROUTINE, stages, ring=ring)
    return str(fault.value)


def test_a_plan_that_rings_no_phone_is_refused() -> None:
    assert "rings nobody" in refused(ANYONE, ring=0)


def test_a_plan_without_stages_is_refused() -> None:
    assert "no stage for everybody" in refused()


def test_a_plan_for_one_counselor_alone_is_refused() -> None:
    assert "no stage for everybody" in refused(KNOWS_LI)


def test_a_stage_that_opens_before_the_caller_came_is_refused() -> None:
    assert "no stage for everybody" in refused(Stage("early", Requirement(), after_s=-1.0))


def test_a_counselor_named_after_the_first_stage_is_refused() -> None:
    assert "only the first stage may name a counselor" in refused(ANYONE, KNOWS_LI)


def test_two_stages_of_one_name_are_refused() -> None:
    assert "two stages have one name" in refused(ANYONE, ANYONE)


def test_a_stage_that_opens_before_the_one_above_is_refused() -> None:
    late = Stage("late", Requirement(), after_s=9.0)

    assert "anyone belongs before late" in refused(late, ANYONE)


def test_a_stage_that_prefers_more_than_the_one_above_is_refused() -> None:
    preferred = Stage("preferred", Requirement(), bonus_s=5.0)

    assert "preferred belongs before anyone" in refused(ANYONE, preferred)


def test_a_hard_stage_that_names_a_counselor_is_refused() -> None:
    late = Stage("late", Requirement(counselor="li"), after_s=5.0)
    later = Stage("later", Requirement(), after_s=5.0)

    assert "a stage that names a counselor is soft" in refused(late, later)


def test_callers_who_know_different_counselors_share_the_rest_of_a_plan() -> None:
    knows_chen = Stage("same_counselor", Requirement(counselor="chen"))

    assert routine(KNOWS_LI, ANYONE).serves_as(routine(knows_chen, ANYONE))
    assert routine(KNOWS_LI, ANYONE).serves_as(routine(ANYONE))


def test_a_crisis_plan_ranks_before_a_routine_plan() -> None:
    assert crisis().rank < routine().rank


def test_plans_of_one_name_and_other_stages_are_kept_apart() -> None:
    wider = routine(ANYONE, Stage("wider", Requirement()))

    assert len({routine(), routine(), wider}) == 2
