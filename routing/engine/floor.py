"""The floor at one moment, as plain data: what `explain` reads.

The engine draws it of itself. It can as well be drawn from stored rows, of a moment long past.
"""

from dataclasses import dataclass
from typing import NamedTuple

from routing.engine.model import Flag, Signature
from routing.engine.ordering import SortKey
from routing.engine.plan import Plan, Stage


class Waiting(NamedTuple):
    """A caller in line."""

    call: str
    plan: Plan
    arrival: float

    @property
    def place(self) -> SortKey:
        return self.arrival, self.call

    @property
    def order_key(self) -> tuple[int, float, str]:
        """Sorts callers as they are served: crisis first, then by arrival. Ids settle a tie."""
        return self.plan.rank, self.arrival, self.call

    def open(self, stage: Stage, now: float, flag: Flag = Flag.READY) -> bool:
        """Whether a stage may take somebody who stands so by now."""
        after_s = self.plan.opens(stage, flag)
        return after_s is not None and self.arrival + after_s <= now


class Standing(NamedTuple):
    """A counselor on the floor. `idle_since`: when their last talk ended.

    `away`: talks, rests or is rung, and can be offered nothing. The engine holds none of these.
    """

    counselor: str
    signature: Signature
    idle_since: float
    away: bool = False

    @property
    def place(self) -> SortKey:
        return self.idle_since, self.counselor


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Callers as they would be served, counselors longest idle first."""

    now: float
    callers: tuple[Waiting, ...]
    counselors: tuple[Standing, ...]

    def caller(self, call: str) -> Waiting:
        """Raises `KeyError` for a call that is not here."""
        return {caller.call: caller for caller in self.callers}[call]
