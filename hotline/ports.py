"""What we need from outside, where production and tests truly differ.

There are three: the carrier, the job queue and the clock. The database has none: tests use a
real one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class LegStatus(StrEnum):
    """Where one carrier connection stands. `hotline.telephony.status` translates into it."""

    DIALING = "dialing"
    RINGING = "ringing"
    UP = "up"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def over(self) -> bool:
        """Final: nothing that comes later may change it."""
        return self not in (LegStatus.DIALING, LegStatus.RINGING, LegStatus.UP)

    @property
    def rank(self) -> int:
        """Order of life. A status of lower rank than the known one is late news."""
        return {"dialing": 0, "ringing": 1, "up": 2}.get(self.value, 3)


class Clock(Protocol):
    """Where the time comes from. Always aware, always UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """One outgoing leg. URLs are absolute; `ring_s` is how long the far end may ring."""

    to: str
    from_: str
    answer_url: str
    status_url: str
    ring_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReport:
    """What the carrier says of one leg. `started_at` is None while it has not begun."""

    sid: str
    to: str
    status: LegStatus
    started_at: datetime | None


class Carrier(Protocol):
    """The telephone company.

    Every call may raise `CarrierRefused` (its answer), `CarrierUnreachable` (nothing was done,
    try again) or, where it changes something, `CarrierUnclear` (it may have been done).
    """

    async def dial(self, dial: Dial) -> str:
        """Start a leg and return its sid. Never repeats a request that may have taken effect."""
        ...

    async def redirect(self, sid: str, url: str) -> None:
        """Make a live leg ask `url` what to do. Raises `LegGone`."""
        ...

    async def hang_up(self, sid: str) -> None:
        """End a leg, ringing or talking. A leg that has ended already is fine."""
        ...

    async def set_hold(self, conference: str, sid: str, *, held: bool, music_url: str) -> None:
        """Hold or resume one participant of a conference. Raises `LegGone`."""
        ...

    async def leg(self, sid: str) -> LegReport | None:
        """What the carrier knows of a leg; None where it knows none of that sid."""
        ...

    async def find_legs(self, *, to: str, since: datetime) -> Sequence[LegReport]:
        """Legs dialled to `to` since then, newest first: how an unclear dial is settled."""
        ...

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        """Send a text message and return its sid."""
        ...


class JobQueue(Protocol):
    """Wakes for the workers. Losing one is allowed: deadlines live in the database."""

    async def wake(self, job: str, row_id: str) -> bool:
        """Ask a worker to look at a row. False where the queue could not be reached."""
        ...
