"""A line with people, and short words for what came to it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.reports.facts import ServiceFacts
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.queries import FactsWish, facts_of
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line, Record, Staff, Station
from tests.fakes import FakeClock
from tests.hotline.rows import StoredScene


class FiguresScene(StoredScene):
    """A youth line and a legal one, on the day that the clock shows."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock

    async def furnish(self) -> None:
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
            Line(id="legal", name="法律", name_en="Legal", number_shown="12348"),
            Station(id="tianhe", name="天河", name_en="Tianhe", division="440106", phone="1"),
            Staff(id="li", username="li", name="Li", password_hash="", roles=["counselor"],
                  lines=["youth"]),
        )  # fmt: skip

    async def came(self, call_id: str, **values: Any) -> None:
        """A call of now that is over: nobody had it yet, unless it is said."""
        now = self.clock.now()
        fields: dict[str, Any] = {
            "line_id": "youth",
            "state": "ended",
            "outcome": "talked",
            "arrived_at": now,
            "queued_at": now,
            "joined_at": now + timedelta(seconds=5),
            "left_at": now + timedelta(minutes=20),
            "ended_at": now + timedelta(minutes=20),
            **values,
        }
        await self.add(Call(id=call_id, carrier_sid=f"CA-{call_id}", heard_at=now, **fields))

    async def recorded(self, call_id: str, *topics: str, ages: str = "14_15", risk: str = "none",
                       unfinished: bool = False) -> None:  # fmt: skip
        """What li wrote of it."""
        await self.add(
            Record(call_id=call_id, staff_id="li", contact_type="self", topics=list(topics),
                   risk=risk, disposition="listened", saved_at=self.clock.now(),
                   answers={"age_band": ages}, unfinished=unfinished)
        )  # fmt: skip

    async def facts(
        self, kind: PeriodKind = PeriodKind.DAY, *, lines: tuple[str, ...] = ("youth",),
        city: str = "", at: datetime | None = None,
    ) -> ServiceFacts:  # fmt: skip
        """Of the period around now."""
        now = at or self.clock.now()
        period = Period.around(kind, now.date())
        async with self.database.work() as work:
            return await facts_of(work, FactsWish(lines=lines, period=period, city=city), at=now)


@pytest.fixture
async def scene(database: Database, clock: FakeClock) -> FiguresScene:
    """The two lines, without a call."""
    made = FiguresScene(database, clock)
    await made.furnish()
    return made
