"""A real Chromium for the tests that look at pages. They run in a process without asyncio.

One demo runs for all of them; whoever needs counselors who are fresh asks for `duty`.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import MappingProxyType

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.browser.people import Demo, Duty, signs_in
from tests.browser.phones import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    HOTLINE,
    ROOM,
    RecordingApplication,
    Simulator,
    free_address,
    wait_until_answering,
)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",  # nobody is there to allow the microphone
    "--use-fake-device-for-media-stream",  # a microphone that beeps once a second
    "--allow-loopback-in-peer-connection",  # WebRTC must also work where loopback is all there is
]
PHONE_SIZE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
ROOT = Path(__file__).parents[2]
PATIENCE_MS = 20_000
MAIL = MappingProxyType(  # of loopback: nobody listens there, and no mail is sent
    {"HOTLINE_SMTP_URL": "smtp://127.0.0.1:9", "HOTLINE_MAIL_FROM": "hotline@hotline.example"}
)
START_PATIENCE, START_PAUSE = 600, 0.3  # looks, and seconds between them: for a busy machine


def _find_chromium() -> str:
    """The browser of the system; where one is required its absence is a failure, not a skip."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    executable = executable or shutil.which("google-chrome")
    if executable is not None:
        return executable
    if os.environ.get("HOTLINE_REQUIRE_BROWSER") == "1" or os.environ.get("CI"):
        pytest.fail("no Chromium found, and this run requires one")
    pytest.skip("no Chromium found")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens an address as a person of its own would: a fresh profile, microphone allowed."""
    contexts = []

    def open_address(address: str) -> Page:
        context = chromium.new_context(
            locale="zh-CN", permissions=["microphone"], viewport=PHONE_SIZE
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_address
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`hotline demo` as a newcomer starts it, in a folder of its own, and with a mail server."""
    with demo_in(tmp_path_factory.mktemp("demo") / "data", MAIL) as running:
        yield running


@contextmanager
def demo_in(data: Path, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[Demo]:
    """A demo with these settings beside its own, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    env = os.environ | {
        "HOTLINE_BIND": bind,
        "HOTLINE_DATA_DIR": str(data),
        "PYTHONUNBUFFERED": "1",
        **settings,
    }
    argv = [sys.executable, "-m", "hotline", "demo"]
    process = subprocess.Popen(argv, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 – ours
    try:
        phone, database = _told_by(process), _database_of(data / "postgres")
        _wait_for_a_switchboard(database)
        yield Demo(f"http://{bind}", phone, database)
    finally:  # also where it never began to work: left running, it would slow what comes after
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def _told_by(process: subprocess.Popen[str]) -> str:
    """Where the demo's phone is, when it has said all."""
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if "Ctrl-C" in line:
            break
    phone = re.search(r"http://\S+/phone", told)
    assert phone is not None, told
    return phone.group()


def _wait_for_a_switchboard(database: str) -> None:
    """The pages answer before the first offer can be made."""
    with psycopg.connect(database, autocommit=True) as connection:
        for _ in range(START_PATIENCE):
            if connection.execute("select 1 from leadership where epoch > 0").fetchone():
                return
            Event().wait(START_PAUSE)
    pytest.fail("no switchboard began to work")


def _database_of(folder: Path) -> str:
    """The address of the demo's own PostgreSQL."""
    port = (folder / "cluster" / "postmaster.pid").read_text().splitlines()[3]
    password = (folder / "password").read_text().strip()
    return f"postgresql://hotline:{password}@127.0.0.1:{port}/hotline"


@pytest.fixture
def somebody(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """A person with a browser of their own."""
    contexts: list[BrowserContext] = []

    def new() -> Page:
        context = chromium.new_context(
            locale="zh-CN",
            permissions=["microphone"],
            viewport=DESKTOP,
            service_workers="block",  # what passes through one cannot be disturbed by a test
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    expect.set_options(timeout=PATIENCE_MS)
    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def duty(demo: Demo) -> Iterator[Duty]:
    """Nobody is on the line, nobody on duty, and nobody owed a rest: the floor before a shift."""
    with psycopg.connect(demo.database, autocommit=True) as connection:
        floor = Duty(demo, connection)
        floor.clear()
        yield floor
        floor.clear()


@pytest.fixture
def admin(demo: Demo, duty: Duty, somebody: Callable[[], Page]) -> Iterator[Page]:
    """Signed in. What is in force is as the folder says afterwards."""
    page = somebody()
    signs_in(page, demo, "admin")
    yield page
    newest = duty.asks("admin", "GET", "/configuration")["versions"][0]["number"]
    if newest != 1:
        duty.asks("admin", "POST", "/configuration/undo", {"base": newest, "number": 1})


@pytest.fixture(scope="module")
def application_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), RecordingApplication) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def simulator(application_url: str) -> Iterator[Simulator]:
    address = free_address()
    voice = {"voice_url": f"{application_url}/voice"}
    settings = {
        "SIMULATOR_BIND": address,
        "SIMULATOR_ACCOUNT_SID": ACCOUNT_SID,
        "SIMULATOR_AUTH_TOKEN": AUTH_TOKEN,
        "SIMULATOR_NUMBERS": json.dumps({HOTLINE: voice, ROOM: voice}),
        "SIMULATOR_SAY_SECONDS_PER_CHARACTER": "0.01",
    }
    command = [sys.executable, "-m", "hotline.simulator"]
    with subprocess.Popen(command, env=os.environ | settings) as process:  # noqa: S603 – argv is ours
        wait_until_answering(process, address)
        yield Simulator(f"http://{address}", application_url)
        process.terminate()
