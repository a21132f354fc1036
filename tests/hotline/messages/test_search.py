"""A message of which no report came is found at the carrier, and owed a call."""

from typing import Any

import pytest
from sqlmodel import select

from hotline.errors import CarrierUnreachable
from hotline.messages.search import MessageSearch
from hotline.recordings.carrier import AtCarrier, RecordingReport
from hotline.storage.session import Database
from hotline.storage.tables import Call, Callback, CallEntry, CallRecording, Line
from tests.fakes import NOON, FakeClock
from tests.hotline.recordings.conftest import FakeRecordings

pytestmark = pytest.mark.anyio

SPOKEN = RecordingReport(sid="RE1", status=AtCarrier.COMPLETED, seconds=12)


@pytest.fixture
def recordings() -> FakeRecordings:
    """What the carrier has."""
    return FakeRecordings()


@pytest.fixture
async def search(database: Database, recordings: FakeRecordings, clock: FakeClock) -> MessageSearch:
    """A child hung up at the recorder of a closed line, and nothing more was told."""
    line = Line(id="youth", name="青少年", name_en="Youth", number_shown="12355")
    times: dict[str, Any] = {"arrived_at": NOON, "heard_at": NOON, "ended_at": NOON}
    ends: dict[str, Any] = {"state": "ended", "outcome": "hung_up", "outcome_step": "message"}
    call = Call(id="c1", carrier_sid="CA-child", line_id="youth", from_index="i", **times, **ends)
    async with database.work() as work:
        work.add(line)
        await work.flush()
        work.add(call)
    return MessageSearch(database=database, carrier=recordings, clock=clock)


async def looks(search: MessageSearch, clock: FakeClock, *, after_s: float = 61) -> None:
    clock.advance(after_s)
    await search.tick()
    await search.jobs.settled()


async def found(database: Database) -> tuple[str | None, list[str], list[str | None]]:
    """How the call counts, why a call is owed, and what there is to fetch."""
    async with database.work() as work:
        outcome = (await work.get_one(Call, "c1")).outcome
        owed = [one.why for one in (await work.exec(select(Callback))).all()]
        sounds = [one.carrier_sid for one in (await work.exec(select(CallRecording))).all()]
    return outcome, owed, sounds


async def test_a_message_that_only_the_carrier_knows_of_is_taken(
    search: MessageSearch, recordings: FakeRecordings, clock: FakeClock, database: Database
) -> None:
    recordings.messages = [SPOKEN]

    await looks(search, clock)
    await looks(search, clock)

    assert await found(database) == ("message_left", ["message"], ["RE1"])
    assert recordings.journal == [("messages_of_leg", "CA-child")]


async def test_who_said_nothing_is_asked_for_once(
    search: MessageSearch, recordings: FakeRecordings, clock: FakeClock, database: Database
) -> None:
    await looks(search, clock, after_s=30)
    await looks(search, clock)
    await looks(search, clock)

    async with database.work() as work:
        told = (await work.exec(select(CallEntry.facts))).all()
    assert (await found(database), told) == (("hung_up", [], []), [{"found": 0}])
    assert recordings.journal == [("messages_of_leg", "CA-child")]


@pytest.mark.parametrize("status", [AtCarrier.PROCESSING, AtCarrier.RUNNING])
async def test_what_is_not_ready_yet_is_asked_for_again(
    search: MessageSearch, recordings: FakeRecordings, clock: FakeClock, database: Database,
    status: AtCarrier,
) -> None:  # fmt: skip
    recordings.messages = [RecordingReport(sid="RE1", status=status)]
    await looks(search, clock)

    recordings.messages = [SPOKEN]
    await looks(search, clock)

    assert (await found(database))[0] == "message_left"


async def test_a_carrier_that_does_not_answer_is_asked_again_for_a_day(
    search: MessageSearch, recordings: FakeRecordings, clock: FakeClock, database: Database
) -> None:
    recordings.list_fault = CarrierUnreachable()
    await looks(search, clock)
    await looks(search, clock)
    await looks(search, clock, after_s=24 * 3600)

    assert len(recordings.journal) == 2
    assert (await found(database))[0] == "hung_up"
