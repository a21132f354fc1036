"""Counselors who may be called, longest idle first: by signature, and the first of each."""

from routing.engine.floor import Standing
from routing.engine.ordering import Firsts, Ordering, SortKey


class IdleCounselors:
    """The index of one side: no change or question looks at everybody."""

    def __init__(self) -> None:
        self._firsts = Firsts()  # by signature
        self._by_signature: dict[int, Ordering] = {}
        self._known: dict[str, tuple[Standing, int]] = {}

    def get(self, counselor: str | None) -> Standing | None:
        return self._known[counselor][0] if counselor in self._known else None

    def in_order(self) -> tuple[Standing, ...]:
        return tuple(sorted((idle for idle, _ in self._known.values()), key=lambda one: one.place))

    def add(self, idle: Standing, signature: int) -> None:
        """Put in somebody who is not there yet, with the number of their signature."""
        self._known[idle.counselor] = idle, signature
        order = self._by_signature.setdefault(signature, Ordering())
        before = order.first if order else None
        order.add(idle.place)
        if before is None or idle.place < before:
            self._changed(signature, before)

    def discard(self, counselor: str) -> None:
        """Take somebody out, if there."""
        if counselor not in self._known:
            return
        idle, signature = self._known.pop(counselor)
        order = self._by_signature[signature]
        before = order.first
        order.remove(idle.place)
        if before == idle.place:
            self._changed(signature, before)

    def longest(self, signatures: int) -> Standing | None:
        """Who of these signatures has been idle longest."""
        first = self._firsts.of(signatures)
        return self._known[first[1]][0] if first else None

    def _changed(self, signature: int, before: SortKey | None) -> None:
        """Another is first of a signature than before, or nobody."""
        if before is not None:
            self._firsts.remove((*before, signature))
        if order := self._by_signature[signature]:
            self._firsts.add((*order.first, signature))
