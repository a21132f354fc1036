"""Places in order: a time and an id each. Lines of callers and idle counselors are kept so."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import chain

SortKey = tuple[float, str]
First = tuple[float, str, int]  # a place, and the number of the group whose first this is

BLOCK = 256  # a block is split at twice this
FIRSTS = 24  # the same where blocks are looked through


class Ordering:
    """A sorted set of places in short blocks, so that no change moves more than one block.

    An OrderedDict would do if places came in order. They do not: a caller whose offer failed
    returns to the old place, and counselors become ready in another order than their talks ended.
    """

    __slots__ = ("_blocks", "_lasts")

    def __init__(self) -> None:
        self._blocks: list[list[SortKey]] = []
        self._lasts: list[SortKey] = []

    def __bool__(self) -> bool:
        return bool(self._lasts)

    def __iter__(self) -> Iterator[SortKey]:
        return chain.from_iterable(self._blocks)

    @property
    def first(self) -> SortKey:
        """The lowest place. Raises `IndexError` if there is none."""
        return self._blocks[0][0]

    def add(self, place: SortKey) -> None:
        """Put a place that is not there yet where it belongs."""
        if not self._lasts:
            self._blocks.append([place])
            self._lasts.append(place)
            return
        at = min(bisect_left(self._lasts, place), len(self._lasts) - 1)
        block = self._blocks[at]
        insort(block, place)
        if len(block) > 2 * BLOCK:
            self._blocks[at : at + 1] = block[:BLOCK], block[BLOCK:]
            self._lasts.insert(at, block[BLOCK - 1])
            at += 1
        self._lasts[at] = block[-1]

    def remove(self, place: SortKey) -> None:
        """Take out a place that is there."""
        at = bisect_left(self._lasts, place)
        block = self._blocks[at]
        del block[bisect_left(block, place)]
        if block:
            self._lasts[at] = block[-1]
        else:
            del self._blocks[at], self._lasts[at]


class Firsts:
    """The first places of groups, in order, in short blocks that say whose they hold.

    So no search looks at more than one block. Who waits longest is often whom nobody asks for:
    a walk from the first place on would pass all of them every time.
    """

    __slots__ = ("_bits", "_blocks", "_lasts")

    def __init__(self) -> None:
        self._blocks: list[list[First]] = []
        self._lasts: list[First] = []
        self._bits: list[int] = []  # by block: the groups in it

    def add(self, first: First) -> None:
        """Put the first of a group that has none."""
        if not self._lasts:
            self._blocks, self._lasts, self._bits = [[first]], [first], [1 << first[2]]
            return
        at = min(bisect_left(self._lasts, first), len(self._lasts) - 1)
        block = self._blocks[at]
        insort(block, first)
        self._bits[at] |= 1 << first[2]
        self._lasts[at] = block[-1]
        if len(block) > 2 * FIRSTS:
            self._split(at, block[:FIRSTS], block[FIRSTS:])

    def remove(self, first: First) -> None:
        """Take out a place that is there."""
        at = bisect_left(self._lasts, first)
        block = self._blocks[at]
        del block[bisect_left(block, first)]
        self._bits[at] ^= 1 << first[2]
        if block:
            self._lasts[at] = block[-1]
        else:
            del self._blocks[at], self._lasts[at], self._bits[at]

    def of(self, groups: int) -> First | None:
        """The first of all of these groups, which are given as bits."""
        for block, bits in zip(self._blocks, self._bits, strict=True):
            if bits & groups:
                return next(first for first in block if groups >> first[2] & 1)
        return None

    def _split(self, at: int, *halves: list[First]) -> None:
        self._blocks[at : at + 1] = halves
        self._lasts[at : at + 1] = [half[-1] for half in halves]
        self._bits[at : at + 1] = [sum(1 << first[2] for first in half) for half in halves]
