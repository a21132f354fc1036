"""An auditor beside a house that works: whatever a test breaks is all there is to find."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from hotline.deliveries.tick_loop import BEAT
from hotline.ports import Dial
from hotline.storage.session import Database
from hotline.storage.tables import Beat, Delivery, Line, WatchFinding, WatchPage
from hotline.watching.auditor import Auditor
from hotline.watching.looks import Machine
from hotline.watching.pager import Paged, Pager
from tests.fakes import FakeClock
from tests.hotline.rows import StoredScene

BASE = "https://hotline.test"
FIRST, SECOND, SENDER = "15400000901", "15400000902", "02000000900"
YEARS = timedelta(days=1000)  # also by the database's own clock


@dataclass
class FakePhones:
    """A carrier that rings and writes. `faults`: of the next dials, in turn."""

    dials: list[Dial] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    faults: deque[Exception] = field(default_factory=deque)
    text_faults: deque[Exception] = field(default_factory=deque)

    async def dial(self, dial: Dial) -> str:
        self.dials.append(dial)
        if self.faults:
            raise self.faults.popleft()
        return f"CA{len(self.dials)}"

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        assert from_ == SENDER
        assert status_url.startswith(BASE)
        self.texts.append((to, body))
        if self.text_faults:
            raise self.text_faults.popleft()
        return f"SM{len(self.texts)}"

    def rung(self) -> list[str]:
        """Whose phones, in order."""
        return [dial.to for dial in self.dials]


@dataclass
class WatchedScene(StoredScene):
    """`used`: of the disk. `redis`: whether it answers. `beats`: whether the dispatcher does."""

    database: Database
    clock: FakeClock
    folder: Path
    phones: FakePhones = field(default_factory=FakePhones)
    redis: bool = True
    used: float = 0.1
    beats: bool = True

    def __post_init__(self) -> None:
        self.auditor = self.another_auditor()

    def another_auditor(self, database: Database | None = None) -> Auditor:
        """As after a restart."""
        return Auditor(
            database=database or self.database,
            clock=self.clock,
            machine=Machine(
                data=self.folder, spool=self.folder / "spool",
                redis=self._redis_answers, used=lambda _: self.used,
            ),
            pager=Pager(
                self.phones, Paged(phones=(FIRST, SECOND), sender=SENDER, base_url=BASE)
            ),
        )  # fmt: skip

    async def _redis_answers(self) -> bool:
        return self.redis

    async def after(self, seconds: float) -> list[tuple[str, str]]:
        """Kind and row of what stands after this time, and a look at its end."""
        self.clock.advance(seconds)
        if self.beats:
            async with self.database.work() as work:
                await work.merge(Beat(name=BEAT, at=self.clock.now()))
        await self.auditor.look()
        return await self.standing()

    async def standing(self) -> list[tuple[str, str]]:
        """Kind and row of what is found and not gone; the clocks of tests always differ."""
        query = select(WatchFinding).where(col(WatchFinding.gone_at).is_(None))
        async with self.database.work() as work:
            rows = (await work.exec(query.order_by(col(WatchFinding.kind)))).all()
        return [(one.kind, one.row_id) for one in rows if one.kind != "clock_differs"]

    async def pages(self) -> list[WatchPage]:
        """In order."""
        async with self.database.work() as work:
            return list((await work.exec(select(WatchPage).order_by(col(WatchPage.at)))).all())

    def delivery(self, state: str, due_at: datetime, lease: datetime | None = None) -> Delivery:
        """One of nobody's."""
        return Delivery(
            id=f"{state}-1", channel="phone", purpose="test", address="1", sender="2",
            dedupe_key=state, state=state, due_at=due_at, lease_until=lease,
            created_at=due_at,
        )  # fmt: skip


@pytest.fixture
async def scene(database: Database, clock: FakeClock, tmp_path: Path) -> WatchedScene:
    """Everything is there."""
    made = WatchedScene(database, clock, tmp_path)
    await made.add(Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
    return made
