"""Places in order: a time and an id each. Lines of callers and idle counselors are kept so."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import chain

SortKey = tuple[float, str]

BLOCK = 256  # a block is split at twice this


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
