"""No table that is told lets anybody compute a number that is kept back."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.visits.counting import SMALLEST_TOLD, Cell, CountTable, told_counts

ROWS, COLUMNS = ("a", "b", "c"), ("red", "yellow", "green")
NUMBERS = st.one_of(st.integers(0, 6), st.sampled_from([0, 1, 1, 2, 4, 5, 12]))


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Cell, int], tuple[str, ...], tuple[str, ...]]:
    rows, columns = ROWS[: draw(st.integers(1, 3))], COLUMNS[: draw(st.integers(1, 3))]
    return {cell: draw(NUMBERS) for cell in product(rows, columns)}, rows, columns


def others(told: CountTable, true: Mapping[Cell, int]) -> Iterator[dict[Cell, int]]:
    """Every table that fits what is told, near the true one: rings change by one."""
    hidden = [cell for cell, value in told.cells.items() if value is None]
    near = [[n for n in (true[one] - 1, true[one], true[one] + 1) if n >= 1] for one in hidden]
    for values in product(*near):
        guess = {**true, **dict(zip(hidden, values, strict=True))}
        if fits(told, guess):
            yield guess


def fits(told: CountTable, guess: Mapping[Cell, int]) -> bool:
    return (
        all(value in (None, row_sum(guess, row)) for row, value in told.row_totals.items())
        and all(value in (None, column_sum(guess, c)) for c, value in told.column_totals.items())
        and told.total in (None, sum(guess.values()))
    )


def row_sum(table: Mapping[Cell, int], row: str) -> int:
    return sum(value for (one, _), value in table.items() if one == row)


def column_sum(table: Mapping[Cell, int], column: str) -> int:
    return sum(value for (_, one), value in table.items() if one == column)


@settings(max_examples=120, deadline=None)
@given(tables())
def test_whatever_is_counted_nothing_that_is_kept_back_can_be_computed(
    made: tuple[dict[Cell, int], tuple[str, ...], tuple[str, ...]],
) -> None:
    true, rows, columns = made

    told = told_counts(true, rows, columns)

    fitting = list(others(told, true))
    for cell, value in told.cells.items():
        if value is None:
            assert len({one[cell] for one in fitting}) > 1, cell
    for row, total in told.row_totals.items():
        if total is None and 0 < row_sum(true, row) < SMALLEST_TOLD:
            assert len({row_sum(one, row) for one in fitting}) > 1, row
    for column, total in told.column_totals.items():
        if total is None and 0 < column_sum(true, column) < SMALLEST_TOLD:
            assert len({column_sum(one, column) for one in fitting}) > 1, column


@settings(max_examples=120, deadline=None)
@given(tables())
def test_what_is_told_is_true_and_never_small(
    made: tuple[dict[Cell, int], tuple[str, ...], tuple[str, ...]],
) -> None:
    true, rows, columns = made

    told = told_counts(true, rows, columns)

    shown = [value for value in told.cells.values() if value is not None]
    shown += [one for one in (*told.row_totals.values(), *told.column_totals.values()) if one]
    shown += [told.total] if told.total else []
    assert all(value == 0 or value >= SMALLEST_TOLD for value in shown)
    assert all(value in (None, true[cell]) for cell, value in told.cells.items())
    assert fits(told, true)


def test_large_numbers_are_all_told() -> None:
    told = told_counts(dict.fromkeys(product(ROWS, COLUMNS), 7), ROWS, COLUMNS)

    assert set(told.cells.values()) == {7}
    assert (set(told.row_totals.values()), told.total) == ({21}, 63)


@pytest.mark.parametrize("value", [1, 4])
def test_one_small_cell_takes_others_with_it(value: int) -> None:
    true = {**dict.fromkeys(product(ROWS, COLUMNS), 9), ("a", "red"): value}

    told = told_counts(true, ROWS, COLUMNS)

    hidden = {cell for cell, number in told.cells.items() if number is None}
    assert ("a", "red") in hidden
    assert len(hidden) == 4
    assert None not in told.row_totals.values()


def test_a_single_child_in_a_whole_province_is_told_to_nobody() -> None:
    told = told_counts({("a", "red"): 1}, ROWS, COLUMNS)

    assert (told.cells["a", "red"], told.row_totals["a"], told.column_totals["red"]) == (None,) * 3
    assert told.total is None


def test_an_empty_table_says_so() -> None:
    told = told_counts({}, ROWS, COLUMNS)

    assert (told.total, set(told.cells.values())) == (0, {0})
