"""A fresh scene for each story: a simulated carrier, a house, a clock. All over the wire."""

import itertools
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from hotline.onemachine import Running, start_postgres, start_valkey
from hotline.storage.vault import make_key
from tests.harness.carrier import Carrier, start_carrier
from tests.harness.clock import MovedClock
from tests.harness.house import House
from tests.harness.ledger import in_equals_out
from tests.harness.prepare import copied, dropped, prepared_template
from tests.harness.scene import SID, TOKEN, Scene

KEY = make_key()
_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One PostgreSQL for all stories of this process, with a seeded template."""
    running = start_postgres(tmp_path_factory.mktemp("postgres") / "data", durable=False)
    prepared_template(running.url)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One Valkey for all stories that do not kill it."""
    running = start_valkey(tmp_path_factory.mktemp("valkey") / "data")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def carrier_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The simulator, one process for all stories."""
    bind = f"127.0.0.1:{_free_port()}"
    process = start_carrier(bind, SID, TOKEN, tmp_path_factory.mktemp("carrier") / "log")
    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        client.get(f"http://{bind}/healthz")
    yield f"http://{bind}"
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
async def scene(
    postgres: Running, valkey: Running, carrier_url: str, tmp_path: Path
) -> AsyncIterator[Scene]:
    """A carrier and a house that know each other only by their environment."""
    async with _scene(postgres, valkey.url, carrier_url, tmp_path) as scene:
        yield scene


@pytest.fixture
async def scene_with_own_redis(
    postgres: Running, carrier_url: str, tmp_path: Path
) -> AsyncIterator[Scene]:
    """The same, with a Redis that may be killed, and a worker."""
    data = tmp_path / "valkey"
    own = start_valkey(data)
    port = int(own.url.rpartition(":")[2].partition("/")[0])
    async with _scene(postgres, own.url, carrier_url, tmp_path) as scene:
        scene.redis, scene.restart_redis = own, lambda: start_valkey(data, port=port)
        scene.house.start("worker")
        yield scene
        scene.redis.stop()


@asynccontextmanager
async def _scene(
    postgres: Running, redis_url: str, carrier_url: str, folder: Path
) -> AsyncIterator[Scene]:
    database = f"story_{os.getpid()}_{next(_numbers)}"
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.set_inheritable(True)
    public = f"http://127.0.0.1:{listener.getsockname()[1]}"
    env = {
        "HOTLINE_DATABASE_URL": copied(postgres.url, database),
        "HOTLINE_REDIS_URL": redis_url,
        "HOTLINE_PUBLIC_URL": public,
        "HOTLINE_TWILIO_ACCOUNT_SID": SID,
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_TWILIO_API_URL": carrier_url,
        "HOTLINE_ENCRYPTION_KEYS": KEY,
        "HOTLINE_SECRET_KEY": "a secret of one story",
        "TEST_CLOCK": str(folder / "clock"),
    }
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=carrier_url, timeout=60))
        house_http = httpx.AsyncClient(base_url=public, timeout=30)
        clock = MovedClock(folder / "clock")
        house = House(env, clock, folder, listener, house_http)
        stack.push_async_callback(house.close)
        stack.callback(dropped, postgres.url, database)
        carrier = Carrier(http)
        await carrier.reset(numbers_of_the_house(public))
        for name in ("web", "switchboard"):
            house.start(name)
        await house.is_up()
        yield Scene(carrier, house)
        if any(name.startswith("web") for name in house.running):
            await everybody_out(carrier, house)
        await house.close()


def numbers_of_the_house(public: str) -> dict[str, dict[str, str]]:
    """What the carrier is told of us."""
    urls = {
        "voice_url": f"{public}/voice/incoming",
        "status_callback": f"{public}/voice/status",
        "fallback_url": f"{public}/voice/fallback",
    }
    return {"12355": urls}


async def everybody_out(carrier: Carrier, house: House) -> None:
    """In = out holds at the end of every story: what is still alive hangs up first."""
    await carrier.faults()
    for call in await carrier.inbound_calls():
        if not call["ended"]:
            await carrier.handset(call["from"]).hangs_up()
    await house.until("select 1 where not exists (select 1 from call where state <> 'ended')")
    await in_equals_out(carrier, house)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
