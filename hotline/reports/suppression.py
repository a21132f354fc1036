"""Small numbers are not told: neither themselves nor by what is told around them. Pure.

Domain research, requirement 57: nothing from one to four. A table of two directions is
`visits.counting`. Here are figures that lie within each other (answered within offered): what is
counted is known by the figures that each fact is in, its signature.

A figure that is kept back is safe as long as one fact could be of another signature, or be there
once more or less, without any figure that is told being another; nought is always told, so what is
kept back is known to be one at least. While one is not safe, the smallest that could be told is
kept back as well.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import product

from hotline.visits.counting import SMALLEST_TOLD, CountTable, told_counts

__all__ = ["SMALLEST_TOLD", "CountTable", "Signature", "told_counts", "told_figures", "told_parts"]

Signature = frozenset[Hashable]
Counted = Mapping[Signature, int]


def told_figures(counted: Counted) -> dict[Hashable, int | None]:
    """What can be told of each figure; None: kept back. `counted`: how many facts are in which."""
    true = _totals(counted)
    kept = {name for name, number in true.items() if 0 < number < SMALLEST_TOLD}
    while known := _known(counted, true, kept):
        kept.update(_next(counted, true, kept, one) for one in known)
    return {name: None if name in kept else number for name, number in true.items()}


def told_parts(parts: Mapping[str, int]) -> tuple[dict[str, int | None], int | None]:
    """Of a whole that is the sum of its parts, and the whole."""
    whole: Hashable = None
    counted = {frozenset({name, whole}): number for name, number in parts.items() if number}
    told = told_figures(counted)
    return {name: told.get(name, 0) for name in parts}, told.get(whole, 0)


def _totals(counted: Counted) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for signature, number in counted.items():
        for name in signature:
            found[name] = found.get(name, 0) + number
    return found


def _known(counted: Counted, true: Mapping[Hashable, int], kept: set[Hashable]) -> list[Hashable]:
    """The small figures that have one value only that fits whatever is told."""
    alike: dict[Signature, list[Signature]] = {frozenset(): [frozenset()]}
    for signature, number in counted.items():
        if number and signature:
            alike.setdefault(signature - kept, []).append(signature)
    small = [name for name in sorted(kept, key=str) if true[name] < SMALLEST_TOLD]
    return [one for one in small if not _has_room(alike.values(), true, one)]


def _has_room(
    alike: Iterable[Sequence[Signature]], true: Mapping[Hashable, int], figure: Hashable
) -> bool:
    """Whether one fact may be of another signature that looks alike, in this figure or out of it.

    Each figure that it leaves must have another fact left.
    """
    for signatures in alike:
        inside = [one for one in signatures if figure in one]
        outside = [one for one in signatures if figure not in one]
        for pair in product(inside, outside):
            if any(all(true[name] > 1 for name in one - two) for one, two in (pair, pair[::-1])):
                return True
    return False


def _next(
    counted: Counted, true: Mapping[Hashable, int], kept: set[Hashable], known: Hashable
) -> Hashable:
    """The smallest of those that are told and touch it, else of all. With all of them kept back
    none is known, so this ends.
    """
    told = {name: n for name, n in true.items() if n and name not in kept}
    beside = {name for one in counted if known in one for name in one} & told.keys()
    return min(beside or told, key=lambda name: (told[name], str(name)))
