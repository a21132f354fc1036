"""A database that hangs, or went away without a word: nobody waits for it longer than is bound."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs
from structlog.typing import EventDict

from hotline.errors import DatabaseAway, MayBeStored, NotStored
from hotline.storage.breaker import OPENS_AFTER, Breaker
from hotline.storage.connection import Bounds, Connection
from hotline.storage.news import Change, follow_changes
from hotline.storage.session import Database
from hotline.storage.tables import AnsweredRequest
from hotline.switchboard.leadership import decisions_connection
from tests.fakes import NOON
from tests.harness.balancer import Balancer
from tests.hotline.locks import PATIENCE_S

pytestmark = pytest.mark.anyio

ONE = text("select 1")
SETTINGS = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "client_connection_check_interval",
)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """What is logged meanwhile."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
async def usual(database: Database) -> AsyncIterator[Database]:
    """The database with the bounds that it is shipped with."""
    made = Database(database.url)
    yield made
    await made.close()


@pytest.fixture
async def balancer(database: Database) -> AsyncIterator[Balancer]:
    """Between us and the test's database."""
    async with Balancer(database.url).serving() as made:
        yield made


@pytest.fixture
async def behind(balancer: Balancer) -> AsyncIterator[Database]:
    """The database by way of the balancer; one that is soon given up."""
    made = Database(balancer.url, bounds=Bounds(answer_s=1.0))
    yield made
    balancer.thaw()
    await made.close()


async def asks(database: Database) -> None:
    """One unit of work."""
    async with database.work() as work:
        await work.sql(ONE, {})


async def warms_up(database: Database, connections: int) -> None:
    """So many connections are in the pool, each known to work."""
    gate = asyncio.Barrier(connections)

    async def one() -> None:
        async with database.work() as work:
            await work.sql(ONE, {})
            await gate.wait()

    await asyncio.gather(*(one() for _ in range(connections)))


# ── every connection has its bounds ─────────────────────────────────────────────────────────────


async def in_pool(database: Database) -> dict[str, str]:
    async with database.work() as work:
        return {name: (await work.sql(text(f"show {name}"), {})).scalar_one() for name in SETTINGS}


async def beside_pool(connection: Connection) -> dict[str, str]:
    async with connection:
        asked = [await connection.execute(f"show {name}".encode()) for name in SETTINGS]
        return {
            name: (await one.fetchone() or ("",))[0]
            for name, one in zip(SETTINGS, asked, strict=True)
        }


async def test_a_server_that_works_ends_by_itself_what_takes_too_long(usual: Database) -> None:
    found = [
        await in_pool(usual),
        await beside_pool(await usual.connect()),
        await beside_pool(await decisions_connection(usual)),
    ]

    assert found[0] == found[1] == dict(zip(SETTINGS, ("4s", "3s", "4s", "1s"), strict=True))
    assert found[2] == dict(zip(SETTINGS, ("2400ms", "1800ms", "2400ms", "600ms"), strict=True))


async def is_gone(database: Database, backend: int) -> None:
    """Each question is a pause."""
    query = "select 1 from pg_stat_activity where pid = %s"
    async with asyncio.timeout(PATIENCE_S), await database.connect() as other:
        while await (await other.execute(query, [backend])).fetchone() is not None:
            pass


async def test_who_was_silent_for_too_long_in_a_transaction_is_told_that_nothing_is_stored(
    database: Database,
) -> None:
    async def falls_silent() -> None:
        async with database.work() as work:
            backend = (await work.sql(text("select pg_backend_pid()"), {})).scalar_one()
            await work.sql(text("set idle_in_transaction_session_timeout = 1"), {})
            await is_gone(database, backend)
            await work.sql(ONE, {})

    with pytest.raises(NotStored):
        await falls_silent()


async def test_at_a_stand_by_that_may_only_be_read_nothing_is_stored(database: Database) -> None:
    async def writes() -> None:
        async with database.work() as work:
            await work.sql(text("set transaction read only"), {})
            await work.sql(text("delete from answered_request"), {})

    with pytest.raises(NotStored):
        await writes()


async def test_the_kernel_notices_a_dead_machine(usual: Database) -> None:
    async with await usual.connect() as connection:
        told = connection.info.get_parameters()

    assert {name: told[name] for name in ("connect_timeout", "keepalives_idle")} == {
        "connect_timeout": "2",
        "keepalives_idle": "5",
    }
    assert told["tcp_user_timeout"] == "5000"


async def test_options_of_the_address_are_kept_and_come_last(database: Database) -> None:
    url = f"{database.url}?options=-c%20statement_timeout%3D9s%20-c%20search_path%3Dpublic"
    own = Database(url)

    found = await beside_pool(await own.connect())
    await own.close()

    assert (found["statement_timeout"], found["lock_timeout"]) == ("9s", "3s")


# ── silence ─────────────────────────────────────────────────────────────────────────────────────


async def asks_twice_and_is_not_answered(balancer: Balancer, behind: Database) -> None:
    async with behind.work() as work:
        await work.sql(ONE, {})
        balancer.freeze()
        await work.sql(ONE, {})


async def commits_and_is_not_answered(balancer: Balancer, behind: Database) -> None:
    async with behind.work() as work:
        work.add(AnsweredRequest(key="k", status=200, answer="", received_at=NOON))
        await work.flush()
        balancer.freeze()


async def test_a_statement_that_gets_no_answer_is_given_up(
    balancer: Balancer, behind: Database
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(NotStored):
            await asks_twice_and_is_not_answered(balancer, behind)


async def test_a_commit_that_gets_no_answer_may_have_been_carried_out(
    balancer: Balancer, behind: Database
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(MayBeStored):
            await commits_and_is_not_answered(balancer, behind)


async def test_whoever_stops_waiting_waits_for_no_cancel_of_the_driver(
    balancer: Balancer, behind: Database
) -> None:
    async with asyncio.timeout(PATIENCE_S):
        async with behind.work() as work:
            await work.sql(ONE, {})
            balancer.freeze()
            asking = asyncio.create_task(work.sql(ONE, {}))
            await asyncio.wait({asking}, timeout=0.01)
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
            await work.invalidate()

    assert asking.cancelled()


async def test_what_nobody_waits_for_any_more_ends_at_the_server_too(database: Database) -> None:
    running = text("select 1 from pg_stat_activity where state = 'active' and query like :q")
    async with await database.connect() as connection:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await connection.execute("select pg_sleep(3600)")

    async with asyncio.timeout(PATIENCE_S):
        found: object = True
        while found:
            async with database.work() as work:
                found = (await work.sql(running, {"q": "%sleep(3600)%"})).first()


async def test_a_connection_that_proved_alive_before_is_proved_again_each_time(
    balancer: Balancer, behind: Database
) -> None:
    await warms_up(behind, 4)
    balancer.fail_over()

    for _ in range(4):
        await asks(behind)

    assert balancer.taken == 8


async def test_a_listener_whose_connection_died_silently_listens_again(
    balancer: Balancer, behind: Database
) -> None:
    heard: asyncio.Queue[Change] = asyncio.Queue()
    begun: asyncio.Queue[None] = asyncio.Queue()
    following = follow_changes(behind, heard.put_nowait, begun=lambda: begun.put_nowait(None))
    task = asyncio.create_task(following)
    async with asyncio.timeout(PATIENCE_S):
        await begun.get()

        balancer.fail_over()
        await begun.get()
        async with behind.work() as work:
            work.announce("call", "after")

        assert await heard.get() == Change("call", "after")
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


# ── known to be away ────────────────────────────────────────────────────────────────────────────


async def test_while_it_is_known_to_be_away_nobody_even_asks(
    balancer: Balancer, behind: Database
) -> None:
    await warms_up(behind, 1)
    balancer.freeze()
    for _ in range(2):  # a dead connection and a new one, and one more
        with pytest.raises(NotStored):
            await asks(behind)
    taken = balancer.taken

    for _ in range(20):
        with pytest.raises(NotStored):
            await asks(behind)

    assert balancer.taken == taken


class Probes:
    """Questions whether the database is back, answered by the test."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[asyncio.Future[None]] = asyncio.Queue()

    async def probe(self) -> None:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.asked.put_nowait(answer)
        await answer


@pytest.fixture
def probes() -> Probes:
    """Nobody has asked yet."""
    return Probes()


@pytest.fixture
async def breaker(probes: Probes) -> AsyncIterator[Breaker]:
    """One that probes at once."""
    made = Breaker(probes.probe, every_s=0)
    yield made
    await made.close()


async def test_a_few_faults_in_a_row_are_needed(breaker: Breaker) -> None:
    states = []
    for _ in range(OPENS_AFTER - 1):
        breaker.failed()
    breaker.worked()
    for _ in range(OPENS_AFTER):
        breaker.failed()
        states.append(breaker.is_open)

    assert states == [*[False] * (OPENS_AFTER - 1), True]


async def test_it_stays_open_until_a_probe_is_answered(
    breaker: Breaker, probes: Probes, logged: list[EventDict]
) -> None:
    for _ in range(OPENS_AFTER):
        breaker.failed()

    async with asyncio.timeout(PATIENCE_S):
        (await probes.asked.get()).set_exception(psycopg.OperationalError())
        second = await probes.asked.get()
        still_open = breaker.is_open
        second.set_result(None)
        while breaker.is_open:
            await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=0.01)

    assert still_open
    assert [line["event"] for line in logged] == ["database.away", "database.back"]


async def test_a_database_that_is_back_is_used_again(balancer: Balancer) -> None:
    away = Database(balancer.url, bounds=Bounds(answer_s=1.0))
    balancer.freeze()
    for _ in range(OPENS_AFTER):
        with pytest.raises(DatabaseAway):
            await asks(away)

    balancer.thaw()
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(DatabaseAway):
                await asks(away)
                break
            await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=0.05)
    await away.close()
