"""Markup that somebody writes into a field is read as text on every page, and runs nowhere."""

import asyncio
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from hotline.onemachine import start_postgres
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.tables import Line, Staff, Station, StationContact
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, ApiScene, Person, house_on

pytestmark = pytest.mark.browser

CORPUS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror='window.ran=1'>",
    '"><svg onload="window.ran=1">',
    "' autofocus onfocus='window.ran=1",
    "</textarea><script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "javascript:window.ran=1",
    "<a href='javascript:window.ran=1'>x</a><iframe srcdoc='<script>parent.ran=1</script>'>",
    "{{ 7*7 }}{% raw %}${window.ran=1}",
    "<template hx-get='/x' hx-trigger='load'>&lt;b&gt;",
)
MARKUP = " ".join(CORPUS)
# Before any script of the page: what our content policy stopped counts as having run.
WATCH = "addEventListener('securitypolicyviolation', () => { window.ran = 'stopped'; });"
INJECTED = (
    "img[src=x], svg[onload], [onfocus], iframe[srcdoc], a[href^=javascript], template[hx-get]"
)


@dataclass
class Place:
    """The web process in a thread of its own, and an escalation whose every text is markup."""

    url: str
    paths: dict[str, list[str]] = field(default_factory=dict)
    ready: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


async def write_markup(scene: ApiScene) -> dict[str, list[str]]:
    """Into every field that people, files and other software can write. Returns what shows it."""
    await scene.furnish()
    for table, key in ((Staff, "li"), (Staff, "chen"), (Line, "youth"), (Station, "tianhe")):
        await scene.change(table, key, name=MARKUP)
    await scene.change(Line, "youth", name_en=MARKUP)
    await scene.change(StationContact, "duty", name=MARKUP)
    li, officer = scene.person("li"), scene.person("tianhe")
    record = {"contact_type": "self", "disposition": "listened", "narrative": MARKUP}
    await li.does("PUT", "/calls/call/record", record)
    told = await li.does("POST", "/calls/call/flags", {"level": "high", "summary": MARKUP})
    await scene.person("chen").does(
        "PUT", "/me/presence", {"state": "paused", "reason": MARKUP[:40]}
    )
    await answer_with_markup(officer, f"/escalations/{told['escalation_id']}")
    one = f"/escalations/{told['escalation_id']}"
    return {
        "li": ["/desk", "/desk/calls/call", "/desk/calls/call/facts", "/calls/call", one],
        "he": [
            "/floor",
            "/wall",
            "/calls/call",
            "/escalations",
            one,
            f"{one}/story",
            "/floor?lang=en",
        ],
        "tianhe": ["/station", one.replace("escalations", "station"), f"{one}/story"],
        "": ["/login", "/login?lang=en", f"/login?lang={MARKUP}", "/api/docs"],
    }


async def answer_with_markup(officer: Person, path: str) -> None:
    await officer.does("POST", f"{path}/acknowledge")
    await officer.does("POST", f"{path}/return", {"text": MARKUP})
    await officer.does("POST", f"{path}/acknowledge")
    await officer.does("POST", f"{path}/accept")
    await officer.does("POST", f"{path}/report", {"text": MARKUP})


async def serve(database_url: str, place: Place) -> None:
    port = int(place.url.rpartition(":")[2])
    clock, database = FakeClock(), Database(database_url)
    backend = house_on(database, clock, Settings(bind=f"127.0.0.1:{port}", second_factor="off"))
    app = create_app(backend)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=place.url) as http:
        place.paths = await write_markup(ApiScene(backend, clock, app, http))
    config = uvicorn.Config(app, port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.wait([running], timeout=0.05)
    place.ready.set()
    await asyncio.to_thread(place.over.wait)
    server.should_exit = True
    await running


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A server of its own, with the furnished scene in it."""
    with tempfile.TemporaryDirectory(prefix="hotline-markup-") as folder:
        Path(folder).chmod(0o755)
        postgres = start_postgres(Path(folder) / "data", durable=False)
        engine = create_engine(postgres.url)
        SQLModel.metadata.create_all(engine)
        engine.dispose()
        made = Place(f"http://127.0.0.1:{free_port()}")
        thread = threading.Thread(
            target=lambda: asyncio.run(serve(postgres.url, made)), daemon=True
        )
        thread.start()
        assert made.ready.wait(60)
        yield made
        made.over.set()
        thread.join()
        postgres.stop()


def signed_in(browser: Browser, place: Place, username: str) -> Page:
    """A browser of somebody's own."""
    context = browser.new_context(base_url=place.url, locale="zh-CN")
    context.add_init_script(WATCH)
    if username:
        given = {"username": username, "password": PASSWORD}
        answer = context.request.post("/api/v1/sessions", data=given, headers=OUR_PAGE)
        assert answer.ok, answer.text()
    return context.new_page()


@pytest.mark.parametrize("who", ["li", "he", "tianhe", ""])
def test_what_people_wrote_is_text_on_every_page_and_nothing_of_it_runs(
    chromium: Browser, place: Place, who: str
) -> None:
    page, ran, injected = signed_in(chromium, place, who), {}, {}

    for path in place.paths[who]:
        answer = page.goto(path, wait_until="load")
        assert answer is not None
        assert answer.ok, path
        page.wait_for_function("document.readyState === 'complete'")
        ran[path] = page.evaluate("window.ran ?? ''")
        injected[path] = page.locator(INJECTED).count()
    page.context.close()

    assert ran == dict.fromkeys(place.paths[who], "")
    assert injected == dict.fromkeys(place.paths[who], 0)


def test_the_markup_is_there_to_be_read(chromium: Browser, place: Place) -> None:
    page = signed_in(chromium, place, "he")

    page.goto(next(path for path in place.paths["he"] if path.endswith("/story")))

    assert CORPUS[0] in page.locator("body").inner_text()
    page.context.close()
