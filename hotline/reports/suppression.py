"""Small numbers are not told: neither themselves nor by what is told around them. Pure.

Domain research, requirement 57: nothing from one to four. A table of two directions is
`visits.counting`. Here are figures that lie within each other (answered within offered): what is
counted is known by the figures that each fact is in, its signature.

A figure that is kept back is safe as long as one fact could be of another signature, or be there
once more or less, without any figure that is told being another; nought is always told, so what is
kept back is known to be one at least. While one is not safe, the smallest that could be told is
kept back as well.
"""

from collections.abc import Hashable, Mapping
from itertools import product

from hotline.visits.counting import SMALLEST_TOLD, CountTable, told_counts

__all__ = ["SMALLEST_TOLD", "CountTable", "Signature", "told_counts", "told_figures", "told_parts"]

Signature = frozenset[Hashable]
Counted = Mapping[Signature, int]


def told_figures(counted: Counted) -> dict[Hashable, int | None]:
    """What can be told of each figure; None: kept back. `counted`: how many facts are in which."""
    true = _totals(counted)
    kept = {name for name, number in true.items() if 0 < number < SMALLEST_TOLD}
    while known := [one for one in sorted(kept, key=str) if _is_known(counted, kept, one)]:
        kept.add(_next(counted, kept, known[0]))
    return {name: None if name in kept else number for name, number in true.items()}


def told_parts(parts: Mapping[str, int]) -> tuple[dict[str, int | None], int | None]:
    """Of a whole that is the sum of its parts, and the whole."""
    whole: Hashable = None
    counted = {frozenset({name, whole}): number for name, number in parts.items() if number}
    told = told_figures(counted)
    return {name: told.get(name, 0) for name in parts}, told.get(whole, 0)


def _totals(counted: Counted) -> dict[Hashable, int]:
    names = sorted({name for one in counted for name in one}, key=str)
    return {name: sum(n for one, n in counted.items() if name in one) for name in names}


def _is_known(counted: Counted, kept: set[Hashable], figure: Hashable) -> bool:
    """Whether a small figure has one value only that fits whatever is told."""
    if _totals(counted)[figure] >= SMALLEST_TOLD:
        return False
    there: Counted = {frozenset(): 1, **{one: n for one, n in counted.items() if n}}
    return not any(
        start - kept == end - kept
        and (figure in start) != (figure in end)
        and _can_move(counted, start, end)
        for start, end in product(there, there)
    )


def _can_move(counted: Counted, start: Signature, end: Signature) -> bool:
    """Whether one fact less here and one more there leaves one at least in each figure."""
    true = _totals(counted)
    return all(true[name] > 1 for name in start - end)


def _next(counted: Counted, kept: set[Hashable], known: Hashable) -> Hashable:
    """The smallest of those that are told and touch it, else of all. With all of them kept back
    none is known, so this ends.
    """
    open_now = {name: n for name, n in _totals(counted).items() if n and name not in kept}
    beside = {name for one in counted if known in one for name in one} & open_now.keys()
    return min(beside or open_now, key=lambda name: (open_now[name], str(name)))
