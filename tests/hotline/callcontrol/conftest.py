"""A line, its counselor li, and a child whose call is at a chosen point."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.sweep import Sweep
from hotline.calls.model import CallState
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, Line, Offer, Participant, Presence, Staff
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON, FakeCarrier, FakeClock
from tests.hotline.rows import StoredScene

BASE = "https://line.example"
HAKKA_INTERPRETER = "02000000020"


@dataclass
class CallControlScene(StoredScene):
    """The rows, the carrier and the dialler between them."""

    database: Database
    carrier: FakeCarrier
    clock: FakeClock
    vault: Vault = field(default_factory=lambda: Vault(make_key()))
    dialler: Dialler = field(init=False)
    sweep: Sweep = field(init=False)

    def __post_init__(self) -> None:
        self.dialler = Dialler(
            database=self.database,
            carrier=self.carrier,
            clock=self.clock,
            vault=self.vault,
            base_url=BASE,
        )
        self.sweep = Sweep(self.database, self.dialler, self.carrier)

    async def furnish(self) -> None:
        """The line, li who is ready, and nobody on the line."""
        line = Line(id="youth", name="青少年", name_en="Youth", number_shown="12355")
        line.interpreters = {"hak": HAKKA_INTERPRETER}
        li = Staff(id="li", username="li", name="Li", password_hash="",
                   roles=["counselor"], lines=["youth"])  # fmt: skip
        await self.add(
            line, li, Presence(staff_id="li", state="ready", since=NOON, idle_since=NOON)
        )

    async def call(self, state: CallState, **values: Any) -> Call:
        """The child's call."""
        call = Call(
            id="c1",
            carrier_sid="CA-child",
            state=state,
            **{"line_id": "youth", "arrived_at": NOON, "heard_at": NOON, **values},
        )
        await self.add(call)
        return call

    async def offered(self) -> None:
        """The child waits, and li is being offered the call; nobody has dialled yet."""
        await self.call(CallState.WAITING, queued_at=NOON)
        await self.rings_li()

    async def rings_li(self) -> None:
        """Her phone is to be rung for the call."""
        expires_at = self.clock.now().replace(second=20)
        await self.add(
            Offer(id="o1", call_id="c1", staff_id="li", offered_at=NOON, expires_at=expires_at),
            Participant(id="p1", call_id="c1", offer_id="o1", staff_id="li", role="counselor",
                        address="client:li", created_at=NOON),
        )  # fmt: skip
        await self.change(Presence, "li", state="offered", call_id="c1")

    async def talking(self, **values: Any) -> None:
        """The child and li in a talk."""
        taken = {"counselor_id": "li", "accepted_at": NOON, "joined_at": NOON}
        await self.call(CallState.TALKING, **taken, **values)
        in_talk: dict[str, Any] = {"call_id": "c1", "state": "in_talk", "created_at": NOON,
                                   "answered_at": NOON, "joined_at": NOON,
                                   "ends_wanted": True, "ends": True}  # fmt: skip
        await self.add(
            Participant(id="caller", role="caller", address="", carrier_sid="CA-child", **in_talk),
            Participant(id="p1", role="counselor", address="client:li", staff_id="li",
                        carrier_sid="CA-li", **in_talk),
        )  # fmt: skip
        await self.change(Presence, "li", state="talking", call_id="c1")

    async def participant(self, key: str) -> Participant:
        """One as it is now."""
        async with self.database.work() as work:
            return await work.get_one(Participant, key)

    async def interpreters(self) -> list[Participant]:
        """All that were ever asked for."""
        async with self.database.work() as work:
            query = select(Participant).where(Participant.role == "interpreter")
            return list((await work.exec(query)).all())

    async def caller(self) -> Participant:
        """The caller's place in the talk."""
        async with self.database.work() as work:
            query = select(Participant).where(Participant.role == "caller")
            return (await work.exec(query)).one()

    async def call_now(self) -> Call:
        """The child's call as it is now."""
        async with self.database.work() as work:
            return await work.get_one(Call, "c1")

    async def kinds(self) -> list[str]:
        """What the timeline tells, in order."""
        async with self.database.work() as work:
            query = select(CallEntry.kind).order_by(col(CallEntry.id))
            return list((await work.exec(query)).all())

    async def is_looked_at(self) -> None:
        """Something changed: the switchboard looks at once, and everything asked for is done."""
        await self.sweep.tend_participants()
        await self.dialler.jobs.settled()

    async def passes(self, seconds: float) -> None:
        """Time passes, with a sweep at its end."""
        await self.sweep.look(at=self.clock.advance(seconds))
        await self.dialler.jobs.settled()

    async def has_a_new_leader(self) -> None:
        """Another process leads now, and knows what stands in the rows."""
        self.dialler = Dialler(
            database=self.database,
            carrier=self.carrier,
            clock=self.clock,
            vault=self.vault,
            base_url=BASE,
        )
        self.sweep = Sweep(self.database, self.dialler, self.carrier)
        await self.is_looked_at()

    async def at_once(self, *looks: Any) -> None:
        """Things that happen in the same moment."""
        await asyncio.gather(*looks)
        await self.dialler.jobs.settled()


@pytest.fixture
async def floor(
    database: Database, carrier: FakeCarrier, clock: FakeClock
) -> AsyncIterator[CallControlScene]:
    """The line with li, and nobody on the line yet."""
    made = CallControlScene(database, carrier, clock)
    await made.furnish()
    yield made
    await made.dialler.stop()
