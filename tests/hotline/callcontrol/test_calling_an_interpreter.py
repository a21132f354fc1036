"""An interpreter is dialled once, and the timeline says what came of it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.participants import INTERPRETER, invite_interpreter
from hotline.callcontrol.sweep import sweep
from hotline.calls.model import CallState
from hotline.errors import CarrierRefused, CarrierUnclear
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, Leg, Line
from tests.fakes import NOON, FakeCarrier, FakeClock, Fault

pytestmark = pytest.mark.anyio

NUMBER = "02000000020"


@pytest.fixture
async def dialler(
    database: Database, carrier: FakeCarrier, clock: FakeClock
) -> AsyncIterator[Dialler]:
    """Of a house where a talk in Hakka asked for an interpreter."""
    async with database.work() as work:
        line = Line(id="youth", name="青少年", name_en="Youth", number_shown="12355")
        line.interpreters = {"hak": NUMBER}
        work.add(line)
        await work.flush()
        call = Call(id="c1", carrier_sid="CA-child", line_id="youth", state=CallState.TALKING,
                    language="hak", arrived_at=NOON, heard_at=NOON)  # fmt: skip
        work.add(call)
        await work.flush()
        assert await invite_interpreter(work, call, at=NOON, staff_id=None)
    made = Dialler(database=database, carrier=carrier, clock=clock, base_url="https://l.example")
    yield made
    await made.stop()


async def a_second_passes(
    database: Database, dialler: Dialler, carrier: FakeCarrier, clock: FakeClock
) -> None:
    before = asyncio.all_tasks()
    await sweep(database, dialler, carrier, at=clock.advance(1))
    if started := asyncio.all_tasks() - before:
        await asyncio.wait(started)


async def told(database: Database) -> tuple[str, list[str]]:
    """How the leg stands, and what the timeline says."""
    async with database.work() as work:
        leg = (await work.exec(select(Leg).where(Leg.role == INTERPRETER))).one()
        kinds = (await work.exec(select(CallEntry.kind).order_by("id"))).all()
    return leg.status, list(kinds)


async def test_an_interpreter_is_dialled_once_however_often_it_is_looked_at(
    database: Database, dialler: Dialler, carrier: FakeCarrier, clock: FakeClock
) -> None:
    for _ in range(3):
        await a_second_passes(database, dialler, carrier, clock)

    assert carrier.dialled() == [NUMBER]


async def test_a_dial_the_carrier_refused_is_told(
    database: Database, dialler: Dialler, carrier: FakeCarrier, clock: FakeClock
) -> None:
    carrier.fails(Fault(CarrierRefused(13224)))

    await a_second_passes(database, dialler, carrier, clock)

    assert await told(database) == ("failed", ["interpreter.asked", "interpreter.not_reached"])


async def test_a_dial_of_which_nothing_is_heard_is_given_up_and_never_repeated(
    database: Database, dialler: Dialler, carrier: FakeCarrier, clock: FakeClock
) -> None:
    carrier.fails(Fault(CarrierUnclear()))
    await a_second_passes(database, dialler, carrier, clock)
    waiting = await told(database)

    clock.advance(40)
    await a_second_passes(database, dialler, carrier, clock)

    assert waiting == ("dialing", ["interpreter.asked"])
    assert await told(database) == ("failed", ["interpreter.asked", "interpreter.not_reached"])
    assert carrier.journal.count(("dial", NUMBER)) == 1


async def test_a_wish_that_was_taken_back_in_time_rings_nowhere(
    database: Database, dialler: Dialler, carrier: FakeCarrier, clock: FakeClock
) -> None:
    async with database.work() as work:
        (await work.exec(select(Leg))).one().hang_up = True

    await a_second_passes(database, dialler, carrier, clock)

    assert (await told(database))[0] == "canceled"
    assert carrier.dialled() == []
