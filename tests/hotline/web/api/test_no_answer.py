"""The database falls silent: every request is answered, and says no more than is so."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from hotline.storage.connection import Bounds
from hotline.storage.session import Database
from hotline.storage.tables import CrisisFlag
from hotline.web.app import create_app
from hotline.web.deps import Backend
from hotline.web.health import NO_DATABASE
from tests.harness.balancer import Balancer
from tests.hotline.locks import PATIENCE_S
from tests.hotline.web.api.conftest import ApiScene, Person, client_of, house_on

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("quiet")]

FLAG = "/calls/call/flags"
BOUND_S = 5.0  # a busy machine comes as far as the commit in it


@pytest.fixture
def quiet() -> Iterator[None]:
    """What is logged meanwhile is not printed."""
    with capture_logs():
        yield


@dataclass
class Behind:
    """The application by way of a balancer, and a counselor in a talk."""

    backend: Backend
    balancer: Balancer
    li: Person

    async def asks(self, method: str, path: str, **body: str) -> tuple[int, dict[str, Any]]:
        """Status and body of an answer, which must come."""
        async with asyncio.timeout(PATIENCE_S):
            answer = await self.li.asks(method, path, body or None)
        return answer.status_code, answer.json()

    def falls_silent_at_commit_of(self, table: str) -> None:
        """Nothing passes any more once something of this table was written and is committed."""
        engine, written = self.backend.database.engine.sync_engine, list[str]()

        def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            written.extend([statement] if f"INSERT INTO {table}" in statement else [])

        def commit(_connection: Any) -> None:
            if written:
                self.balancer.freeze()

        event.listen(engine, "before_cursor_execute", hear)
        event.listen(engine, "commit", commit)


@pytest.fixture(params=["given up by the database's bound", "given up by the request's"])
async def behind(scene: ApiScene, request: pytest.FixtureRequest) -> AsyncIterator[Behind]:
    """Whichever bound is the first to be reached."""
    async with Balancer(scene.house.database.url).serving() as balancer:
        bounds = Bounds(answer_s=1.0 if "database" in request.param else 60.0)
        database = Database(balancer.url, bounds=bounds)
        backend = house_on(database, scene.clock, scene.house.settings)
        backend.answer_within_s = PATIENCE_S if "database" in request.param else BOUND_S
        async with client_of(create_app(backend)) as http:
            yield Behind(backend, balancer, Person(http, "li"))
        balancer.thaw()
        await database.close()


async def test_what_was_not_stored_is_said_to_be_not_stored(
    behind: Behind, scene: ApiScene
) -> None:
    behind.balancer.freeze()

    status, said = await behind.asks("POST", FLAG, level="imminent")

    assert (status, said["type"]) == (503, "NotStored")
    assert "Not stored" in said["detail"]


async def test_what_may_be_stored_is_said_to_be_perhaps_stored(behind: Behind) -> None:
    behind.falls_silent_at_commit_of("crisis_flag")

    status, said = await behind.asks("POST", FLAG, level="imminent")

    assert (status, said["type"]) == (503, "MayBeStored")
    assert "Idempotency-Key" in said["detail"]


async def test_of_reading_it_is_only_said_that_there_is_no_answer(behind: Behind) -> None:
    behind.balancer.freeze()

    status, said = await behind.asks("GET", "/floor")

    assert (status, said["type"]) == (503, "DatabaseAway")
    assert "stored" not in said["detail"]


async def test_who_opens_a_page_meanwhile_reads_a_page(behind: Behind) -> None:
    behind.balancer.freeze()

    async with asyncio.timeout(PATIENCE_S):
        headers = behind.li.headers | {"Accept": "text/html"}
        answer = await behind.li.http.get("/desk", headers=headers)

    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "数据库暂时没有应答" in answer.text


async def test_the_same_flag_again_is_stored_once(behind: Behind, scene: ApiScene) -> None:
    behind.balancer.freeze()
    first = await behind.li.asks("POST", FLAG, {"level": "imminent"}, key="one")
    behind.balancer.thaw()

    again = first
    async with asyncio.timeout(PATIENCE_S):
        while again.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            again = await behind.li.asks("POST", FLAG, {"level": "imminent"}, key="one")
    twice = await behind.li.asks("POST", FLAG, {"level": "imminent"}, key="one")

    assert (again.status_code, twice.headers.get("Idempotent-Replayed")) == (201, "true")
    assert len(await scene.all(CrisisFlag)) == 1


async def test_a_monitor_is_told_in_time_which_part_is_away(behind: Behind) -> None:
    behind.balancer.freeze()

    async with asyncio.timeout(PATIENCE_S):
        ready = await behind.li.http.get("/readyz")
        alive = await behind.li.http.get("/healthz")

    assert ready.status_code == 503
    assert NO_DATABASE in ready.text
    assert (alive.status_code, alive.json()) == (200, {"state": "up"})
