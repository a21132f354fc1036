"""Small numbers are not told: neither themselves nor by what is told around them. Pure.

Domain research, requirement 57: nothing from one to four. A table of two directions is
`visits.counting`. Here are figures that lie within each other (answered within offered): what is
counted is known by the figures that each fact is in, its signature.

A figure that is kept back is safe as long as one fact could be of another signature, or be there
once more or less, without any figure that is told being another; nought is always told, so what is
kept back is known to be one at least. For one that is not safe, of all such moves that is made
possible which takes the least with it: the figures in which the two signatures differ.

A year of a province has tens of thousands of signatures, so each is a whole number: bit n is the
n-th figure, the smallest figures first.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from hotline.reports.kpis import REST
from hotline.visits.counting import SMALLEST_TOLD

FigureSet = frozenset[Hashable]
Counted = Mapping[FigureSet, int]
NOWHERE = 0
MOST_COMPARED = 200


def is_told_nowhere(name: Hashable) -> bool:
    """Of a figure that no report shows, and that others could tell all the same: `("rest", …)`."""
    return isinstance(name, tuple) and (name[0] == REST or is_told_nowhere(name[-1]))


def told_figures(counted: Counted) -> dict[Hashable, int | None]:
    """What can be told of each figure; None: kept back. `counted`: how many facts are in which."""
    true = totals_of({signature: number for signature, number in counted.items() if number})
    floor = _SmallFirst.of(counted, sorted(true.items(), key=_order))
    kept = _kept(floor)
    return {
        name: None if kept >> bit & 1 else true[name]
        for bit, name in enumerate(floor.names)
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
class _SmallFirst:
    """`numbers`: of each figure, the smallest first. `single`: the figures with one fact."""

    names: Sequence[Hashable]
    numbers: Sequence[int]
    signatures: Sequence[int]
    single: int

    @classmethod
    def of(cls, counted: Counted, figures: Sequence[tuple[Hashable, int]]) -> "_SmallFirst":
        bit_of = {name: 1 << bit for bit, (name, _number) in enumerate(figures)}
        return cls(
            names=[name for name, _number in figures],
            numbers=[number for _name, number in figures],
            signatures=[
                sum(bit_of[name] for name in signature)
                for signature, number in counted.items()
                if number
            ],
            single=sum(bit_of[name] for name, number in figures if number == 1),
        )

    @property
    def small(self) -> int:
        """How many figures are small: they are the first."""
        return sum(number < SMALLEST_TOLD for number in self.numbers)

    def can_be_either(self, one: int, two: int) -> bool:
        """Whether a fact can go from one to the other: each figure it leaves has another left."""
        return not (one & ~two & self.single) or not (two & ~one & self.single)

    def facts_in(self, figures: int) -> int:
        """How many facts all of them tell of together."""
        return sum(self.numbers[bit] for bit in _bits(figures))


def _kept(floor: _SmallFirst) -> int:
    """The figures that are kept back."""
    small = floor.small
    nowhere = sum(1 << bit for bit, name in enumerate(floor.names) if is_told_nowhere(name))
    kept = (1 << small) - 1 | nowhere
    inside = _inside(floor, small)
    alike = _alike(floor, kept)
    for bit in range(small):
        if not _has_room(floor, inside[bit], alike, kept, bit):
            kept |= _least(floor, inside[bit], kept, bit)
            alike = _alike(floor, kept)
    return kept


def _inside(floor: _SmallFirst, small: int) -> list[list[int]]:
    """The signatures within each small figure: four at most."""
    found: list[list[int]] = [[] for _ in range(small)]
    of_small = (1 << small) - 1
    for signature in floor.signatures:
        for bit in _bits(signature & of_small):
            found[bit].append(signature)
    return found


def _bits(figures: int) -> Iterator[int]:
    while figures:
        lowest = figures & -figures
        yield lowest.bit_length() - 1
        figures ^= lowest


def _alike(floor: _SmallFirst, kept: int) -> dict[int, list[int]]:
    """The signatures of which the same is told, by that."""
    found: dict[int, list[int]] = {NOWHERE: [NOWHERE]}
    for signature in floor.signatures:
        found.setdefault(signature & ~kept, []).append(signature)
    return found


def _has_room(
    floor: _SmallFirst,
    inside: Sequence[int],
    alike: Mapping[int, Sequence[int]],
    kept: int,
    bit: int,
) -> bool:
    """Whether one fact may be of another signature that looks alike, in the figure or out of it."""
    return any(
        floor.can_be_either(one, two)
        for one in inside
        for two in alike[one & ~kept]
        if not two >> bit & 1
    )


def _least(floor: _SmallFirst, inside: Sequence[int], kept: int, bit: int) -> int:
    """What has to be kept back as well, so that the figure has room: the fewest facts' worth.

    One fact more than there are is always possible, so something is found. Of many signatures the
    nearest are looked at.
    """
    pairs = ((one, two) for one in inside for two in floor.signatures if not two >> bit & 1)
    near = nsmallest(
        MOST_COMPARED, pairs, key=lambda pair: ((pair[0] ^ pair[1]) & ~kept).bit_count()
    )
    near += [(one, NOWHERE) for one in inside]
    moves = [(one ^ two) & ~kept for one, two in near if floor.can_be_either(one, two)]
    return min(moves, key=lambda more: (floor.facts_in(more), more))
