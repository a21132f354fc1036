"""A scene is opened: a house with a database of its own, at a carrier that is emptied first."""

import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx

from hotline.carrier.rest import API
from hotline.onemachine import Running
from hotline.onemachine.demo import NUMBERS
from hotline.storage.vault import make_key
from tests.harness.carrier import Carrier
from tests.harness.clock import MovedClock
from tests.harness.house import PATIENCE_S, House
from tests.harness.ledger import in_equals_out
from tests.harness.prepare import begun_anew, copied, dropped
from tests.harness.scene import SID, TOKEN, Scene
from tests.hotline.simulator.shapes import check_shape

KEY = make_key()
_numbers = itertools.count()


@dataclass(frozen=True)
class Surroundings:
    """What a house stands among.

    `patient`: the backend waits longer than on a real line, since a busy machine is no fault of
    what is tested; not for stories in which something stands still.
    """

    postgres: Running
    redis_url: str
    carrier_url: str
    patient: bool = True


@asynccontextmanager
async def opened_scene(
    around: Surroundings, folder: Path, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[Scene]:
    """A house of its own. Everything runs when it begins; when it ends, in = out."""
    await emptied_carrier(around.carrier_url)
    house = opened_house(around, folder, settings)
    try:
        async with played_scene(around, house) as scene:
            yield scene
    finally:
        ended_house(around, house)


class KeptHouse:
    """The house that one story leaves to the next, unless it touched the processes.

    The rows are made anew and the switchboard begins anew; the clock goes on.
    """

    def __init__(self, around: Surroundings, folder: Callable[[], Path]) -> None:
        """`folder`: a new one for each house."""
        self.around, self._folder = around, folder
        self._house: House | None = None

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[Scene]:
        """The house with nobody in it; when it ends, in = out."""
        await emptied_carrier(self.around.carrier_url)
        house = self._house
        if house is None or house.touched:
            self.end()
            house = self._house = opened_house(self.around, self._folder())
        else:
            begun_anew(house.env["HOTLINE_DATABASE_URL"])
        async with played_scene(self.around, house) as scene:
            yield scene

    def end(self) -> None:
        """Nobody needs it any more."""
        if self._house is not None:
            ended_house(self.around, self._house)
        self._house = None


async def emptied_carrier(url: str) -> None:
    """Before any row is new: or its list of calls brings those of the last story into the next."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        (await http.post("/simulator/reset")).raise_for_status()


def opened_house(
    around: Surroundings, folder: Path, settings: Mapping[str, str] = MappingProxyType({})
) -> House:
    """Web and switchboard on a database of their own, perhaps not up yet."""
    database = f"story_{os.getpid()}_{next(_numbers)}"
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.set_inheritable(True)
    public = f"http://127.0.0.1:{listener.getsockname()[1]}"
    url = copied(around.postgres.url, database)
    env = _environment(url, around.redis_url, public, around.carrier_url) | dict(settings)
    env["TEST_CLOCK"] = str(folder / "clock")
    env["HOTLINE_DATA_DIR"] = str(folder / "data")
    if around.patient:
        env |= {"TEST_PATIENT": "1", "HOTLINE_DATABASE_ANSWER_S": "60"}
    house = House(env, MovedClock(folder / "clock"), folder, listener, httpx.AsyncClient())
    for name in ("web", "switchboard"):
        house.start(name)
    house.touched = False
    return house


def ended_house(around: Surroundings, house: House) -> None:
    """Its processes and its database are gone."""
    house.end()
    dropped(around.postgres.url, house.env["HOTLINE_DATABASE_URL"].rpartition("/")[2])


@asynccontextmanager
async def played_scene(around: Surroundings, house: House) -> AsyncIterator[Scene]:
    """One story in a house, at a carrier that is emptied first."""
    async with AsyncExitStack() as stack:
        http = httpx.AsyncClient(base_url=around.carrier_url, timeout=PATIENCE_S)
        carrier = Carrier(await stack.enter_async_context(http))
        public = house.env["HOTLINE_PUBLIC_URL"]
        house.http = httpx.AsyncClient(base_url=public, timeout=PATIENCE_S)
        await stack.enter_async_context(house.http)
        await carrier.reset(numbers_of_the_house(public))
        await carrier.passes(house.clock.offset)  # a house that has had stories is ahead
        await house.is_up()
        yield Scene(carrier, house, around.postgres.pid)
        await no_warnings(carrier)
        if any(name.startswith("web") for name in house.running):
            await everybody_out(carrier, house)


async def no_warnings(carrier: Carrier) -> None:
    """Every document that we gave may stand at a carrier as it is."""
    await carrier.look()
    faults = [entry["fault"] for entry in carrier.journal if entry["kind"] == "warning"]
    assert not faults, "\n".join(faults)


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
        "HOTLINE_SECOND_FACTOR": "off",
    }


def numbers_of_the_house(public: str) -> dict[str, dict[str, str]]:
    """What the carrier is told of us."""
    urls = {
        "voice_url": f"{public}/voice/incoming",
        "status_callback": f"{public}/voice/status",
        "fallback_url": f"{public}/voice/fallback",
        "sms_url": f"{public}/texts/incoming",
    }
    return dict.fromkeys(NUMBERS, urls)


OVER = "select 1 where not exists (select 1 from call where state <> 'ended')"
NOTHING_OWED = """
update callback set state = 'withdrawn', try_at = null where id in (
    select id from callback where state in ('open', 'in_hand') for update skip locked)
returning id
"""


async def everybody_out(carrier: Carrier, house: House) -> None:
    """In = out holds at the end of every story: what is still alive hangs up first."""
    await carrier.faults()
    alive = [call["from"] for call in await carrier.inbound_calls() if not call["ended"]]
    for address in [*alive, *await _called_by_us(carrier, house)]:
        with suppress(AssertionError):  # we, or the other side, were quicker
            await carrier.handset(address).hangs_up()
    await _is_over(house)
    await in_equals_out(carrier, house)
    await answers_have_their_shapes(carrier)


async def _is_over(house: House) -> None:
    """Whoever is hung up on here is owed no call: that would begin a new story, and another."""
    for _ in range(12):
        await house.rows(NOTHING_OWED)
        with suppress(AssertionError):
            await house.until(OVER, patience_s=5)
            return
    await house.until(OVER, patience_s=5)


async def answers_have_their_shapes(carrier: Carrier) -> None:
    """What the simulator says of all that happened is what the carrier would say."""
    for each in ("Calls", "Conferences", "Messages"):
        address, query = f"{API}/{SID}/{each}.json", {"PageSize": 1000}
        await check_shape(await carrier.http.get(address, params=query, auth=(SID, TOKEN)))


async def _called_by_us(carrier: Carrier, house: House) -> set[str]:
    """The phones of those whom we called, and who are still there."""
    ours = "select carrier_sid from call where direction = 'out' and state <> 'ended'"
    sids = {sid for (sid,) in await house.rows(ours)}
    await carrier.look()
    return {e["address"] for e in carrier.journal if e["kind"] == "leg" and e["sid"] in sids}


def free_port() -> int:
    """One on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
