"""What is kept of routing ages from its oldest end: what is left is replayed all the same."""

import pytest

from hotline.errors import NotFound
from hotline.floor.replay import Span, read_chapters
from hotline.storage.session import Database
from hotline.storage.tables import RoutingEvent
from hotline.switchboard.process import BEGAN
from routing.recording import Kind

pytestmark = pytest.mark.anyio


@pytest.fixture
async def aged(database: Database) -> Database:
    """The beginning of the engine that served the first call is deleted already."""
    kept = [
        RoutingEvent(epoch=1, at_s=1.0, kind=Kind.TIME_PASSED, subject=""),
        RoutingEvent(epoch=1, at_s=2.0, kind=Kind.TIME_PASSED, subject="early"),
        RoutingEvent(epoch=2, at_s=3.0, kind=BEGAN, facts={"plans": {}}),
        RoutingEvent(epoch=2, at_s=4.0, kind=Kind.TIME_PASSED, subject=""),
    ]
    async with database.work() as work:
        for one in kept:
            work.add(one)
            await work.flush()
    return database


async def test_a_time_is_replayed_from_the_oldest_beginning_that_is_kept(aged: Database) -> None:
    async with aged.work() as work:
        (chapter,) = await read_chapters(work, Span())

    assert [one.event.at for one in chapter.records] == [4.0]


async def test_a_call_whose_beginning_is_gone_cannot_be_replayed(aged: Database) -> None:
    async with aged.work() as work:
        with pytest.raises(NotFound, match="older than what is kept"):
            await read_chapters(work, Span(call="early"))


async def test_a_time_before_every_beginning_cannot_be_replayed(aged: Database) -> None:
    async with aged.work() as work:
        with pytest.raises(NotFound, match="nothing kept"):
            await read_chapters(work, Span(to_s=2.5))
