"""Stand-ins with behaviour of their own for the three ports: carrier, job queue, clock."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hotline.ports import Dial, LegReport, LegStatus, ListedText, PlaceChange

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Stands still until it is told to go on, or back."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def advance(self, seconds: float) -> datetime:
        self.time += timedelta(seconds=seconds)
        return self.time


@dataclass
class Fault:
    """What a dial comes to. `after_effect`: the phone rings, and the answer is lost."""

    error: Exception
    after_effect: bool = False


@dataclass
class FakeLeg:
    """One leg that the fake carrier has started."""

    sid: str
    dial: Dial
    started_at: datetime
    status: LegStatus = LegStatus.RINGING


def _change_said(whom: str, change: PlaceChange) -> tuple[str, str]:
    if change.held is not None:
        return ("hold" if change.held else "resume", f"{whom} {change.music_url}")
    if change.ends_talk is not None:
        return ("ends" if change.ends_talk else "ends not", whom)
    if change.say_url:
        return ("say", f"{whom} {change.say_url}")
    voice = "muted" if change.muted else f"coach {change.coaches}" if change.coaches else "open"
    return (voice, whom)


@dataclass
class FakeCarrier:
    """Rings every phone at once. `faults` are used up in turn; `journal` has every wish."""

    clock: FakeClock
    faults: deque[Fault | None] = field(default_factory=deque)
    list_error: Exception | None = None
    journal: list[tuple[str, str]] = field(default_factory=list)
    legs: list[FakeLeg] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    redirect_faults: deque[Exception] = field(default_factory=deque)
    redirect_takes_s: float = 0.0
    hold_faults: deque[Exception] = field(default_factory=deque)
    stop_faults: deque[Exception] = field(default_factory=deque)
    hold_asked: asyncio.Event = field(default_factory=asyncio.Event)
    hold_gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        self.hold_gate.set()

    def hold(self) -> None:
        """From now on dials are heard (`asked`), and answered only when the gate is set."""
        self.gate.clear()
        self.asked.clear()

    def fails(self, *faults: Fault | None) -> None:
        """Script the next dials. None: that one goes well."""
        self.faults.extend(faults)

    def dialled(self) -> list[str]:
        """Whose phones were rung, in order."""
        return [leg.dial.to for leg in self.legs]

    async def dial(self, dial: Dial) -> str:
        self.journal.append(("dial", dial.to))
        self.asked.set()
        await self.gate.wait()
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and not fault.after_effect:
            raise fault.error
        leg = FakeLeg(f"CA{len(self.legs) + 1}", dial, self.clock.now())
        self.legs.append(leg)
        if fault is not None:
            raise fault.error
        return leg.sid

    async def find_legs(self, *, to: str, since: datetime) -> Sequence[LegReport]:
        self.journal.append(("find_legs", to))
        if self.list_error is not None:
            raise self.list_error
        found = [leg for leg in self.legs if leg.dial.to == to and leg.started_at >= since]
        return [self._report(leg) for leg in reversed(found)]

    async def leg(self, sid: str) -> LegReport | None:
        return next((self._report(leg) for leg in self.legs if leg.sid == sid), None)

    async def redirect(self, sid: str, url: str) -> None:
        self.clock.advance(self.redirect_takes_s)
        self.journal.append(("redirect", f"{sid} {url}"))
        if self.redirect_faults:
            raise self.redirect_faults.popleft()

    async def hang_up(self, sid: str) -> None:
        self.journal.append(("hang_up", sid))

    async def stop_ringing(self, sid: str) -> None:
        self.journal.append(("stop_ringing", sid))
        if self.stop_faults:
            raise self.stop_faults.popleft()

    async def change(self, conference: str, sid: str, change: PlaceChange) -> None:
        self.journal.append(_change_said(f"{conference} {sid}", change))
        self.hold_asked.set()
        await self.hold_gate.wait()
        if self.hold_faults:
            raise self.hold_faults.popleft()

    def _report(self, leg: FakeLeg) -> LegReport:
        return LegReport(sid=leg.sid, to=leg.dial.to, status=leg.status, started_at=leg.started_at)


@dataclass
class FakeText:
    """One text that the fake carrier has taken."""

    sid: str
    to: str
    from_: str
    body: str
    status_url: str
    at: datetime
    status: str = "sent"


@dataclass
class FakeTextCarrier:
    """Takes every text at once. `faults` are used up in turn."""

    clock: FakeClock
    faults: deque[Fault] = field(default_factory=deque)
    sent: list[FakeText] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def fails(self, error: Exception, *, after_effect: bool = False) -> None:
        """Script the next text. `after_effect`: it was sent, and the answer is lost."""
        self.faults.append(Fault(error, after_effect))

    def hold(self) -> None:
        """From now on nothing is answered until the gate is set."""
        self.gate.clear()

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        await self.gate.wait()
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and not fault.after_effect:
            raise fault.error
        sid = f"SM{len(self.sent) + 1}"
        self.sent.append(FakeText(sid, to, from_, body, status_url, self.clock.now()))
        if fault is not None:
            raise fault.error
        return sid

    async def find_messages(self, *, to: str, since: datetime) -> Sequence[ListedText]:
        return [
            ListedText(sid=one.sid, from_=one.from_, body=one.body, status=one.status, error=0)
            for one in reversed(self.sent)
            if one.to == to and one.at >= since
        ]


@dataclass
class FakeJobs:
    """Hears wakes. `reachable`: whether the queue is there; nobody works on what it was told."""

    reachable: bool = True
    woken: list[tuple[str, str]] = field(default_factory=list)

    async def wake(self, job: str, row_id: str) -> bool:
        if self.reachable:
            self.woken.append((job, row_id))
        return self.reachable
