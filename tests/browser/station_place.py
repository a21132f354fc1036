"""The web process in a thread of its own with one station in it: all that an officer's phone needs.

Its clock goes as the phone's does, and can be put forward.
"""

import asyncio
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hotline.clock import SystemClock
from hotline.deliveries.push_keys import make_push_key
from hotline.onemachine import start_postgres
from hotline.settings import Settings
from hotline.staff.model import Role
from hotline.storage.connection import dsn
from hotline.storage.sealed import place_in
from hotline.storage.session import Database
from hotline.storage.tables import Call, Staff, Station
from hotline.web.app import create_app
from tests.browser.conftest import ARGUMENTS, PATIENCE_MS, PHONE_SIZE, _find_chromium
from tests.browser.network_between import NetworkBetween
from tests.fakes import FakeClock
from tests.hotline.conftest import Emptying, _lay_schema
from tests.hotline.web.api.conftest import (
    OUR_PAGE,
    PASSWORD,
    ApiScene,
    client_of,
    house_on,
    token_of,
)

NUMBER = "+8613800000001"
KINDS = """select array_agg(kind order by id) from escalation_event where escalation_id = %s
    and kind in ('escalation.acknowledged', 'escalation.accepted', 'escalation.on_the_way',
                 'escalation.contact_made', 'escalation.reported', 'escalation.closed')"""

COMES_TO_BE = """async ([address, wanted]) => {
    for (let frames = 0; frames < 3000; frames += 1) {
        const kept = await (await caches.open("hotline.station")).match(address);
        const isReady = Boolean(navigator.serviceWorker.controller) || !wanted;
        if (isReady && Boolean(kept) === wanted) return true;
        await new Promise(requestAnimationFrame);
    }
    return false;
}"""


class GoingClock(FakeClock):
    """The time of the machine, and what it was put forward by."""

    ahead = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead

    def advance(self, seconds: float) -> datetime:
        self.ahead += timedelta(seconds=seconds)
        return self.now()


@dataclass
class StationPlace:
    """The running process and what is asked of it beside the browsers."""

    url: str
    database: str
    network: NetworkBetween
    clock: GoingClock = field(default_factory=GoingClock)
    ready: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def asks(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """A command of somebody, beside their browser."""
        headers = {"Authorization": f"Bearer {token_of(who)}"}
        answer = httpx.request(
            method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=60
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def one(self, query: str, *values: Any) -> Any:
        """The first column of the first row."""
        with psycopg.connect(dsn(self.database)) as connection:
            row = connection.execute(query, values).fetchone()
        return row[0] if row else None

    def steps(self, escalation: str) -> list[str]:
        """What was done, in order."""
        return [kind.removeprefix("escalation.") for kind in self.one(KINDS, escalation) or []]

    def flag(self, summary: str = "") -> str:
        """Li raises the alarm for the child on the line; the escalation's id."""
        flag = {"level": "high", "summary": summary}
        return str(self.asks("li", "POST", "/calls/call/flags", flag)["escalation_id"])

    def goes_offline(self, phone: BrowserContext) -> None:
        """Its pages know it, and nothing of it comes through."""
        phone.set_offline(True)
        self.network.cut()

    def is_online_again(self, phone: BrowserContext) -> None:
        """Nothing else was changed."""
        self.network.mend()
        phone.set_offline(False)

    def signs_in(self, context: BrowserContext, who: str) -> None:
        """The browser has the cookie."""
        given = {"username": who, "password": PASSWORD}
        answer = context.request.post(
            f"{self.url}/api/v1/sessions", data=given, headers=OUR_PAGE, timeout=60_000
        )
        assert answer.ok, answer.text()


async def _furnish(scene: ApiScene) -> None:
    await scene.furnish()
    await scene.hires("wang", Role.OFFICER, station="tianhe")
    names = {"wang": "王五", "tianhe": "陈晓岚", "li": "李明慧"}
    for staff_id, name in names.items():
        await scene.change(Staff, staff_id, name=name)
    await scene.change(Station, "tianhe", name="天河区未成年人保护工作站")
    sealed = scene.house.vault.seal(NUMBER, place=place_in(Call, "from_sealed", id="call"))
    known = {"from_sealed": sealed, "from_masked": "138****0001", "place_code": "440106"}
    await scene.change(Call, "call", **known)


async def _serve(place: StationPlace) -> None:
    bind, keys = place.url.removeprefix("http://"), make_push_key()
    settings = Settings(bind=bind, second_factor="off", push_keys=keys)
    backend = house_on(Database(place.database), place.clock, settings)
    app = create_app(backend)
    async with client_of(app, place.url) as http:
        await _furnish(ApiScene(backend, place.clock, app, http))
    config = uvicorn.Config(
        app, port=place.network.behind, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait([running], timeout=0.05)
    between = await place.network.begin()
    place.ready.set()
    await asyncio.to_thread(place.over.wait)
    server.should_exit = True
    between.close()
    await running


@contextmanager
def station_on(database: str) -> Iterator[StationPlace]:
    """Furnished anew, on an address of its own, until the block ends."""
    with closing(Emptying(database)) as empty:
        empty()
    local = ("127.0.0.1", 0)
    with socket.create_server(local) as before, socket.create_server(local) as behind:
        network = NetworkBetween(before.getsockname()[1], behind.getsockname()[1])
    place = StationPlace(f"http://127.0.0.1:{network.port}", database, network)
    thread = threading.Thread(target=lambda: asyncio.run(_serve(place)), daemon=True)
    thread.start()
    assert place.ready.wait(120)
    yield place
    place.over.set()
    thread.join()


@contextmanager
def postgres_beside() -> Iterator[str]:
    """A server without durability, whose database has the schema."""
    with tempfile.TemporaryDirectory(prefix="hotline-station-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs as another account
        running = start_postgres(Path(folder) / "data", durable=False)
        _lay_schema(running.url)
        yield running.url
        running.stop()


@contextmanager
def phone_of(chromium: Browser, folder: Path) -> Iterator[BrowserContext]:
    """A phone with its own memory: what the app kept is there when it is opened again."""
    context = chromium.browser_type.launch_persistent_context(
        str(folder),
        executable_path=_find_chromium(),
        args=ARGUMENTS,
        viewport=PHONE_SIZE,
        locale="zh-CN",
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


def is_kept(page: Page, address: str) -> None:
    """The worker has it."""
    assert page.evaluate(COMES_TO_BE, [address, True])
