"""Who may see or do what, cell by cell, and how a refusal looks."""

import pytest

from hotline.errors import Forbidden, NotFound
from hotline.staff.model import Role
from hotline.staff.permissions import (
    Permission,
    Relation,
    lines_around,
    may,
    may_anywhere,
    require,
    through,
)

# One row a permission, one column a role with a relation to the thing; written by hand.
EXPECTED = """
counselor:own counselor:part counselor:offered counselor:line supervisor:line \
officer:station counselor:owed counselor:message admin:line admin:own \
counselor:approved officer:above officer:lead
see_call           yes   yes   yes   -     yes   -     -     yes   -     -     yes   -     -
act_in_call        yes   -     -     -     yes   -     -     -     -     -     -     -     -
raise_flag         yes   yes   yes   -     yes   -     -     -     -     -     -     -     -
read_record        yes   yes   -     -     yes   -     -     -     -     -     yes   -     -
write_record       yes   yes   -     -     yes   -     -     -     -     -     -     -     -
find_record        -     -     -     yes   yes   -     -     -     -     -     -     -     -
approve_reading    -     -     -     -     yes   -     -     -     -     -     -     -     -
lower_risk         -     -     -     -     yes   -     -     -     -     -     -     -     -
hear_recording     yes   -     -     -     yes   -     -     yes   -     -     -     -     -
see_escalation     yes   -     -     yes   yes   yes   -     -     -     -     -     -     -
read_story         -     -     -     -     yes   yes   -     -     -     -     -     -     -
answer_escalation  -     -     -     -     yes   yes   -     -     -     -     -     -     -
oversee_escalation -     -     -     -     yes   -     -     -     -     -     -     -     -
note_escalation    yes   -     -     -     yes   yes   -     -     -     -     -     -     -
direct_escalation  -     -     -     -     yes   -     -     -     -     -     -     -     -
export_escalation  -     -     -     -     yes   -     -     -     yes   -     -     -     -
see_floor          -     -     -     yes   yes   -     -     -     -     -     -     -     -
watch_floor        -     -     -     -     yes   -     -     -     -     -     -     -     -
direct_floor       -     -     -     -     yes   -     -     -     -     -     -     -     -
take_calls         yes   -     -     -     -     -     -     -     -     -     -     -     -
speak_in_talks     yes   -     -     -     yes   -     -     -     -     -     -     -     -
give_turn          yes   -     -     -     yes   -     -     -     -     -     -     -     -
debrief            yes   -     -     -     yes   -     -     -     -     -     -     -     -
listen_in          -     -     -     -     yes   -     -     -     -     -     -     -     -
call_back          yes   yes   -     -     yes   -     yes   yes   -     -     -     -     -
decide_follow_up   -     -     -     -     yes   -     -     -     -     -     -     -     -
open_number        yes   -     -     -     yes   -     -     -     -     -     -     -     -
set_up             -     -     -     -     -     -     -     -     -     yes   -     -     -
see_incidents      -     -     -     -     yes   -     -     -     -     yes   -     -     -
keep_prompts       -     -     -     -     -     -     -     -     yes   -     -     -     -
see_case           yes   -     -     -     yes   yes   -     -     -     -     -     yes   -
read_case          yes   -     -     -     yes   yes   -     -     -     -     -     -     -
add_to_case        yes   -     -     -     yes   yes   -     -     -     -     -     -     -
work_case          -     -     -     -     yes   yes   -     -     -     -     -     -     -
confirm_colour     -     -     -     -     -     yes   -     -     -     -     -     -     -
loosen_visits      -     -     -     -     yes   -     -     -     -     -     -     -     yes
merge_case         -     -     -     -     yes   yes   -     -     -     -     -     -     -
close_case         -     -     -     -     yes   yes   -     -     -     -     -     -     -
export_case        -     -     -     -     yes   -     -     -     -     -     -     -     -
count_cases        -     -     -     -     yes   yes   -     -     yes   -     -     yes   -
make_report        yes   -     -     -     yes   -     -     -     -     -     -     -     -
waive_report       -     -     -     -     yes   -     -     -     -     -     -     -     -
release_reporter   -     -     -     -     yes   -     -     -     -     -     -     -     -
answer_referral    -     -     -     -     -     yes   -     -     -     -     -     -     -
plan_roster        -     -     -     -     yes   -     -     -     -     -     -     -     -
read_reports       -     -     -     -     yes   -     -     -     yes   -     -     -     -
keep_rights        -     -     -     -     yes   -     -     -     -     -     -     -     -
keep_quality       -     -     -     -     yes   -     -     -     -     -     -     -     -
"""
HEADER, *ROWS = [row.split() for row in EXPECTED.strip().splitlines()]
GRANTED = {
    (*column.split(":"), row[0])
    for row in ROWS
    for column, cell in zip(HEADER, row[1:], strict=True)
    if cell == "yes"
} | {("officer", "lead", "loosen_visits")}  # all that the head of a station may beyond the others
EVERY = [(role, way, wanted) for role in Role for way in Relation for wanted in Permission]


def test_the_expected_table_names_every_permission() -> None:
    assert [row[0] for row in ROWS] == list(Permission)


@pytest.mark.parametrize(("role", "relation", "wanted"), EVERY)
def test_each_role_in_each_relation(role: Role, relation: Relation, wanted: Permission) -> None:
    assert may([role], [relation], wanted) == ((role, relation, wanted) in GRANTED)


@pytest.mark.parametrize("wanted", Permission)
def test_without_any_relation_nothing_is_anybodys(wanted: Permission) -> None:
    assert not may(list(Role), [], wanted)


def test_two_roles_are_the_sum_of_both() -> None:
    both = [Role.COUNSELOR, Role.SUPERVISOR]

    assert may(both, [Relation.OWN], Permission.ACT_IN_CALL)
    assert may(both, [Relation.LINE], Permission.READ_STORY)


def test_a_list_is_made_of_the_relations_that_grant() -> None:
    assert through([Role.COUNSELOR], Permission.SEE_ESCALATION) == {Relation.OWN, Relation.LINE}
    assert through([Role.OFFICER], Permission.SEE_ESCALATION) == {Relation.STATION}
    assert through([Role.ADMIN], Permission.SEE_ESCALATION) == frozenset()


def test_a_gate_lets_in_whoever_may_do_it_to_anything() -> None:
    assert may_anywhere([Role.SUPERVISOR], Permission.WATCH_FLOOR)
    assert not may_anywhere([Role.COUNSELOR], Permission.WATCH_FLOOR)
    assert not may_anywhere([Role.ADMIN], Permission.SEE_CALL)


def test_beside_a_call_one_is_told_of_ones_lines_and_of_the_calls_own() -> None:
    assert lines_around(["youth", "legal"], "youth") == {"youth", "legal"}
    assert lines_around(["legal"], "youth") == {"youth", "legal"}
    assert lines_around([], "youth") == {"youth"}


def test_what_is_none_of_ones_business_does_not_exist() -> None:
    with pytest.raises(NotFound):
        require([Role.COUNSELOR], [Relation.LINE], Permission.ACT_IN_CALL,
                to_know=Permission.SEE_CALL)  # fmt: skip


def test_what_one_sees_but_may_not_do_is_forbidden() -> None:
    with pytest.raises(Forbidden):
        require([Role.COUNSELOR], [Relation.OFFERED], Permission.ACT_IN_CALL,
                to_know=Permission.SEE_CALL)  # fmt: skip
