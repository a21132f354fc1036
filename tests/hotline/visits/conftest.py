"""A town's station below a county, below a city; a child's case held by the town."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from hotline.cases.timeline import CaseAct
from hotline.deliveries.by_text import ByText
from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.model import Channel
from hotline.deliveries.sending import Askers, Sender
from hotline.staff.actor import Actor
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    Case,
    CaseEntry,
    CaseLink,
    Delivery,
    Line,
    Staff,
    Station,
    StationContact,
    VisitPlan,
    VisitTelling,
)
from hotline.storage.vault import Vault, make_key
from hotline.supervision import RowFaults
from hotline.visits.calls import VisitCalls
from hotline.visits.colouring import WantedColour, confirm
from hotline.visits.letters import VisitLetters
from hotline.visits.look import look_at_visits
from hotline.visits.model import ChildSeen
from hotline.visits.overdue import PURPOSE
from hotline.visits.visiting import NewVisit, record_visit
from tests.fakes import FakeCarrier, FakeClock, FakeJobs, FakeTextCarrier
from tests.hotline.rows import StoredScene

BASE = "https://hotline.test"
TOWN, DEPUTY, COUNTY, CITY = "02000000202", "15400000203", "02000000102", "02000000101"
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock where they are, a Monday
DAY_S = 24 * 3600.0
OFFICER = Actor.of_staff("chen")
COUNSELOR = Actor.of_staff("li")


class VisitScene(StoredScene):
    """The place, and short words for what happens in it."""

    def __init__(
        self, database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
    ) -> None:
        self.database, self.carrier, self.clock = database, carrier, clock
        self.vault, self.faults = Vault(make_key()), RowFaults()
        self.texts = FakeTextCarrier(clock)
        askers = Askers(
            by_purpose={PURPOSE: VisitCalls()},
            base_url=BASE,
            writers={PURPOSE: VisitLetters(BASE, self.vault)},
            channels={Channel.TEXT: ByText(self.texts)},
        )
        sender = Sender(database=database, carrier=carrier, clock=clock, askers=askers)
        jobs.reachable = False
        self.dispatcher = Dispatcher(database=database, sender=sender, jobs=jobs, clock=clock)
        clock.time = MORNING

    async def furnish(self) -> None:
        """Three stations, their contacts, the line, two people, the case of one call."""
        now = self.clock.now()
        await self.add(
            Station(id="city", name="市", name_en="City", division="440100", phone="1"),
            Station(id="county", name="区", name_en="County", division="440106", phone="2",
                    parent_id="city"),
            Station(id="town", name="街", name_en="Town", division="440106", phone="3",
                    parent_id="county"),
            contact("duty", "town", 0, TOWN),
            contact("head", "town", 1, DEPUTY, account="lead"),
            contact("of-county", "county", 0, COUNTY),
            contact("of-city", "city", 0, CITY),
            Line(id="12355", name="青少年热线", name_en="Youth", number_shown="12355",
                 station_id="town"),
            Staff(id="li", username="li", name="Li", password_hash="", roles=["counselor"]),
            Staff(id="chen", username="chen", name="Chen", password_hash="", station_id="town"),
            Call(id="call", carrier_sid="CA-call", line_id="12355", state="ended",
                 arrived_at=now, heard_at=now),
            Case(id="case", number="1234567", line_id="12355", station_id="town",
                 division="440106", opened_as="high", opened_by="system", opened_at=now),
            CaseLink(case_id="case", kind="call", subject_id="call", by="system", at=now),
        )  # fmt: skip

    def act(self, by: Actor = OFFICER) -> CaseAct:
        """Somebody acts now."""
        return CaseAct(vault=self.vault, by=by, at=self.clock.now())

    async def confirms(self, colour: str, reason: str = "seen at home", case: str = "case") -> None:
        """The station decides on a colour."""
        async with self.database.work() as work:
            await confirm(work, self.act(), case, WantedColour(colour=colour, reason=reason))

    async def visits(self, seen: ChildSeen = ChildSeen.YES, **told: Any) -> str:
        """Somebody went, by default just now."""
        fields = {"client_key": f"key-of-{self.clock.now().isoformat()}", **told}
        fields.setdefault("visited_at", self.clock.now())
        visit = NewVisit(place="home", seen=seen, **fields)
        async with self.database.work() as work:
            return (await record_visit(work, self.act(), "case", visit)).id

    async def looks(self) -> None:
        """One look at what is due, and everything that it sends."""
        await look_at_visits(self.database, self.faults, at=self.clock.now())
        await self.dispatcher.tick()
        await self.dispatcher.settled()

    async def passes(self, days: float, *, every_hours: float = 6) -> None:
        """Time passes, with a look every so often."""
        until = self.clock.now() + timedelta(days=days)
        while self.clock.now() < until:
            step = min(timedelta(hours=every_hours), until - self.clock.now())
            self.clock.advance(step.total_seconds())
            await self.looks()

    async def plan(self, case: str = "case") -> VisitPlan:
        """What the case waits for now."""
        async with self.database.work() as work:
            return await work.get_one(VisitPlan, case)

    async def told(self) -> list[str]:
        """Which contacts were told, in order."""
        query = select(VisitTelling.contact_id).order_by(
            col(VisitTelling.at), col(VisitTelling.station_id).desc()
        )
        async with self.database.work() as work:
            return list((await work.exec(query)).all())

    async def deliveries(self) -> list[Delivery]:
        """What became of each telling, the oldest first."""
        query = select(Delivery).order_by(col(Delivery.created_at), col(Delivery.address))
        async with self.database.work() as work:
            return list((await work.exec(query)).all())

    async def kinds(self) -> list[str]:
        """What the timeline tells, in order."""
        async with self.database.work() as work:
            return list((await work.exec(select(CaseEntry.kind).order_by(col(CaseEntry.id)))).all())

    async def entries(self, kind: str) -> list[CaseEntry]:
        """Of one kind."""
        query = select(CaseEntry).where(CaseEntry.kind == kind).order_by(col(CaseEntry.id))
        async with self.database.work() as work:
            return list((await work.exec(query)).all())

    async def get(self, table: type[SQLModel], key: str) -> Any:
        """A row as it is now."""
        async with self.database.work() as work:
            return await work.get_one(table, key)


def contact(key: str, station: str, rank: int, phone: str, account: str = "") -> StationContact:
    """Somebody at a station."""
    return StationContact(id=key, key=key, station_id=station, rank=rank, name=f"name of {key}",
                          phone=phone, pin_hash="", account=account)  # fmt: skip


@pytest.fixture
async def scene(
    database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
) -> VisitScene:
    """The furnished place, on a Monday morning."""
    made = VisitScene(database, carrier, jobs, clock)
    await made.furnish()
    return made
