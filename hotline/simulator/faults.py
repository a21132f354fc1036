"""What can go wrong, switched on by a test or a drill."""

from typing import Literal

from pydantic import BaseModel

FaultKind = Literal["turn", "status", "conference"]


class Faults(BaseModel):
    """All off by default. Counters of REST faults run down with each request they spoil.

    `duplicate`: every webhook is sent this many times. `reorder`: reports overtake each other.
    `lose`: kinds of webhooks that never arrive; `lose_from`: legs whose webhooks never arrive.
    `late_s`: seconds by which reports are late.
    """

    duplicate: int = 1
    reorder: bool = False
    lose: set[FaultKind] = set()
    lose_from: set[str] = set()
    late_s: float = 0.0
    rest_429: int = 0
    rest_500_with_effect: int = 0
    rest_500_without_effect: int = 0
    rest_timeout_with_effect: int = 0
    rest_timeout_without_effect: int = 0

    def lost(self, kind: FaultKind, sid: str) -> bool:
        """Whether this webhook does not arrive."""
        return kind in self.lose or sid in self.lose_from
