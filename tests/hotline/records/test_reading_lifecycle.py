"""A request to read a record: every state × every event, and for how long it may be opened."""

from datetime import timedelta
from itertools import product

import pytest

from hotline.calls.readings import OPENS, ReadingState
from hotline.errors import IllegalMove, Invalid
from hotline.records.reading_model import ReadingEvent, after, is_minors, opened_for

# One row a state, one column an event; written by hand. -: refused.
EXPECTED = """
           grant    refuse   withdraw   uphold  object    end
asked      granted  refused  withdrawn  -       -         -
granted    -        -        -          -       -         ended
refused    -        -        -          -       -         -
withdrawn  -        -        -          -       -         -
taken      -        -        -          upheld  objected  -
upheld     -        -        -          -       -         ended
objected   -        -        -          -       -         -
ended      -        -        -          -       -         -
"""
HEADER, *ROWS = [row.split() for row in EXPECTED.strip().splitlines()]
CELLS = {(row[0], event): cell for row in ROWS for event, cell in zip(HEADER, row[1:], strict=True)}


def test_the_expected_table_names_every_state_and_event() -> None:
    assert [row[0] for row in ROWS] == list(ReadingState)
    assert list(ReadingEvent) == HEADER


@pytest.mark.parametrize(("state", "event"), list(product(ReadingState, ReadingEvent)))
def test_each_event_in_each_state(state: ReadingState, event: ReadingEvent) -> None:
    expected = CELLS[state, event]

    if expected == "-":
        with pytest.raises(IllegalMove):
            after(state, event)
    else:
        assert after(state, event) == expected


def test_a_record_is_open_only_by_a_yes_or_in_an_emergency_nobody_objected_to() -> None:
    assert set(OPENS) == {"granted", "taken", "upheld"}


@pytest.mark.parametrize(
    ("age_group", "minors"), [("child", True), ("teen", True), (None, True), ("adult", False)]
)
def test_whose_age_nobody_knows_is_protected_like_a_child(
    age_group: str | None, *, minors: bool
) -> None:
    assert is_minors(age_group) == minors


@pytest.mark.parametrize(
    ("age_group", "hours", "allowed"),
    [
        ("child", 1, True),
        ("child", 24, True),
        ("child", 25, False),
        (None, 24, True),
        (None, 25, False),
        ("adult", 25, True),
        ("adult", 168, True),
        ("adult", 169, False),
        ("adult", 0, False),
        (None, 0, False),
        (None, -1, False),
    ],
)
def test_a_minors_record_is_opened_for_a_day_at_most_and_an_adults_for_a_week(
    age_group: str | None, hours: int, *, allowed: bool
) -> None:
    if allowed:
        assert opened_for(hours, age_group=age_group) == timedelta(hours=hours)
    else:
        with pytest.raises(Invalid):
            opened_for(hours, age_group=age_group)
