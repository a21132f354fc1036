"""What each kind of member may see: the whole table, and that it is only ever made less."""

import pytest

from hotline.errors import GroupRefused
from hotline.helpgroups.grounds import data_of
from hotline.helpgroups.rights import SEES, GroupField, MemberKind, may_see, narrowed

TABLE = """
                      called asked known place health visit tasks notes
school_counselor      x      x     x     .     .      x     x     x
class_teacher         x      x     .     .     .      x     x     x
school_social_worker  x      x     x     x     .      x     x     x
child_director        x      x     x     x     .      x     x     x
social_worker         x      x     x     x     .      x     x     x
womens_federation     x      x     x     .     .      x     x     x
youth_league          x      x     .     .     .      x     x     x
doctor                x      x     .     .     x      .     x     x
"""
HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [
    (kind, field, cell == "x")
    for kind, *cells in ROWS
    for field, cell in zip(HEADER, cells, strict=True)
]


def test_the_table_has_every_kind_and_every_field() -> None:
    assert {kind for kind, *_ in ROWS} == set(MemberKind)
    assert set(HEADER) == set(GroupField)


@pytest.mark.parametrize(("kind", "field", "sees"), CELLS)
def test_a_kind_sees_what_the_table_says(kind: str, field: str, sees: bool) -> None:  # noqa: FBT001 – a cell
    assert (GroupField(field) in may_see(kind, list(GroupField))) is sees


@pytest.mark.parametrize("kind", MemberKind)
def test_whoever_invites_can_take_away_and_never_add(kind: MemberKind) -> None:
    beyond = set(GroupField) - SEES[kind]

    assert narrowed(kind, SEES[kind], [GroupField.ASKED]) == ["asked"]
    assert narrowed(kind, ["asked"], []) == []
    for field in beyond:
        with pytest.raises(GroupRefused):
            narrowed(kind, list(GroupField), [field])
    with pytest.raises(GroupRefused):
        narrowed(kind, ["asked"], ["asked", "called"])


def test_a_word_that_is_no_field_shows_nothing() -> None:
    assert may_see("class_teacher", ["story", "address", "number"]) == frozenset()


def test_the_ledger_hears_of_health_and_whereabouts_where_they_are_shown() -> None:
    assert "health" in data_of(SEES[MemberKind.DOCTOR])
    assert "whereabouts" in data_of(SEES[MemberKind.CHILD_DIRECTOR])
    assert data_of(SEES[MemberKind.CLASS_TEACHER]) == {"identity", "plan"}
    assert data_of([GroupField.NOTES]) == frozenset()
