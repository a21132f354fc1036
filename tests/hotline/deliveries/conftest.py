"""Deliveries that nobody but a test asked for, on a real database and a carrier that obeys."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.model import DeliveryEvent, DeliveryState
from hotline.deliveries.sending import Askers, Sender
from hotline.deliveries.service import NewDelivery, ask_for_delivery, lock_delivery, move_delivery
from hotline.ports import Dial
from hotline.storage.session import Database, Work
from hotline.storage.tables import Delivery
from tests.fakes import FakeCarrier, FakeClock, FakeJobs, FakeLeg

BASE = "https://hotline.test"
PHONE, OTHER_PHONE, SHOWN = "02000000202", "15400000203", "12355"
PURPOSE = "test"


@dataclass
class FakeAsker:
    """Wants its deliveries until it is told otherwise, and remembers what it is told of them."""

    path: str = "/voice/tests"
    ring_s: int = 30
    wanted: bool = True
    heard: list[tuple[str, str]] = field(default_factory=list)

    async def lock(self, work: Work, delivery_id: str) -> bool:
        assert work.in_transaction()
        assert delivery_id
        return self.wanted

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        assert work.in_transaction()
        self.heard.append((event.value, why))


async def no_time(_seconds: float) -> None:
    """A rest that is over at once."""


@dataclass
class DeliveryScene:
    """Short words for what happens to deliveries."""

    database: Database
    carrier: FakeCarrier
    jobs: FakeJobs
    clock: FakeClock
    asker: FakeAsker = field(default_factory=FakeAsker)

    def __post_init__(self) -> None:
        self.sender = self.sender_for(self.asker)
        self.dispatcher = self.another_dispatcher()

    def sender_for(self, asker: FakeAsker, **values: Any) -> Sender:
        """One that sends what this asker wants."""
        askers = Askers(by_purpose={PURPOSE: asker}, base_url=BASE)
        return Sender(
            database=self.database,
            carrier=self.carrier,
            clock=self.clock,
            askers=askers,
            **{"sleep": no_time, **values},
        )

    def another_dispatcher(self) -> Dispatcher:
        """One more, on the same rows."""
        return Dispatcher(
            database=self.database, sender=self.sender, jobs=self.jobs, clock=self.clock
        )

    async def asks(self, key: str = "key-1", **values: Any) -> str:
        """Somebody is to be reached. Returns the delivery's id."""
        fields = {"purpose": PURPOSE, "address": PHONE, "sender": SHOWN, **values}
        async with self.database.work() as work:
            made = await ask_for_delivery(work, NewDelivery(key=key, **fields), at=self.clock.now())
        assert made is not None
        return made

    async def tick(self) -> None:
        """One look of the dispatcher, and everything that it starts."""
        await self.dispatcher.tick()
        await self.dispatcher.settled()

    async def passes(self, seconds: float) -> None:
        """Time passes, with a look at its end."""
        self.clock.advance(seconds)
        await self.tick()

    async def sends(self) -> None:
        """Let the dispatcher send what is due: no worker is about."""
        self.jobs.reachable = False
        await self.tick()

    async def delivery(self, delivery_id: str) -> Delivery:
        """A delivery as its row is now."""
        async with self.database.work() as work:
            return await work.get_one(Delivery, delivery_id)

    async def deliveries(self) -> Sequence[Delivery]:
        """All of them, oldest first."""
        async with self.database.work() as work:
            query = select(Delivery).order_by(col(Delivery.created_at), col(Delivery.id))
            return (await work.exec(query)).all()

    async def states(self) -> list[str]:
        """Where each stands, sorted."""
        return sorted(delivery.state for delivery in await self.deliveries())

    async def moves(self, delivery_id: str, event: DeliveryEvent) -> bool:
        """A callback of the carrier, as an asker's webhooks take it in."""
        async with self.database.work() as work:
            held = await lock_delivery(work, delivery_id)
            return move_delivery(held, event, at=self.clock.now())

    async def change(self, delivery_id: str, **values: Any) -> None:
        """Set columns of a row."""
        async with self.database.work() as work:
            row = await work.get_one(Delivery, delivery_id)
            for name, value in values.items():
                setattr(row, name, value)

    async def is_being_sent(self, delivery_id: str) -> "asyncio.Task[None]":
        """The carrier has heard of it and does not answer until its gate is opened."""
        self.carrier.hold()
        sending = asyncio.create_task(self.sender.deliver(delivery_id))
        await self.carrier.asked.wait()
        return sending

    async def is_left_submitting(self, *, rang: bool) -> str:
        """A sender died between its commit and the carrier's answer."""
        delivery_id = await self.asks()
        dying = await self.is_being_sent(delivery_id)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        self.carrier.gate.set()
        if rang:
            dial = Dial(to=PHONE, from_=SHOWN, answer_url="", status_url="", ring_s=30)
            self.carrier.legs.append(FakeLeg("CA-lost", dial, self.clock.now()))
        assert (await self.delivery(delivery_id)).state == DeliveryState.SUBMITTING
        self.jobs.reachable = False
        return delivery_id


@pytest.fixture
def scene(
    database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
) -> DeliveryScene:
    """Nothing to be delivered yet."""
    return DeliveryScene(database, carrier, jobs, clock)
