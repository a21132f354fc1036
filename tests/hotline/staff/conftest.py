"""A line and one counselor, li, in whatever state a test wants."""

from dataclasses import dataclass
from typing import Any

import pytest

from hotline.storage.session import Database
from hotline.storage.tables import Line, Presence, Staff
from tests.fakes import NOON, FakeClock
from tests.hotline.rows import StoredScene


@dataclass
class StaffScene(StoredScene):
    """The rows, a clock, and short words for them."""

    database: Database
    clock: FakeClock

    async def furnish(self) -> None:
        """The line with the default plan, and li who is off duty."""
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
            Staff(
                id="li",
                username="li",
                name="Li",
                password_hash="",
                roles=["counselor"],
                lines=["youth"],
            ),
            Presence(staff_id="li", since=NOON, idle_since=NOON),
        )

    async def li_is(self, state: str, **values: Any) -> None:
        """What li does now."""
        async with self.database.work() as work:
            row = await work.get_one(Presence, "li")
            for name, value in {"state": state, **values}.items():
                setattr(row, name, value)

    async def li(self) -> Presence:
        """As the row is now."""
        async with self.database.work() as work:
            return await work.get_one(Presence, "li")


@pytest.fixture
async def scene(database: Database, clock: FakeClock) -> StaffScene:
    """The furnished place."""
    made = StaffScene(database, clock)
    await made.furnish()
    return made
