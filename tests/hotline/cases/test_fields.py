"""What of a case is shown to whom: every role in every relation, field by field."""

from itertools import product

import pytest

from hotline.cases.fields import EXPORTED, TABLE, Field, HowMuch, field_of, what_is_shown
from hotline.cases.model import PersonRole
from hotline.staff.model import Role
from hotline.staff.permissions import Permission, Relation, may

# s: shown, m: masked, -: not there
SHOWN = """
                     head colour place plan identity people numbers reporter story
counselor own        s    s      s     s    s        s      m       s        s
supervisor line      s    s      s     s    s        s      m       s        s
officer station      s    s      s     s    s        s      m       -        s
officer above        s    s      s     m    -        -      -       -        -
"""
LETTERS = {"s": HowMuch.SHOWN, "m": HowMuch.MASKED, "-": HowMuch.ABSENT}


def table() -> dict[tuple[str, str], dict[Field, HowMuch]]:
    header, *rows = [line.split() for line in SHOWN.strip().splitlines()]
    return {
        (role, way): {Field(name): LETTERS[cell] for name, cell in zip(header, cells, strict=True)}
        for role, way, *cells in rows
    }


@pytest.mark.parametrize(("role", "way"), [*product(Role, Relation)])
def test_each_cell_is_what_is_written_here(role: Role, way: Relation) -> None:
    nothing = dict.fromkeys(Field, HowMuch.ABSENT)

    assert what_is_shown([role], [way]) == table().get((role.value, way.value), nothing)


def test_whoever_sees_a_field_sees_that_the_case_is_there() -> None:
    assert {pair for pair in TABLE if not may([pair[0]], [pair[1]], Permission.SEE_CASE)} == set()
    read = {pair for pair, rules in TABLE.items() if rules.get(Field.STORY)}
    assert {pair for pair in read if not may([pair[0]], [pair[1]], Permission.READ_CASE)} == set()


def test_no_number_is_ever_shown_in_full() -> None:
    everything = what_is_shown(Role, Relation)

    assert everything[Field.NUMBERS] is HowMuch.MASKED
    assert everything[Field.REPORTER] is HowMuch.SHOWN


def test_a_file_that_leaves_the_house_names_nobody() -> None:
    nobodys = {Field.IDENTITY, Field.PEOPLE, Field.NUMBERS, Field.REPORTER, Field.PLAN}

    assert set(EXPORTED).isdisjoint(nobodys)


def test_each_person_of_a_case_is_a_field() -> None:
    assert {role: field_of(role) for role in PersonRole} == {
        PersonRole.AT_RISK: Field.IDENTITY,
        PersonRole.GUARDIAN: Field.PEOPLE,
        PersonRole.RELATIVE: Field.PEOPLE,
        PersonRole.REPORTER: Field.REPORTER,
        PersonRole.HELPER: Field.PEOPLE,
        PersonRole.OTHER: Field.PEOPLE,
    }
