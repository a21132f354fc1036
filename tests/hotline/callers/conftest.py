"""A line, its people, and callers of whom something is known from before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from hotline.calls.model import CallState, Outcome
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, CallEntry, Line, Staff
from tests.fakes import NOON, FakeClock

CHILD = "index-of-the-child"
HE = SignedIn(staff_id="he", username="he", name="He", roles=("supervisor",), station_id=None,
              lines=("youth",))  # fmt: skip


@dataclass
class CallersScene:
    """The rows, and short words for them."""

    database: Database
    clock: FakeClock
    ids: "count[int]" = field(default_factory=count)

    async def furnish(self) -> None:
        """The line, a counselor and a supervisor."""
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
            Staff(id="li", username="li", name="Li", password_hash="",
                  roles=["counselor"], lines=["youth"]),
            Staff(id="he", username="he", name="He", password_hash="",
                  roles=["supervisor"], lines=["youth"]),
        )  # fmt: skip

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """One unit of work."""
        async with self.database.work() as work:
            yield work

    async def add(self, *rows: SQLModel) -> None:
        """Rows, each after those before it."""
        async with self.work() as work:
            for row in rows:
                work.add(row)
                await work.flush()

    async def called(self, at: datetime | None = None, lasted_s: float = 60, **values: Any) -> str:
        """A call of the child that is over."""
        at, key = at or self.clock.now(), f"over-{next(self.ids)}"
        fields: dict[str, Any] = {"outcome": Outcome.HUNG_UP, "from_index": CHILD}
        ended_at = at + timedelta(seconds=lasted_s)
        await self.add(
            Call(id=key, carrier_sid=key, line_id="youth", state=CallState.ENDED, arrived_at=at,
                 heard_at=at, ended_at=ended_at, from_masked="138****8000", **(fields | values))
        )  # fmt: skip
        return key

    async def calls(self, state: CallState = CallState.WAITING, **values: Any) -> str:
        """The child is on the line now."""
        now = self.clock.now()
        fields: dict[str, Any] = {"from_index": CHILD, "queued_at": now}
        await self.add(
            Call(id="c1", carrier_sid="CA1", line_id="youth", state=state, arrived_at=now,
                 heard_at=now, from_masked="138****8000", **(fields | values))
        )  # fmt: skip
        return "c1"

    async def get(self, table: type[SQLModel], key: str) -> Any:
        """A row as it is now."""
        async with self.work() as work:
            return await work.get_one(table, key)

    async def kinds(self) -> list[str]:
        """What the timelines tell, in order."""
        async with self.work() as work:
            query = select(CallEntry.kind).order_by(col(CallEntry.id))
            return list((await work.exec(query)).all())


@pytest.fixture
async def scene(database: Database) -> CallersScene:
    """Nobody on the line."""
    made = CallersScene(database, FakeClock(NOON))
    await made.furnish()
    return made
