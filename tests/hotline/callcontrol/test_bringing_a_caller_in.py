"""A caller whom somebody accepted is sent into the conference once: twice would tear them out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hotline.callcontrol.dialler import Dialler
from hotline.calls.model import CallState
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line
from tests.fakes import NOON, FakeCarrier, FakeClock

pytestmark = pytest.mark.anyio

INTO_THE_TALK = ("redirect", "CA-child https://line.example/voice/calls/c1/join?turn=3")


@pytest.fixture
async def dialler(
    database: Database, carrier: FakeCarrier, clock: FakeClock
) -> AsyncIterator[Dialler]:
    """Of a house where one call was just accepted."""
    async with database.work() as work:
        work.add(Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
        await work.flush()
        work.add(_accepted())
    base = "https://line.example"
    made = Dialler(database=database, carrier=carrier, clock=clock, base_url=base)
    yield made
    await made.stop()


def _accepted() -> Call:
    return Call(
        id="c1",
        carrier_sid="CA-child",
        line_id="youth",
        state=CallState.CONNECTING,
        turn=3,
        arrived_at=NOON,
        heard_at=NOON,
    )


async def brings_in(dialler: Dialler) -> None:
    """As read from the rows a while ago."""
    before = asyncio.all_tasks()
    dialler.bring_in(_accepted())
    await asyncio.wait(asyncio.all_tasks() - before)


async def test_an_accepted_caller_is_sent_in(dialler: Dialler, carrier: FakeCarrier) -> None:
    await brings_in(dialler)
    assert carrier.journal == [INTO_THE_TALK]


async def test_rows_read_before_the_first_redirect_do_not_cause_a_second(
    dialler: Dialler, carrier: FakeCarrier
) -> None:
    await brings_in(dialler)
    await brings_in(dialler)
    assert carrier.journal == [INTO_THE_TALK]


async def test_who_is_in_already_stays_in(
    dialler: Dialler, carrier: FakeCarrier, database: Database
) -> None:
    async with database.work() as work:
        (await work.get_one(Call, "c1")).state = CallState.TALKING
    await brings_in(dialler)
    assert carrier.journal == []


async def test_who_did_not_come_in_is_sent_again(
    dialler: Dialler, carrier: FakeCarrier, clock: FakeClock
) -> None:
    await brings_in(dialler)
    clock.advance(5)
    await brings_in(dialler)
    assert carrier.journal == [INTO_THE_TALK, INTO_THE_TALK]
