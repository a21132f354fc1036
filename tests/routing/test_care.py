"""What keeps counselors well: rest, breaks, the protected wrap-up, crisis calls in a row."""

import math
from dataclasses import replace

import pytest

from routing.care import (
    Care,
    Relief,
    Strain,
    protected_until,
    relief_due,
    signature,
    strictest,
)
from routing.engine import Engine, Flag, Plan, Requirement, Signature, Skills, Stage, Urgency

CARE = Care(
    protected_s=30.0,
    rest_after_crisis_s=600.0,
    crisis_in_a_row=2,
    break_every_s=3600.0,
    break_s=300.0,
)
CERTIFIED = Skills.of(
    {"cmn": 5}, lines=["youth"], topics={"family": 3}, certified=True, gender="f", ages=["teen"]
)
FRESH = Strain(working_since=0.0)
CRISIS = Plan(
    "crisis",
    Urgency.CRISIS,
    (
        Stage("certified", Requirement(certified=True), after_s=0.0),
        Stage("anyone", Requirement(), after_s=20.0),
    ),
    ring=2,
)


def test_a_crisis_call_counts_and_its_end_is_kept() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0)

    assert strain == Strain(working_since=0.0, crisis_in_a_row=1, crisis_ended_at=100.0)


def test_a_second_crisis_call_counts_on_and_its_end_replaces_the_first() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0).after_talk(crisis=True, now=900.0)

    assert strain == Strain(working_since=0.0, crisis_in_a_row=2, crisis_ended_at=900.0)


def test_a_routine_call_ends_the_row_of_crisis_calls_but_is_no_break() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0).after_talk(crisis=False, now=900.0)

    assert strain == Strain(working_since=0.0)


def test_a_rest_counts_as_a_break_but_not_as_the_end_of_the_row() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0).after_rest(now=700.0)

    assert strain == Strain(working_since=700.0, crisis_in_a_row=1)


def test_a_crisis_call_after_a_rest_is_the_second_in_a_row() -> None:
    rested = FRESH.after_talk(crisis=True, now=100.0).after_rest(now=700.0)

    strain = rested.after_talk(crisis=True, now=1000.0)

    assert strain == Strain(working_since=700.0, crisis_in_a_row=2, crisis_ended_at=1000.0)


def test_after_a_break_a_counselor_begins_anew() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0).after_break(now=1000.0)

    assert strain == Strain(working_since=1000.0)


def test_nothing_keeps_a_fresh_counselor_from_calls() -> None:
    assert relief_due(CARE, FRESH, 0.0) is None


def test_after_a_routine_call_a_counselor_does_not_rest() -> None:
    strain = FRESH.after_talk(crisis=False, now=100.0)

    assert relief_due(CARE, strain, 100.0) is None


@pytest.mark.parametrize("now", [100.0, 400.0, 699.0])
def test_after_a_crisis_call_a_counselor_rests(now: float) -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0)

    assert relief_due(CARE, strain, now) == (Relief.REST, 700.0)


@pytest.mark.parametrize("now", [700.0, 701.0])
def test_a_rest_is_over_when_its_time_is_up(now: float) -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0)

    assert relief_due(CARE, strain, now) is None


def test_where_no_rest_is_given_a_crisis_call_keeps_nobody_from_calls() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0)

    assert relief_due(replace(CARE, rest_after_crisis_s=0.0), strain, 100.0) is None


def test_a_break_is_not_due_a_second_too_early() -> None:
    assert relief_due(CARE, FRESH, 3599.0) is None


@pytest.mark.parametrize("now", [3600.0, 5000.0])
def test_who_worked_for_long_has_a_break_from_now_on(now: float) -> None:
    assert relief_due(CARE, FRESH, now) == (Relief.BREAK, now + 300.0)


def test_after_a_break_the_next_is_due_as_long_after() -> None:
    strain = FRESH.after_break(now=3900.0)

    assert relief_due(CARE, strain, 7499.0) is None
    assert relief_due(CARE, strain, 7500.0) == (Relief.BREAK, 7800.0)


def test_after_a_rest_the_next_break_is_as_far_off_as_after_a_break() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0).after_rest(now=700.0)

    assert relief_due(CARE, strain, 4299.0) is None
    assert relief_due(CARE, strain, 4300.0) == (Relief.BREAK, 4600.0)


def test_a_break_takes_the_place_of_a_rest_that_ends_before_it() -> None:
    strain = FRESH.after_talk(crisis=True, now=3200.0)

    assert relief_due(CARE, strain, 3600.0) == (Relief.BREAK, 3900.0)


def test_a_break_does_not_shorten_a_rest_that_ends_after_it() -> None:
    strain = FRESH.after_talk(crisis=True, now=3590.0)

    assert relief_due(CARE, strain, 3600.0) == (Relief.BREAK, 4190.0)


def test_a_break_that_is_not_ones_turn_keeps_nobody_from_calls_but_a_rest_does() -> None:
    rested = FRESH.after_talk(crisis=True, now=3500.0)

    assert relief_due(CARE, FRESH, 3600.0, may_leave=False) is None
    assert relief_due(CARE, rested, 3600.0, may_leave=False) == (Relief.REST, 4100.0)


def test_where_no_breaks_are_set_nobody_is_sent_to_one() -> None:
    care = replace(CARE, break_every_s=math.inf)

    assert relief_due(care, FRESH, 1e9) is None


def test_a_counselor_who_may_be_called_is_seen_with_all_their_skills() -> None:
    assert signature(CARE, FRESH, CERTIFIED) == Signature(CERTIFIED, Flag.READY)


def test_a_counselor_in_wrap_up_is_seen_in_wrap_up() -> None:
    assert signature(CARE, FRESH, CERTIFIED, Flag.WRAP_UP) == Signature(CERTIFIED, Flag.WRAP_UP)


def test_one_crisis_call_short_of_enough_leaves_the_certificate() -> None:
    strain = FRESH._replace(crisis_in_a_row=1)

    assert signature(CARE, strain, CERTIFIED).skills.certified


@pytest.mark.parametrize("in_a_row", [2, 3])
def test_enough_crisis_calls_in_a_row_take_the_certificate_and_nothing_else(in_a_row: int) -> None:
    strain = FRESH._replace(crisis_in_a_row=in_a_row)

    seen = signature(CARE, strain, CERTIFIED, Flag.WRAP_UP)

    assert seen == Signature(replace(CERTIFIED, certified=False), Flag.WRAP_UP)


def test_nobody_gains_a_certificate_by_taking_no_crisis_calls() -> None:
    uncertified = replace(CERTIFIED, certified=False)

    assert signature(CARE, FRESH, uncertified) == Signature(uncertified)


def test_a_routine_call_gives_the_certificate_back() -> None:
    strain = FRESH._replace(crisis_in_a_row=2).after_talk(crisis=False, now=100.0)

    assert signature(CARE, strain, CERTIFIED).skills.certified


def test_a_crisis_rings_the_fresh_counselor_and_not_the_one_who_had_enough() -> None:
    engine = Engine()
    spent = FRESH._replace(crisis_in_a_row=2)
    engine.counselor_ready("spent", signature(CARE, spent, CERTIFIED), now=0.0)
    engine.counselor_ready("fresh", signature(CARE, FRESH, CERTIFIED), now=1.0)

    offers = engine.call_arrives("a", CRISIS, now=2.0)

    assert [offer.counselor for offer in offers] == ["fresh"]


def test_a_crisis_still_reaches_who_had_enough_when_nobody_else_is_there() -> None:
    engine = Engine()
    spent = FRESH._replace(crisis_in_a_row=2)
    engine.counselor_ready("spent", signature(CARE, spent, CERTIFIED), now=0.0)

    at_once = engine.call_arrives("a", CRISIS, now=2.0)
    later = engine.tick(now=22.0)

    assert at_once == []
    assert [(offer.counselor, offer.stage) for offer in later] == [("spent", "anyone")]


def test_a_crisis_may_cut_a_wrap_up_short_once_its_protected_part_is_over() -> None:
    strain = FRESH.after_talk(crisis=False, now=100.0)

    assert protected_until(CARE, strain, talk_ended_at=100.0) == 130.0


def test_not_even_a_crisis_cuts_the_wrap_up_of_a_crisis_call_short() -> None:
    strain = FRESH.after_talk(crisis=True, now=100.0)

    assert protected_until(CARE, strain, talk_ended_at=100.0) is None


def test_who_works_under_one_care_is_protected_by_just_that() -> None:
    assert strictest([CARE]) == CARE


def test_who_works_under_several_is_protected_by_the_strictest_part_of_each() -> None:
    gentle = Care(
        protected_s=60.0,
        rest_after_crisis_s=300.0,
        crisis_in_a_row=1,
        break_every_s=math.inf,
        break_s=900.0,
        break_share=0.1,
    )
    both = Care(
        protected_s=60.0,
        rest_after_crisis_s=600.0,
        crisis_in_a_row=1,
        break_every_s=3600.0,
        break_s=900.0,
        break_share=0.1,
    )

    assert strictest([CARE, gentle]) == both
    assert strictest(iter([gentle, CARE])) == both


def test_who_works_under_none_is_protected_by_the_default() -> None:
    assert strictest([]) == Care()
