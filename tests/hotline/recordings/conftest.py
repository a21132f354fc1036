"""A line that records, a child and li in a talk, and a carrier that records what it is told to."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.errors import LegGone
from hotline.recordings.carrier import AtCarrier, Media, RecordingReport
from hotline.recordings.reconciler import Reconciler
from hotline.recordings.service import (
    begin_recording,
    end_recording,
    pause_recording,
    resume_recording,
)
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, CallRecording, Line, Staff
from tests.fakes import NOON, FakeClock, Fault
from tests.hotline.rows import StoredScene

LEG = "CA-child"


@dataclass
class FakeRecordings:
    """Records at once. `faults` are used up in turn by requests that change something."""

    kept: dict[str, RecordingReport] = field(default_factory=dict)
    sounds: dict[str, bytes] = field(default_factory=dict)
    faults: deque[Fault | None] = field(default_factory=deque)
    journal: list[tuple[str, str]] = field(default_factory=list)
    messages: list[RecordingReport] = field(default_factory=list)
    list_fault: Exception | None = None
    length: int | None = None
    breaks_off: bool = False
    keeps_what_it_deletes: bool = False
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def made(self) -> list[str]:
        """How all recordings stand."""
        return [one.status.value for one in self.kept.values()]

    async def start(self, leg_sid: str) -> str:
        sid = f"RE{len(self.kept) + 1}"

        def begin() -> None:
            self.kept[sid] = RecordingReport(sid=sid, status=AtCarrier.RUNNING)

        await self._does("start", leg_sid, begin)
        return sid

    async def pause(self, leg_sid: str, sid: str) -> None:
        await self._does("pause", sid, lambda: self._becomes(sid, AtCarrier.PAUSED))

    async def resume(self, leg_sid: str, sid: str) -> None:
        await self._does("resume", sid, lambda: self._becomes(sid, AtCarrier.RUNNING))

    async def stop(self, leg_sid: str, sid: str) -> None:
        await self._does("stop", sid, lambda: self._becomes(sid, AtCarrier.COMPLETED))

    async def of_leg(self, leg_sid: str) -> Sequence[RecordingReport]:
        self.journal.append(("of_leg", leg_sid))
        return list(self.kept.values())

    async def messages_of_leg(self, leg_sid: str) -> Sequence[RecordingReport]:
        self.journal.append(("messages_of_leg", leg_sid))
        if self.list_fault is not None:
            raise self.list_fault
        return self.messages

    async def report(self, sid: str) -> RecordingReport | None:
        self.journal.append(("report", sid))
        return self.kept.get(sid)

    @asynccontextmanager
    async def sound(self, sid: str) -> AsyncIterator[Media]:
        self.journal.append(("sound", sid))
        raw = self.sounds[sid]
        yield Media(len(raw) if self.length is None else self.length, self._pieces(raw))

    async def _pieces(self, raw: bytes) -> AsyncIterator[bytes]:
        for at in range(0, len(raw), 1000):
            if self.breaks_off and at:
                return
            yield raw[at : at + 1000]

    async def delete(self, sid: str) -> None:
        gone = (lambda: None) if self.keeps_what_it_deletes else lambda: self.kept.pop(sid, None)
        await self._does("delete", sid, gone)

    async def _does(self, what: str, which: str, effect: Any) -> None:
        self.journal.append((what, which))
        self.asked.set()
        await self.gate.wait()
        fault = self.faults.popleft() if self.faults else None
        if fault is None or fault.after_effect:
            effect()
        if fault is not None:
            raise fault.error

    def _becomes(self, sid: str, status: AtCarrier) -> None:
        before = self.kept[sid]
        if before.status not in (AtCarrier.RUNNING, AtCarrier.PAUSED):
            raise LegGone
        self.kept[sid] = replace(before, status=status, seconds=60)

    def leg_ends(self) -> None:
        """The child hung up: all that ran is over."""
        for sid, one in self.kept.items():
            self.kept[sid] = replace(one, status=AtCarrier.COMPLETED, seconds=60)


@dataclass
class RecordingScene(StoredScene):
    """Short words for what is wanted of the call's recording, and what comes of it."""

    database: Database
    carrier: FakeRecordings
    clock: FakeClock
    folder: Path
    reconciler: Reconciler = field(init=False)

    def __post_init__(self) -> None:
        self.reconciler = self.another_reconciler()

    def another_reconciler(self) -> Reconciler:
        """Of another process."""
        return Reconciler(database=self.database, carrier=self.carrier, clock=self.clock)

    async def furnish(self) -> None:
        """The talk, of a child who has heard the notice."""
        rule = {"when": "always", "keep_days": 30}
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="1", recording=rule),
            Staff(id="li", username="li", name="Li", password_hash=""),
            Call(id="c1", carrier_sid=LEG, line_id="youth", state="talking", arrived_at=NOON,
                 heard_at=NOON, notice_heard_at=NOON, counselor_id="li", joined_at=NOON),
        )  # fmt: skip

    async def talk_begins(self) -> None:
        """The caller comes in."""
        async with self.database.work() as work:
            await begin_recording(work, await lock_call(work, "c1"), at=self.clock.now())

    async def talk_ends(self) -> None:
        """The last counselor, or the caller, is gone."""
        async with self.database.work() as work:
            await end_recording(work, await lock_call(work, "c1"), at=self.clock.now())

    async def li_pauses(self) -> None:
        """She wants what follows to be silence."""
        async with self.database.work() as work:
            call = await lock_call(work, "c1")
            await pause_recording(work, call, at=self.clock.now(), staff_id="li")

    async def li_resumes(self) -> None:
        """And no longer."""
        async with self.database.work() as work:
            call = await lock_call(work, "c1")
            await resume_recording(work, call, at=self.clock.now(), staff_id="li")

    async def is_looked_at(self) -> None:
        """One look, and everything that it asks."""
        await self.reconciler.tick()
        await self.reconciler.jobs.settled()

    async def passes(self, seconds: float) -> None:
        """Time passes, with a look at its end."""
        self.clock.advance(seconds)
        await self.is_looked_at()

    async def rows(self) -> list[CallRecording]:
        """All recordings, in order."""
        query = select(CallRecording).order_by(col(CallRecording.created_at))
        async with self.database.work() as work:
            return list((await work.exec(query)).all())

    async def row(self) -> CallRecording:
        """The only one."""
        (one,) = await self.rows()
        return one

    async def kinds(self) -> list[str]:
        """What the timeline tells, in order."""
        query = select(CallEntry.kind).order_by(col(CallEntry.id))
        async with self.database.work() as work:
            return list((await work.exec(query)).all())

    async def begins(self) -> CallRecording:
        """A recording that runs."""
        await self.talk_begins()
        await self.is_looked_at()
        return await self.row()


@pytest.fixture
async def scene(
    database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[RecordingScene]:
    """The talk, not recorded yet."""
    made = RecordingScene(database, FakeRecordings(), clock, tmp_path)
    await made.furnish()
    yield made
    await made.reconciler.stop()
