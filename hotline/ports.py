"""What we need from outside, where production and tests truly differ.

There are three: the carrier, the job queue and the clock. The database has none: tests use a
real one.
"""

from collections.abc import Collection, Sequence
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
    """One outgoing leg. URLs are absolute; `ring_s` is how long the far end may ring.

    `document`: what is heard, where that must not depend on a web process of ours; "": what
    `answer_url` says.
    """

    to: str
    from_: str
    answer_url: str
    status_url: str
    ring_s: int
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChange:
    """What is to be otherwise for one participant of a conference; None: as it is.

    `held`: with the music of `music_url`. `muted`: nobody hears them. `coaches`: the leg that alone
    hears them, "" for all. `ends_talk`: whether the conference ends when they leave. `say_url`: a
    document that they alone hear.
    """

    held: bool | None = None
    music_url: str = ""
    muted: bool | None = None
    coaches: str | None = None
    ends_talk: bool | None = None
    say_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReport:
    """What the carrier says of one leg. `started_at` is None while it has not begun."""

    sid: str
    to: str
    status: LegStatus
    started_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall:
    """One call in the carrier's list. `came_in`: somebody dialled us. `to`, `from_`: as sent.

    `parent`: the call that a document of which rang this one, "" for none. `talked_s`: from answer
    to end. `forwarded_from`: who passed the caller on, "" where nobody says.
    """

    sid: str
    to: str
    from_: str
    came_in: bool
    over: bool
    began_at: datetime | None
    ended_at: datetime | None
    parent: str = ""
    talked_s: int = 0
    forwarded_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoseNumber:
    """What a number says of a caller, as a new call is written down with it.

    `raw`: as it was sent. `number`: in one form, "" for none. `place_code`, `place_source`: as in
    the call's row, "" where nobody knows.
    """

    kind: str
    raw: str
    number: str
    place_code: str = ""
    place_source: str = ""


class ReadNumber(Protocol):
    """Reads the number of a call in the carrier's list. `ours`: numbers of ours, in one form."""

    def __call__(self, one: ListedCall, ours: Collection[str]) -> WhoseNumber:
        """Never raises."""
        ...


class CallList(Protocol):
    """The carrier's own account of calls. Raises as `Carrier` does."""

    async def calls_since(self, since: datetime, *, at_most: int) -> Sequence[ListedCall]:
        """Calls that began since then, the newest first, whoever dialled whom."""
        ...

    async def redirect(self, sid: str, url: str) -> None:
        """Make a live leg ask `url` what to do. Raises `LegGone`."""
        ...


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

    async def stop_ringing(self, sid: str) -> None:
        """End a leg that nobody has answered. One that was answered, or has ended, is fine."""
        ...

    async def change(self, conference: str, sid: str, change: PlaceChange) -> None:
        """Change one participant of a conference. Safe to repeat. Raises `LegGone`."""
        ...

    async def leg(self, sid: str) -> LegReport | None:
        """What the carrier knows of a leg; None where it knows none of that sid."""
        ...

    async def find_legs(self, *, to: str, since: datetime) -> Sequence[LegReport]:
        """Legs dialled to `to` since then, newest first: how an unclear dial is settled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedText:
    """One text in the carrier's list, that we sent. `status`, `error`: in the carrier's words."""

    sid: str
    from_: str
    body: str
    status: str
    error: int


class TextCarrier(Protocol):
    """The telephone company, as far as it carries texts. Raises as `Carrier` does."""

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        """Send a text message and return its sid."""
        ...

    async def find_messages(self, *, to: str, since: datetime) -> Sequence[ListedText]:
        """Texts of ours to this number since then: how an unclear sending is settled."""
        ...


class JobQueue(Protocol):
    """Wakes for the workers. Losing one is allowed: deadlines live in the database."""

    async def wake(self, job: str, row_id: str) -> bool:
        """Ask a worker to look at a row. False where the queue could not be reached."""
        ...
