"""People of one line, some with weekly hours in their file."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotline.escalations.on_call import supervisor_phones
from hotline.roster.duty import PlannedNow, on_duty
from hotline.storage.session import Database
from hotline.storage.tables import Line, RosterLeave, RosterShift, Staff
from tests.hotline.rows import StoredScene

MIDNIGHT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # here, where Monday the 2nd begins
WEEKDAYS = [{"days": ["mon", "tue"], "from": "22:00", "to": "06:00"}]


class DutyScene(StoredScene):
    """Who is there when."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def furnish(self) -> None:
        """Li has nights in the file, wong nothing at all, he supervises, root sets things up."""
        await self.add(Line(id="youth", name="x", name_en="x", number_shown="1"))
        roles = {"li": "counselor", "wong": "counselor", "he": "supervisor", "root": "admin"}
        for name, role in roles.items():
            shifts = WEEKDAYS if name != "wong" else []
            await self.add(
                Staff(id=name, username=name, name=name, password_hash="x", roles=[role],
                      lines=["youth"], shifts=shifts)
            )  # fmt: skip

    async def planned(self, who: str, begin: float, end: float, **more: Any) -> None:
        """A shift, in hours from Monday's midnight."""
        what = {"state": "planned", "kind": "duty", "lines": ["youth"], **more}
        await self.add(RosterShift(staff_id=who, begins_at=at(begin), ends_at=at(end),
                                   by_id="he", at=MIDNIGHT, **what))  # fmt: skip

    async def away(self, who: str, begin: float, end: float, state: str = "approved") -> None:
        """A leave, in hours from Monday's midnight."""
        await self.add(RosterLeave(staff_id=who, begins_at=at(begin), ends_at=at(end),
                                   kind="holiday", state=state, at=MIDNIGHT))  # fmt: skip

    async def there(self, hour: float) -> dict[str, str]:
        """By person: what says that they are there."""
        return {one.staff_id: one.source.value for one in await self.rows(hour)}

    async def rows(self, hour: float) -> list[PlannedNow]:
        """Everybody, whole."""
        async with self.database.work() as work:
            return await on_duty(work, at(hour))

    async def rung(self, hour: float) -> list[str]:
        """Which phones tell the supervisors of the line, in order."""
        async with self.database.work() as work:
            line = await work.get_one(Line, "youth")
            return await supervisor_phones(work, line, at=at(hour))


def at(hour: float) -> datetime:
    """Hours from Monday's midnight."""
    return MIDNIGHT + timedelta(hours=hour)


@pytest.fixture
async def scene(database: Database) -> DutyScene:
    """The line and its people."""
    made = DutyScene(database)
    await made.furnish()
    return made
