"""A child on the line, a counselor who suspects something, and two supervisors with phones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select

from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.cases.timeline import CaseAct
from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.sending import Askers, Sender
from hotline.settings import Settings
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.statutory.acts import Made, report_made
from hotline.statutory.deadlines import ReportLook
from hotline.statutory.model import How, ReportAgency, Source
from hotline.statutory.phones import LATE_REPORT, ReportCalls
from hotline.statutory.service import Suspicion, suspect
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    Call,
    CaseEntry,
    Delivery,
    Line,
    Staff,
    StatutoryReport,
)
from hotline.storage.vault import Vault, make_key
from tests.fakes import FakeCarrier, FakeClock, FakeJobs

LI, HE, SUN = (Actor.of_staff(name) for name in ("li", "he", "sun"))
HE_PHONE, SUN_PHONE = "15400000011", "15400000012"
BASE = "https://hotline.test"


@dataclass
class ReportScene:
    """The place, and short words for what happens in it."""

    database: Database
    carrier: FakeCarrier
    jobs: FakeJobs
    clock: FakeClock
    vault: Vault = field(default_factory=lambda: Vault(make_key()))
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        askers = Askers(by_purpose={LATE_REPORT: ReportCalls()}, base_url=BASE)
        self.sender = Sender(
            database=self.database, carrier=self.carrier, clock=self.clock, askers=askers
        )
        self.dispatcher = Dispatcher(
            database=self.database, sender=self.sender, jobs=self.jobs, clock=self.clock
        )
        self.jobs.reachable = False  # no worker is about: the dispatcher sends by itself
        self.look = self.another_look()

    def another_look(self) -> ReportLook:
        """One more process, on the same rows."""
        return ReportLook(database=self.database, clock=self.clock)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A unit of work."""
        async with self.database.work() as work:
            yield work

    async def add(self, *rows: SQLModel) -> None:
        """Rows, each after those before it."""
        async with self.work() as work:
            for row in rows:
                work.add(row)
                await work.flush()

    async def furnish(self) -> None:
        """The line, its people, and li's talk."""
        supervisor: dict[str, Any] = {"roles": [Role.SUPERVISOR], "lines": ["youth"]}
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"),
            Staff(id="li", username="li", name="Li", password_hash="", lines=["youth"]),
            Staff(id="he", username="he", name="He", password_hash="", own_phone=HE_PHONE,
                  **supervisor),
            Staff(id="sun", username="sun", name="Sun", password_hash="", own_phone=SUN_PHONE,
                  **supervisor),
        )  # fmt: skip
        await self.add(self.call("call"))

    def call(self, call_id: str) -> Call:
        """A child in a talk with li."""
        now = self.clock.now()
        return Call(id=call_id, carrier_sid=f"CA-{call_id}", line_id="youth", counselor_id="li",
                    state=CallState.TALKING, arrived_at=now, heard_at=now)  # fmt: skip

    async def suspects(self, *codes: str, by: Actor = LI, call: str = "call") -> StatutoryReport:
        """Somebody presses the button."""
        suspicion = Suspicion(
            codes=codes or ("abandoned",),
            source=Source.BUTTON,
            by=by,
            at=self.clock.now(),
            settings=self.settings,
        )
        async with self.work() as work:
            return await suspect(work, await lock_call(work, call), suspicion)

    def act(self, by: Actor = LI) -> CaseAct:
        """Somebody does something now."""
        return CaseAct(vault=self.vault, by=by, at=self.clock.now())

    def made(self, **values: Any) -> Made:
        """A report to the police, on the phone."""
        told: dict[str, Any] = {
            "agency": ReportAgency.POLICE,
            "how": How.PHONE,
            "at": self.clock.now(),
            "person": "desk 3",
        }
        return Made(**{**told, **values})

    async def reports(self, report_id: str, by: Actor = LI) -> StatutoryReport:
        """Somebody has reported it."""
        async with self.work() as work:
            return await report_made(work, self.act(by), report_id, self.made())

    async def passes(self, seconds: float) -> None:
        """Time passes, with a look and all that it starts at its end."""
        self.clock.advance(seconds)
        await self.tick()

    async def tick(self) -> None:
        """One look."""
        await self.look.tick()
        await self.dispatcher.tick()
        await self.dispatcher.settled()

    async def report(self, report_id: str | None = None) -> StatutoryReport:
        """The report as its row is now; of several the first."""
        query = select(StatutoryReport).order_by(col(StatutoryReport.opened_at))
        if report_id is not None:
            query = query.where(StatutoryReport.id == report_id)
        async with self.work() as work:
            return (await work.exec(query.limit(1))).one()

    async def all(self, table: type[SQLModel]) -> list[Any]:
        """All rows of a table."""
        async with self.work() as work:
            return list((await work.exec(select(table))).all())

    async def rung(self) -> list[str]:
        """Which phones rang, first to last."""
        query = select(Delivery.address).where(Delivery.purpose == LATE_REPORT)
        query = query.order_by(col(Delivery.created_at), col(Delivery.dedupe_key))
        async with self.work() as work:
            return list((await work.exec(query)).all())

    async def told(self) -> list[str]:
        """What the case's timeline tells of reports, in order."""
        query = select(CaseEntry.kind).order_by(col(CaseEntry.id))
        async with self.work() as work:
            kinds = (await work.exec(query)).all()
        return [kind for kind in kinds if not kind.startswith("case.")]

    async def change(self, table: type[SQLModel], key: str, **values: Any) -> None:
        """Set columns of a row."""
        async with self.work() as work:
            row = await work.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)

    def now(self) -> datetime:
        """By its clock."""
        return self.clock.now()


@pytest.fixture
async def scene(
    database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
) -> ReportScene:
    """The furnished place."""
    made = ReportScene(database, carrier, jobs, clock)
    await made.furnish()
    return made
