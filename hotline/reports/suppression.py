"""Small numbers are not told: neither themselves nor by what is told around them. Pure.

Domain research, requirement 57: nothing from one to four. A table of two directions is
`visits.counting`. Here are figures that lie within each other (answered within offered): what is
counted is known by the figures that each fact is in, its signature.

A figure that is kept back is safe as long as one fact could be of another signature, or be there
once more or less, without any figure that is told being another; nought is always told, so what is
kept back is known to be one at least. For one that is not safe, of all such moves that is made
possible which takes the least with it: the figures in which the two signatures differ.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from hotline.reports.kpis import REST
from hotline.visits.counting import SMALLEST_TOLD

FigureSet = frozenset[Hashable]
Counted = Mapping[FigureSet, int]
Totals = Mapping[Hashable, int]
NOWHERE: FigureSet = frozenset()
MOST_COMPARED = 200


def is_told_nowhere(name: Hashable) -> bool:
    """Of a figure that no report shows, and that others could tell all the same: `("rest", …)`."""
    return isinstance(name, tuple) and name[:1] == (REST,)


def told_figures(counted: Counted) -> dict[Hashable, int | None]:
    """What can be told of each figure; None: kept back. `counted`: how many facts are in which."""
    counted = {signature: number for signature, number in counted.items() if number}
    true = totals_of(counted)
    small = [name for name, number in sorted(true.items(), key=_order) if number < SMALLEST_TOLD]
    kept = {*small, *filter(is_told_nowhere, true)}
    alike = _alike(counted, kept)
    for name in small:
        if not _has_room(counted, true, alike, name):
            kept.update(_least(counted, true, kept, name))
            alike = _alike(counted, kept)
    return {
        name: None if name in kept else number
        for name, number in true.items()
        if not is_told_nowhere(name)
    }


def totals_of(counted: Counted) -> Counter[Hashable]:
    """How many facts are in each figure."""
    found: Counter[Hashable] = Counter()
    for signature, number in counted.items():
        for name in signature:
            found[name] += number
    return found


def _order(told: tuple[Hashable, int]) -> tuple[int, str]:
    name, number = told
    return number, str(name)


@dataclass(frozen=True, slots=True)
class _Alike:
    """What of each signature is told, and the signatures of which the same is."""

    told_of: Mapping[FigureSet, FigureSet]
    of_told: Mapping[FigureSet, Sequence[FigureSet]]


def _alike(counted: Counted, kept: set[Hashable]) -> _Alike:
    told_of = {signature: signature - kept for signature in (NOWHERE, *counted)}
    of_told: dict[FigureSet, list[FigureSet]] = {}
    for signature, told in told_of.items():
        of_told.setdefault(told, []).append(signature)
    return _Alike(told_of, of_told)


def _has_room(counted: Counted, true: Totals, alike: _Alike, figure: Hashable) -> bool:
    """Whether one fact may be of another signature that looks alike, in it or out of it."""
    return any(
        _can_be_either(true, inside, outside)
        for inside in counted
        if figure in inside
        for outside in alike.of_told[alike.told_of[inside]]
        if figure not in outside
    )


def _can_be_either(true: Totals, one: FigureSet, two: FigureSet) -> bool:
    """Whether a fact can go from one to the other: each figure that it leaves has another left."""
    return any(
        all(true[name] > 1 for name in start - end) for start, end in ((one, two), (two, one))
    )


def _least(
    counted: Counted, true: Totals, kept: set[Hashable], figure: Hashable
) -> Iterable[Hashable]:
    """What has to be kept back as well, so that the figure has room: the fewest facts' worth.

    One fact more than there are is always possible, so something is found. Of many signatures the
    nearest are looked at.
    """
    inside = [one for one in counted if figure in one]
    outside = [one for one in counted if figure not in one]
    pairs = ((one, two) for one in inside for two in outside)
    near = nsmallest(MOST_COMPARED, pairs, key=lambda pair: len(pair[0] ^ pair[1]))
    near += [(one, NOWHERE) for one in inside]
    moves = [(one ^ two) - kept for one, two in near if _can_be_either(true, one, two)]
    return min(moves, key=lambda more: (sum(true[name] for name in more), sorted(map(str, more))))
