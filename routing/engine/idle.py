"""Counselors who may be called, longest idle first: by signature, and the first of each."""

from routing.engine.floor import Standing
from routing.engine.model import FLAGS
from routing.engine.ordering import First, Firsts, Ordering


class IdleCounselors:
    """The index of one side: no change or question looks at everybody."""

    def __init__(self) -> None:
        self.present = [0 for _ in FLAGS]  # as bits, by flag: the signatures that somebody has
        self._firsts = Firsts()  # by signature
        self._by_signature: dict[int, Ordering[First]] = {}
        self._known: dict[str, tuple[Standing, Ordering[First], First]] = {}

    def get(self, counselor: str | None) -> Standing | None:
        return self._known[counselor][0] if counselor in self._known else None

    def in_order(self) -> tuple[Standing, ...]:
        return tuple(sorted((idle for idle, *_ in self._known.values()), key=lambda one: one.place))

    def add(self, idle: Standing, signature: int) -> None:
        """Put in somebody who is not there yet, with the number of their signature."""
        order = self._by_signature.get(signature)
        if order is None:
            order = self._by_signature[signature] = Ordering()
        first, before = (idle.idle_since, idle.counselor, 1 << signature), order.lead
        self._known[idle.counselor] = idle, order, first
        order.add(first)
        if before is None:
            self.present[FLAGS.index(idle.signature.flag)] |= first[2]
        elif first < before:
            self._firsts.remove(before)
        else:
            return
        self._firsts.add(first, first[2])

    def discard(self, counselor: str) -> None:
        """Take somebody out, if there."""
        if counselor not in self._known:
            return
        idle, order, first = self._known.pop(counselor)
        leads = order.lead is first
        order.remove(first)
        if leads:
            self._firsts.remove(first)
            if lead := order.lead:
                self._firsts.add(lead, first[2])
            else:
                self.present[FLAGS.index(idle.signature.flag)] ^= first[2]

    def longest(self, signatures: int) -> Standing | None:
        """Who of these signatures has been idle longest."""
        first = self._firsts.of(signatures) if signatures else None
        return self._known[first[1]][0] if first else None
