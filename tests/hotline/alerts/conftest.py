"""A line that is open, with a counselor, two supervisors and rules of a test's own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.alerts.kept import put_alert_rules_in_force
from hotline.alerts.look import keep_alerts
from hotline.alerts.measures import lines_show
from hotline.alerts.model import LineShows
from hotline.alerts.rules import read_alert_rules
from hotline.storage.session import Database
from hotline.storage.tables import FloorAlert, Line, PhoneNumber, Presence, Staff
from tests.fakes import FakeClock
from tests.hotline.rows import StoredScene

PEOPLE = {"li": "counselor", "he": "supervisor", "sun": "supervisor"}


@dataclass
class AlertScene(StoredScene):
    """What stands, and looks at it."""

    database: Database
    clock: FakeClock

    async def furnish(self) -> None:
        """li is ready; of the supervisors sun is planned to be there now."""
        now = self.clock.now()
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="1"),
            PhoneNumber(number="1", line_id="youth"),
        )
        for name, role in PEOPLE.items():
            staff = Staff(id=name, username=name, name=name, password_hash="", roles=[role],
                          lines=["youth"])  # fmt: skip
            await self.add(staff, Presence(staff_id=name, since=now, idle_since=now))
        await self.change(Presence, "li", state="ready")
        days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        await self.change(Staff, "sun", shifts=[{"days": days, "from": "00:00", "to": "23:45"}])

    async def rules(self, *rules: dict[str, Any], **more: Any) -> None:
        """These are in force from now on."""
        known = {"id": "a_rule", "measure": "nobody_ready_s", "threshold": 1, "level": "alarm"}
        wanted = read_alert_rules({"rules": [known | one for one in rules or ({},)], **more})
        async with self.database.work() as work:
            await put_alert_rules_in_force(work, wanted, at=self.clock.now())

    async def looks(self, after_s: float = 0) -> list[FloorAlert]:
        """Whoever leads looks; all alerts there were, those that were only begun left out."""
        self.clock.advance(after_s)
        async with self.database.work() as work:
            await keep_alerts(work, at=self.clock.now())
        return [one for one in await self.all(FloorAlert) if one.raised_at is not None]

    async def shows(self) -> LineShows:
        """The line."""
        async with self.database.work() as work:
            return (await lines_show(work, at=self.clock.now()))["youth"]

    def ago(self, seconds: float) -> datetime:
        """A moment that is past."""
        return self.clock.now() - timedelta(seconds=seconds)


@pytest.fixture
async def floor(database: Database, clock: FakeClock) -> AlertScene:
    """Nothing stands."""
    made = AlertScene(database, clock)
    await made.furnish()
    return made
