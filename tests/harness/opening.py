"""A scene is opened: a house with a database of its own, at a carrier that is emptied first."""

import itertools
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from hotline.onemachine import Running
from hotline.storage.vault import make_key
from tests.harness.carrier import Carrier
from tests.harness.clock import MovedClock
from tests.harness.house import House
from tests.harness.ledger import in_equals_out
from tests.harness.prepare import copied, dropped
from tests.harness.scene import SID, TOKEN, Scene

KEY = make_key()
_numbers = itertools.count()


@asynccontextmanager
async def opened_scene(
    postgres: Running, redis_url: str, carrier_url: str, folder: Path, *, patient: bool = True
) -> AsyncIterator[Scene]:
    """Everything runs when it begins; everybody has hung up, and in = out, when it ends.

    `patient`: the backend waits longer than on a real line, since a busy machine is no fault of
    what is tested; not for stories in which something stands still.
    """
    database = f"story_{os.getpid()}_{next(_numbers)}"
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.set_inheritable(True)
    public = f"http://127.0.0.1:{listener.getsockname()[1]}"
    env = _environment(copied(postgres.url, database), redis_url, public, carrier_url)
    env["TEST_CLOCK"] = str(folder / "clock")
    if patient:
        env |= {"TEST_PATIENT": "1", "HOTLINE_DATABASE_ANSWER_S": "60"}
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
        yield Scene(carrier, house, postgres.pid)
        if any(name.startswith("web") for name in house.running):
            await everybody_out(carrier, house)
        await house.close()


def _environment(
    database_url: str, redis_url: str, public: str, carrier_url: str
) -> dict[str, str]:
    return {
        "HOTLINE_DATABASE_URL": database_url,
        "HOTLINE_REDIS_URL": redis_url,
        "HOTLINE_PUBLIC_URL": public,
        "HOTLINE_TWILIO_ACCOUNT_SID": SID,
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_TWILIO_API_URL": carrier_url,
        "HOTLINE_ENCRYPTION_KEYS": KEY,
        "HOTLINE_SECRET_KEY": "a secret of one story",
    }


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


def free_port() -> int:
    """One on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
