"""Numbers for readers who may count cases and see none: nobody can be known by them. Pure.

A cell of one to four is not told. Nor is one that could be computed from what is told: the cells
that are kept back are looked at as unknowns, each row and column with a total as an equation, and
as long as one of them has only a single value left, one more number is kept back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SMALLEST_TOLD = 5
FREE = ("", "")  # where the totals that are not told give and take

Cell = tuple[str, str]
Node = tuple[str, str]
Edge = tuple[Node, Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """What is told; None: kept back. `cells` by row and column, and the totals of both."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int | None]
    row_totals: Mapping[str, int | None]
    column_totals: Mapping[str, int | None]
    total: int | None


@dataclass
class _Kept:
    """The true numbers, and which of them are kept back so far."""

    rows: Sequence[str]
    columns: Sequence[str]
    values: Mapping[Cell, int]
    cells: set[Cell]
    row_totals: set[str]
    column_totals: set[str]

    def value(self, cell: Cell) -> int:
        return self.values.get(cell, 0)

    def row_total(self, row: str) -> int:
        return sum(self.value((row, column)) for column in self.columns)

    def column_total(self, column: str) -> int:
        return sum(self.value((row, column)) for row in self.rows)


def told_counts(
    counted: Mapping[Cell, int], rows: Sequence[str], columns: Sequence[str]
) -> CountTable:
    """The table that can be told to anybody."""
    kept = _Kept(rows, columns, counted, set(), set(), set())
    kept.cells = {one for one in _all(kept) if _is_small(kept.value(one))}
    kept.row_totals = {row for row in rows if _is_small(kept.row_total(row))}
    kept.column_totals = {column for column in columns if _is_small(kept.column_total(column))}
    while known := list(_computable(kept)):
        _keep_one_more(kept, known)
    return _table(kept)


def _is_small(value: int) -> bool:
    return 0 < value < SMALLEST_TOLD


def _all(kept: _Kept) -> Iterator[Cell]:
    return ((row, column) for row in kept.rows for column in kept.columns)


# ── what could be computed ──────────────────────────────────────────────────────────────────────


def _computable(kept: _Kept) -> Iterator[Edge]:
    """What is kept back and has one value only that fits everything that is told.

    Another value fits where it lies on a ring of unknowns along which one can be added here and
    taken there. A cell that is kept back is known to be at least one: from a one nothing is taken.
    """
    arrows = _arrows(kept)
    small = [one for one in _unknowns(kept) if FREE not in one or _is_small(_total_of(kept, one))]
    for start, end in small:
        up = _leads(arrows, end, start, not_by=(start, end))
        if not up and not (
            start in arrows[end] and _leads(arrows, start, end, not_by=(start, end))
        ):
            yield start, end


def _total_of(kept: _Kept, edge: Edge) -> int:
    """Of the row or column whose total it is. One that only was taken along need not be secret."""
    [(kind, name)] = [node for node in edge if node != FREE]
    return kept.row_total(name) if kind == "row" else kept.column_total(name)


def _unknowns(kept: _Kept) -> Iterator[Edge]:
    """As rings go: from a row to a column, to a row from where totals give and take."""
    yield from sorted((("row", row), ("column", column)) for row, column in kept.cells)
    yield from sorted((FREE, ("row", row)) for row in kept.row_totals)
    yield from sorted((("column", column), FREE) for column in kept.column_totals)


def _arrows(kept: _Kept) -> Mapping[Node, set[Node]]:
    """Along an unknown one can be added, against it taken, if there is more than one."""
    lines = [("row", row) for row in kept.rows] + [("column", one) for one in kept.columns]
    found: dict[Node, set[Node]] = {node: set() for node in [FREE, *lines]}
    for start, end in _unknowns(kept):
        found[start].add(end)
        is_total = FREE in (start, end)
        if is_total or kept.value((start[1], end[1])) > 1:
            found[end].add(start)
    return found


def _leads(arrows: Mapping[Node, set[Node]], start: Node, end: Node, *, not_by: Edge) -> bool:
    """Whether one comes from here to there otherwise than by this unknown itself."""
    seen, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for there in arrows[here] - seen:
            if {here, there} == set(not_by):
                continue
            if there == end:
                return True
            seen.add(there)
            ahead.append(there)
    return False


# ── one more ────────────────────────────────────────────────────────────────────────────────────


def _keep_one_more(kept: _Kept, known: Sequence[Edge]) -> None:
    """The cell that gives most of them room, and of those the smallest: little is lost by it.

    Then totals, their own first. With all of these kept back everything has room, so this ends.
    """
    nodes = {node for edge in known for node in edge}
    rows = {name for kind, name in nodes if kind == "row"}
    columns = {name for kind, name in nodes if kind == "column"}
    beside = [one for one in _all(kept) if one[0] in rows or one[1] in columns]
    open_cells = [one for one in beside if one not in kept.cells and kept.value(one) > 0]
    if open_cells:
        kept.cells.add(min(open_cells, key=lambda one: (-_lines(kept, one), kept.value(one), one)))
        return
    left = [row for row in kept.rows if row not in kept.row_totals and kept.row_total(row)]
    if left:
        kept.row_totals.add(min(left, key=lambda one: (one not in rows, kept.row_total(one), one)))
        return
    over = [one for one in kept.columns if one not in kept.column_totals and kept.column_total(one)]
    kept.column_totals.add(min(over, key=lambda one: (one not in columns, one)))


def _lines(kept: _Kept, cell: Cell) -> int:
    """Of its row and its column, how many have a single one kept back, which needs a second."""
    in_row = sum(one[0] == cell[0] for one in kept.cells)
    in_column = sum(one[1] == cell[1] for one in kept.cells)
    return (in_row == 1) + (in_column == 1)


def _table(kept: _Kept) -> CountTable:
    """The sum of everything is told only where all totals of rows or of columns are."""
    whole = not kept.row_totals or not kept.column_totals
    grand = sum(kept.values.values())
    rows = {r: None if r in kept.row_totals else kept.row_total(r) for r in kept.rows}
    columns = {c: None if c in kept.column_totals else kept.column_total(c) for c in kept.columns}
    return CountTable(
        rows=tuple(kept.rows),
        columns=tuple(kept.columns),
        cells={one: None if one in kept.cells else kept.value(one) for one in _all(kept)},
        row_totals=rows,
        column_totals=columns,
        total=grand if whole and not _is_small(grand) else None,
    )
