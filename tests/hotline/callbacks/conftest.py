"""A line, its people, and a child who is owed a call."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from hotline.callbacks.model import Why
from hotline.callbacks.service import owe_callback, owed_to_caller
from hotline.storage.session import Database
from hotline.storage.tables import Call, Callback, CallbackCause, Line, Staff
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON, FakeClock
from tests.hotline.rows import StoredScene


@dataclass
class OwedScene(StoredScene):
    """The rows, and short words for them."""

    database: Database
    clock: FakeClock
    vault: Vault = field(default_factory=lambda: Vault(make_key(), index_secret="s" * 32))

    async def furnish(self) -> None:
        """The line and a counselor of it."""
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
            Staff(id="li", username="li", name="Li", password_hash="", lines=["youth"]),
        )

    async def lost(self, key: str, **values: Any) -> Call:
        """A child who hung up while they waited; from one number, if nothing else is said."""
        known: dict[str, Any] = {"line_id": "youth", "from_index": "child"}
        times: dict[str, Any] = {"arrived_at": NOON, "heard_at": NOON, "queued_at": NOON}
        ends: dict[str, Any] = {"state": "ended", "outcome": "hung_up"}
        call = Call(id=key, carrier_sid=f"CA-{key}", **(known | times | ends | values))
        await self.add(call)
        return call

    async def owe(self, call: Call, why: Why, *, at: datetime | None = None) -> Callback:
        """Whoever made the call is owed one."""
        async with self.database.work() as work:
            owed = owed_to_caller(call)
            return await owe_callback(work, owed, why=why, at=at or self.clock.now())

    async def callbacks(self) -> list[Callback]:
        """All that were ever owed."""
        async with self.database.work() as work:
            return list((await work.exec(select(Callback))).all())

    async def causes(self) -> dict[str, str]:
        """By call: the callback that accounts for it."""
        async with self.database.work() as work:
            found = (await work.exec(select(CallbackCause))).all()
            return {one.call_id: one.callback_id for one in found}


@pytest.fixture
async def owed(database: Database, clock: FakeClock) -> OwedScene:
    """Nobody is owed a call yet."""
    scene = OwedScene(database, clock)
    await scene.furnish()
    return scene
