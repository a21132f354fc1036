"""A line and one call, at whatever point a test wants it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from hotline.calls.model import CallState
from hotline.calls.queries import CallDetail, call_detail
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, CallEntry, Line, Offer, PhoneNumber, Staff
from tests.fakes import NOON

SUPERVISOR = SignedIn(staff_id="he", username="he", name="", roles=("supervisor",), station_id=None,
                      lines=("youth",))  # fmt: skip


@dataclass
class CallsScene:
    """The rows, and short words for them."""

    database: Database

    async def furnish(self) -> None:
        """The line, its number, and two counselors."""
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
            PhoneNumber(number="12355", line_id="youth"),
            PhoneNumber(number="02012355", line_id="youth"),
            Staff(id="li", username="li", name="Li", password_hash="", lines=["youth"]),
            Staff(id="chen", username="chen", name="Chen", password_hash="", lines=["youth"]),
        )

    async def add(self, *rows: SQLModel) -> None:
        """Rows, each after those before it."""
        async with self.work() as work:
            for row in rows:
                work.add(row)
                await work.flush()

    async def call(self, state: CallState, **values: Any) -> None:
        """The one call."""
        fields: dict[str, Any] = {"arrived_at": NOON, "heard_at": NOON, "step": "welcome"}
        await self.add(
            Call(id="c1", carrier_sid="CA1", line_id="youth", state=state, **(fields | values))
        )

    async def happens(self, kind: str, by: str | None = None, **facts: Any) -> None:
        """One more entry of the timeline, all at noon."""
        await self.add(CallEntry(call_id="c1", at=NOON, kind=kind, staff_id=by, facts=facts))

    async def is_offered(self, offer_id: str, to: str, at_s: float = 0, **values: Any) -> None:
        """An offer of the call, so long after noon."""
        at = NOON + timedelta(seconds=at_s)
        await self.add(
            Offer(id=offer_id, call_id="c1", staff_id=to, offered_at=at, expires_at=at, **values)
        )

    async def detail(self) -> CallDetail:
        """What the pages show of the call now."""
        async with self.work() as work:
            return await call_detail(work, await work.get_one(Call, "c1"), SUPERVISOR)

    async def now(self) -> Call:
        """The call as it is now."""
        async with self.work() as work:
            return await work.get_one(Call, "c1")

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What the timeline tells, in order."""
        async with self.work() as work:
            query = select(CallEntry.kind, CallEntry.facts).order_by(col(CallEntry.id))
            return [(kind, dict(facts)) for kind, facts in (await work.exec(query)).all()]

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A unit of work."""
        async with self.database.work() as work:
            yield work


@pytest.fixture
async def scene(database: Database) -> CallsScene:
    """The furnished place."""
    made = CallsScene(database)
    await made.furnish()
    return made
