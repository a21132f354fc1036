"""Counselors who may be called, longest idle first: by signature and all together."""

from routing.engine.eligibility import bits
from routing.engine.floor import Standing
from routing.engine.ordering import Ordering


class IdleCounselors:
    """The index of one side: no change or question looks at everybody."""

    def __init__(self) -> None:
        self._present = 0  # the signatures somebody idle has
        self._everybody = Ordering()
        self._by_signature: dict[int, Ordering] = {}
        self._known: dict[str, tuple[Standing, int]] = {}

    def get(self, counselor: str | None) -> Standing | None:
        return self._known[counselor][0] if counselor in self._known else None

    def in_order(self) -> tuple[Standing, ...]:
        return tuple(self._known[counselor][0] for _, counselor in self._everybody)

    def add(self, idle: Standing, signature: int) -> None:
        """Put in somebody who is not there yet, with the number of their signature."""
        self._known[idle.counselor] = idle, signature
        self._everybody.add(idle.place)
        self._by_signature.setdefault(signature, Ordering()).add(idle.place)
        self._present |= 1 << signature

    def discard(self, counselor: str) -> None:
        """Take somebody out, if there."""
        if counselor not in self._known:
            return
        idle, signature = self._known.pop(counselor)
        order = self._by_signature[signature]
        self._everybody.remove(idle.place)
        order.remove(idle.place)
        if not order:
            self._present ^= 1 << signature

    def longest(self, signatures: int) -> Standing | None:
        """Who of these signatures has been idle longest."""
        signatures &= self._present
        # Of n idle, with k signatures that fit, a walk down the order meets one after n / k steps.
        if signatures.bit_count() ** 2 > len(self._known):
            everybody = (self._known[counselor] for _, counselor in self._everybody)
            return next((idle for idle, number in everybody if signatures >> number & 1), None)
        orders = (self._by_signature[signature] for signature in bits(signatures))
        first = min((order.first for order in orders), default=None)
        return self._known[first[1]][0] if first else None
