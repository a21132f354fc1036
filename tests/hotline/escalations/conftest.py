"""A line with a station of two contacts and a parent station of one, and a child on the line."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import SQLModel, col, select

from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.sending import Askers, Sender
from hotline.escalations.attempts import PURPOSE
from hotline.escalations.deadlines import Deadlines
from hotline.escalations.model import Level
from hotline.escalations.service import NewFlag, raise_flag
from hotline.escalations.station_call import StationCalls
from hotline.staff.actor import Actor
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    Attempt,
    Call,
    Delivery,
    Escalation,
    EscalationEntry,
    Line,
    Staff,
    Station,
    StationContact,
)
from hotline.storage.vault import Vault, make_key
from tests.fakes import FakeCarrier, FakeClock, FakeJobs

PIN = "1232"
BASE = "https://hotline.test"
OTHERS = "02000000302"  # of a neighbouring station
DUTY, HEAD, CITY = "02000000202", "15400000203", "02000000102"

PIN_HASH = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)


@dataclass
class EscalationScene:
    """The place, and short words for what happens in it."""

    database: Database
    carrier: FakeCarrier
    jobs: FakeJobs
    clock: FakeClock
    vault: Vault = field(default_factory=lambda: Vault(make_key()))

    def __post_init__(self) -> None:
        askers = Askers(by_purpose={PURPOSE: StationCalls()}, base_url=BASE)
        self.sender = Sender(
            database=self.database, carrier=self.carrier, clock=self.clock, askers=askers
        )
        self.dispatcher = self.another_dispatcher()
        self.deadlines = Deadlines(database=self.database, clock=self.clock)

    def another_dispatcher(self) -> Dispatcher:
        """One more, on the same rows."""
        return Dispatcher(
            database=self.database, sender=self.sender, jobs=self.jobs, clock=self.clock
        )

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
        """Stations, contacts, the line, a counselor, a call in a talk."""
        await self.add(
            Station(id="city", name="市", name_en="City", division="440100", phone="1"),
            Station(
                id="district", name="区", name_en="D", division="44", phone="2", parent_id="city"
            ),
            self.contact("duty", "district", 0, DUTY),
            self.contact("head", "district", 1, HEAD),
            self.contact("city", "city", 0, CITY),
            Line(
                id="12355",
                name="青少年热线",
                name_en="Youth",
                number_shown="12355",
                station_id="district",
            ),
            Staff(id="li", username="li", name="Li", password_hash=""),
            self.call("call"),
        )

    def contact(self, contact_id: str, station: str, rank: int, phone: str) -> StationContact:
        """Somebody whose PIN is `PIN`."""
        return StationContact(
            id=contact_id,
            station_id=station,
            rank=rank,
            name=f"name of {contact_id}",
            phone=phone,
            pin_hash=PIN_HASH,
        )

    def call(self, call_id: str, line: str = "12355") -> Call:
        """A child in a talk."""
        now = self.clock.now()
        return Call(
            id=call_id,
            carrier_sid=f"CA-{call_id}",
            line_id=line,
            state=CallState.TALKING,
            arrived_at=now,
            heard_at=now,
        )

    async def flag(
        self, key: str = "key-1", *, call: str = "call", level: Level = Level.IMMINENT
    ) -> Escalation:
        """A counselor raises a flag."""
        flag = NewFlag(raised_by="li", level=level, summary="says so", client_key=key)
        async with self.work() as work:
            found = await lock_call(work, call)
            return await raise_flag(work, self.vault, call=found, flag=flag, at=self.clock.now())

    async def tick(self) -> None:
        """One look at deadlines and deliveries, and everything that it starts."""
        await self.deadlines.tick()
        await self.dispatcher.tick()
        await self.dispatcher.settled()

    async def passes(self, seconds: float) -> None:
        """Time passes, with a look at its end."""
        self.clock.advance(seconds)
        await self.tick()

    async def rings(self) -> None:
        """Let a fresh attempt be sent by the dispatcher: no worker is about."""
        self.jobs.reachable = False
        await self.tick()

    async def escalation(self, escalation_id: str | None = None) -> Escalation:
        """The escalation as its row is now."""
        async with self.work() as work:
            query = select(Escalation).order_by(col(Escalation.created_at))
            if escalation_id is not None:
                query = query.where(Escalation.id == escalation_id)
            return (await work.exec(query.limit(1))).one()

    async def tried(self) -> list[tuple[Attempt, Delivery]]:
        """All attempts with what became of them, oldest first; of a step, as its chain has them."""
        query = (
            select(Attempt, Delivery, Escalation.chain)
            .join(Delivery, col(Delivery.id) == col(Attempt.id))
            .join(Escalation, col(Escalation.id) == col(Attempt.escalation_id))
        )
        async with self.work() as work:
            found = (await work.exec(query)).all()
        in_order = sorted(found, key=lambda row: _when(*row))
        return [(attempt, delivery) for attempt, delivery, _ in in_order]

    async def attempts(self) -> list[Attempt]:
        """All attempts, oldest first."""
        return [attempt for attempt, _ in await self.tried()]

    async def deliveries(self) -> list[Delivery]:
        """What became of each, in the same order."""
        return [delivery for _, delivery in await self.tried()]

    async def states(self) -> list[tuple[str, str]]:
        """Contact and state of each attempt."""
        return [(attempt.contact_id, delivery.state) for attempt, delivery in await self.tried()]

    async def is_being_sent(self, attempt: Attempt) -> "asyncio.Task[None]":
        """The carrier has heard of it and does not answer until its gate is opened."""
        self.carrier.hold()
        sending = asyncio.create_task(self.sender.deliver(attempt.id))
        await self.carrier.asked.wait()
        return sending

    async def kinds(self) -> list[str]:
        """What the timeline tells, in order."""
        return [entry.kind for entry in await self.timeline()]

    async def timeline(self) -> list[EscalationEntry]:
        """The timeline of everything, in order."""
        async with self.work() as work:
            query = select(EscalationEntry).order_by(col(EscalationEntry.id))
            return list((await work.exec(query)).all())

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        """What is told about one kind of entry."""
        return [entry.facts for entry in await self.timeline() if entry.kind == kind]

    async def change(self, table: type[SQLModel], key: str, **values: Any) -> None:
        """Set columns of a row."""
        async with self.work() as work:
            row = await work.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)


@pytest.fixture
async def scene(
    database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
) -> EscalationScene:
    """The furnished place."""
    made = EscalationScene(database, carrier, jobs, clock)
    await made.furnish()
    return made


@pytest.fixture
def officer() -> Actor:
    """The contact whose phone is rung first, as the timeline names them."""
    return Actor.of_contact("duty")


@pytest.fixture
async def neighbour(scene: EscalationScene) -> str:
    """Another station below the same city, with one contact of its own."""
    await scene.add(
        Station(id="next", name="邻区", name_en="N", division="45", phone="3", parent_id="city"),
        scene.contact("of-next", "next", 0, OTHERS),
    )
    return "next"


def _when(attempt: Attempt, delivery: Delivery, chain: Sequence[Any]) -> tuple[Any, ...]:
    places = [one["contact_id"] for one in chain]
    # Not in it any more: of the station before.
    place = places.index(attempt.contact_id) if attempt.contact_id in places else -1
    return delivery.created_at, attempt.round, attempt.step, place
