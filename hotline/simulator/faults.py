"""What can go wrong, switched on by a test or a drill."""

from typing import Literal

from pydantic import BaseModel

FaultKind = Literal["turn", "status", "conference"]


class Faults(BaseModel):
    """All off by default. Counters run down with each request they spoil.

    `duplicate`: every webhook is sent this many times. `reorder`: reports overtake each other.
    `lose`: kinds of webhooks that never arrive; `lose_from`: legs whose webhooks never arrive.
    `late_s`: seconds by which reports are late. `bad_gateways`: how many of the next requests of
    instructions a proxy answers with 502 before they reach the application.
    """

    duplicate: int = 1
    reorder: bool = False
    lose: set[FaultKind] = set()
    lose_from: set[str] = set()
    late_s: float = 0.0
    bad_gateways: int = 0
    rest_429: int = 0
    rest_500_with_effect: int = 0
    rest_500_without_effect: int = 0
    rest_timeout_with_effect: int = 0
    rest_timeout_without_effect: int = 0

    def spoiled_by_proxy(self) -> bool:
        """Whether the next request of instructions is answered before the application sees it."""
        if self.bad_gateways == 0:
            return False
        self.bad_gateways -= 1
        return True

    def lost(self, kind: FaultKind, sid: str) -> bool:
        """Whether this webhook does not arrive."""
        return kind in self.lose or sid in self.lose_from
