"""Changes are heard when they commit, and again after the connection was lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from hotline.errors import Conflict
from hotline.storage.news import LISTENER, Change, follow_changes
from hotline.storage.session import Database

pytestmark = pytest.mark.anyio

LISTENERS = text(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = :listener"
)


class Listener:
    """Somebody who follows; `heard` has the changes, `begun` one entry for each connection."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Change] = asyncio.Queue()
        self.begun: asyncio.Queue[None] = asyncio.Queue()

    @asynccontextmanager
    async def following(self, database: Database) -> AsyncIterator[None]:
        begun = lambda: self.begun.put_nowait(None)  # noqa: E731 – handed over, not named
        task = asyncio.create_task(follow_changes(database, self.heard.put_nowait, begun=begun))
        await self.begun.get()
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def listener() -> Listener:
    """Nobody has told them anything."""
    return Listener()


async def announce(database: Database, *changes: Change) -> None:
    async with database.work() as work:
        for change in changes:
            work.announce(*change)


async def test_all_changes_of_one_unit_of_work_are_heard_each_once(
    database: Database, listener: Listener
) -> None:
    call, leg = Change("call", "c1"), Change("leg", "l1")

    async with listener.following(database):
        await announce(database, call, leg, call)

        assert [await listener.heard.get(), await listener.heard.get()] == [call, leg]
        assert listener.heard.empty()


async def test_what_is_rolled_back_is_not_heard(database: Database, listener: Listener) -> None:
    async with listener.following(database):
        with suppress(Conflict):
            async with database.work() as work:
                work.announce("call", "rolled-back")
                raise Conflict
        await announce(database, Change("call", "kept"))

        assert await listener.heard.get() == Change("call", "kept")


async def test_what_is_none_of_ours_is_passed_over(database: Database, listener: Listener) -> None:
    async with listener.following(database):
        async with database.work() as work:
            for payload in ("no json", "[]", '{"topic": "call"}'):
                notify = text("select pg_notify('hotline', :payload)")
                await work.sql(notify, {"payload": payload})
        await announce(database, Change("call", "ours"))

        assert await listener.heard.get() == Change("call", "ours")


async def test_a_listener_that_is_cut_off_is_told_to_look_at_everything_again(
    database: Database, listener: Listener
) -> None:
    with capture_logs() as logs:
        async with listener.following(database):
            async with database.work() as work:
                await work.sql(LISTENERS, {"listener": LISTENER})
            await listener.begun.get()
            await announce(database, Change("call", "after"))

            assert await listener.heard.get() == Change("call", "after")
    assert [entry["event"] for entry in logs] == ["news.connection_lost"]
