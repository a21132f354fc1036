"""What a run keeps of a counselor and of a caller while time passes."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from routing.care import Care, Strain
from routing.engine import Decision, Flag, Floor, Plan, Signature
from routing.simulate.load import SimulatedCaller
from routing.simulate.roster import RosterEntry


class CounselorState(StrEnum):
    """What a counselor is doing."""

    OFFLINE = "offline"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    WRAPPING_UP = "wrapping_up"
    PAUSED = "paused"


@dataclass(slots=True, eq=False)
class SimulatedCounselor:
    """A counselor. `version` grows with every change, so that what was planned before is void.

    `wrap_up_until`: when the present wrap-up ends; `owed_s`: what a crisis cut off an earlier one.
    `relieved`: paused for a rest or a break. `spent`: seconds in each state, from `counted_from_s`.
    """

    entry: RosterEntry
    strain: Strain
    doing: CounselorState = CounselorState.OFFLINE
    since: float = 0.0
    version: int = 0
    on_duty: bool = True
    relieved: bool = False
    idle_since: float = 0.0
    wrap_up_until: float = 0.0
    owed_s: float = 0.0
    counted_from_s: float = 0.0
    counted_to_s: float = float("inf")
    spent: dict[CounselorState, float] = field(
        default_factory=lambda: dict.fromkeys(CounselorState, 0.0)
    )
    signatures: dict[tuple[bool, Flag], Signature] = field(default_factory=dict)

    def enter(self, doing: CounselorState, now: float) -> None:
        """Begin something else."""
        seconds = min(now, self.counted_to_s) - max(self.since, self.counted_from_s)
        self.spent[self.doing] += max(0.0, seconds)
        self.doing, self.since, self.relieved = doing, now, False
        self.version += 1

    @property
    def occupancy(self) -> float | None:
        """(talk + wrap-up) / (that + offered + ready); pauses are outside. None: never there."""
        busy = self.spent[CounselorState.TALKING] + self.spent[CounselorState.WRAPPING_UP]
        there = busy + self.spent[CounselorState.OFFERED] + self.spent[CounselorState.READY]
        return busy / there if there else None


@dataclass(frozen=True, slots=True, eq=False)
class RingingPhone:
    """A counselor's, for one caller. `answered_at`: infinite where nobody will."""

    counselor: SimulatedCounselor
    decision: Decision
    answered_at: float


@dataclass(slots=True, eq=False)
class RingingTogether:
    """The phones that ring together for a caller, until the end of the ringing time.

    `version` grows whenever one of them is taken away or all have an end.
    """

    call: "SimulatedCall"
    until: float
    phones: list[RingingPhone]
    version: int = 0


@dataclass(slots=True, eq=False)
class SimulatedCall:
    """A caller. Neither answered nor given up at the end: the run ended first.

    `ringing`: what rings now; `rung`: how many phones rang in all; `pulled`: the counselor was
    called out of a wrap-up.
    """

    caller: SimulatedCaller
    plan: Plan
    answered_at: float | None = None
    gave_up_at: float | None = None
    counselor: SimulatedCounselor | None = None
    stage: str = ""
    rung: int = 0
    pulled: bool = False
    version: int = 0
    ringing: RingingTogether | None = None

    @property
    def waited_s(self) -> float | None:
        """Until answered or given up; None for who still waits."""
        ended = self.gave_up_at if self.answered_at is None else self.answered_at
        return None if ended is None else ended - self.caller.arrived_s

    @property
    def across_languages(self) -> bool:
        """Whether caller and counselor have no language in common."""
        if self.counselor is None:
            return False
        need, spoken = self.caller.need, dict(self.counselor.entry.skills.languages)
        return not any(one in spoken for one in (need.language, *(need.also_speaks or ())))


LOOK_AT_WAIT_S = 60.0  # who waits is looked at when they come, and so often
WaitWatch = Callable[[Floor, SimulatedCall, Iterable[SimulatedCounselor]], None]
"""Looks at somebody who waits: as the engine has the floor, and with everybody on the roster."""


def staggered_strain(care: Care, share: float) -> Strain:
    """Of somebody at the beginning of a run: not everybody's break is due at once."""
    worked_s = 0.0 if math.isinf(care.break_every_s) else care.break_every_s * share
    return Strain(working_since=-worked_s)
