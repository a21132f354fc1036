"""Places in order: a time and an id each. Lines of callers and idle counselors are kept so."""

from bisect import bisect_left, insort
from functools import reduce
from operator import itemgetter, or_
from typing import Generic, TypeVar

SortKey = tuple[float, str]
First = tuple[float, str, int]  # a place, and as bits the groups that it is of
Place = TypeVar("Place", SortKey, First)

BLOCK = 256  # a block is split at twice this
GROUPS_OF = itemgetter(2)  # of a First


class Ordering(Generic[Place]):
    """A sorted set of places in short blocks, so that no change moves more than one block.

    An OrderedDict would do if places came in order. They do not: a caller whose offer failed
    returns to the old place, and counselors become ready in another order than their talks ended.
    """

    __slots__ = ("_lasts", "blocks", "groups")
    half = BLOCK

    def __init__(self) -> None:
        self.blocks: list[list[Place]] = []
        self.groups: list[int] = []  # by block, as bits: all that were in it, see `Firsts`
        self._lasts: list[Place] = []

    @property
    def lead(self) -> Place | None:
        """The lowest place, if there is one."""
        return self.blocks[0][0] if self.blocks else None

    def add(self, place: Place, groups: int = 0) -> None:
        """Put a place that is not there yet where it belongs."""
        lasts = self._lasts
        if not lasts:
            self.blocks, self.groups, self._lasts = [[place]], [groups], [place]
            return
        at = bisect_left(lasts, place)
        if at == len(lasts):
            at -= 1
        block = self.blocks[at]
        insort(block, place)
        lasts[at] = block[-1]
        self.groups[at] |= groups
        if len(block) > 2 * self.half:
            self.blocks[at : at + 1] = block[: self.half], block[self.half :]
            lasts.insert(at, block[self.half - 1])
            self.groups.insert(at, self.groups[at])

    def remove(self, place: Place) -> None:
        """Take out a place that is there."""
        at = bisect_left(self._lasts, place)
        block = self.blocks[at]
        del block[bisect_left(block, place)]
        if block:
            self._lasts[at] = block[-1]
        else:
            del self.blocks[at], self.groups[at], self._lasts[at]


class Firsts(Ordering[First]):
    """The first places of lines, in order, in blocks that say which groups they may hold.

    So no search looks at many blocks. Who waits longest is often whom nobody asks for: a walk
    from the first place on would pass all of them every time.
    """

    __slots__ = ()
    half = 12

    def of(self, groups: int) -> First | None:
        """The first of all of these groups."""
        for at, held in enumerate(self.groups):
            if held & groups:
                for first in self.blocks[at]:
                    if first[2] & groups:
                        return first
                # Looked in vain: those have left. Forget whoever has.
                self.groups[at] = reduce(or_, map(GROUPS_OF, self.blocks[at]))
        return None
