"""Five hundred simulated callers within ten seconds: does everybody stand in line, in order?

`python3 scripts/bench_callers.py` (after `scripts/test.py` has set up the environment once). The
whole way, where `bench_arrivals.py` sends the webhooks by itself: a simulated carrier rings, reads
each document as a carrier does, sends the key and every report. One web process, one switchboard,
a PostgreSQL that writes durably; the carrier runs here, beside them. Two minutes.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import bench_webhook as webhooks  # noqa: E402 – it finds the environment first
import psycopg  # noqa: E402 – as above
import uvicorn  # noqa: E402 – as above
from bench_arrivals import APART_S, CALLS, THINKS_S, WITHIN_S, places_lost  # noqa: E402 – as above
from fastapi import FastAPI  # noqa: E402 – as above

from hotline.carrier.exchange import Exchange  # noqa: E402 – as above
from hotline.carrier.numbers import NumberSettings  # noqa: E402 – as above
from hotline.simulator.app import create_app  # noqa: E402 – as above
from hotline.simulator.control import HandsetAct, do  # noqa: E402 – as above
from hotline.simulator.handsets import Handsets  # noqa: E402 – as above
from hotline.simulator.settings import SimulatorSettings  # noqa: E402 – as above

NUMBER, FIRST, COMES_TO_REST_S = "12355", 15_400_000_000, 15.0
FAULTS = ("error", "fallback", "warning", "webhook.failed")
IN_LINE = "select carrier_sid from call where state = 'waiting' order by queued_at, id"


@asynccontextmanager
async def carrier_of(port: int, ours: str) -> AsyncIterator[Handsets]:
    """A carrier in this process, with one number that leads to us."""
    urls = NumberSettings(
        voice_url=f"{ours}/voice/incoming",
        status_callback=f"{ours}/voice/status",
        fallback_url=f"{ours}/voice/fallback",
    )
    settings = SimulatorSettings(
        account_sid=webhooks.SID, auth_token=webhooks.TOKEN, numbers={NUMBER: urls}
    )
    app: FastAPI = create_app(settings)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    await webhooks.answers(f"http://127.0.0.1:{port}/healthz")
    handsets: Handsets = app.state.handsets
    yield handsets
    server.should_exit = True
    await serving


async def arrive(handsets: Handsets) -> dict[str, float]:
    """Everybody dials and presses a key. When each pressed it, by the carrier's id of the call."""
    start, pressed = time.monotonic(), dict[str, float]()

    async def call(place: int) -> None:
        address = str(FIRST + place)
        await asyncio.sleep(max(0.0, start + place * WITHIN_S / CALLS - time.monotonic()))
        leg = do(handsets, address, HandsetAct(what="dial", to=NUMBER))
        await asyncio.sleep(THINKS_S)
        if leg is None or leg.over:
            return
        do(handsets, address, HandsetAct(what="press", digits="1"))
        pressed[leg.sid] = time.monotonic()

    await asyncio.gather(*map(call, range(CALLS)))
    return pressed


def faults_of(exchange: Exchange) -> Counter[str]:
    """What no caller should meet: error documents, fallbacks, what a carrier would warn of."""
    entries = exchange.journal.entries
    found = Counter(str(entry["kind"]) for entry in entries if entry["kind"] in FAULTS)
    found.update(
        f"webhook {entry['status']}"
        for entry in entries
        if entry["kind"] == "webhook" and entry["status"] >= 400  # noqa: PLR2004 – HTTP's errors
    )
    return found


async def measure(folder: Path) -> bool:
    """One wave. Returns whether nobody was lost, refused or overtaken."""
    begun: list[dict[str, str]] = []
    port = webhooks.free_port()
    there = {"HOTLINE_TWILIO_API_URL": f"http://127.0.0.1:{port}"}
    async with webhooks.both_servers(folder, then=begun.append) as (_, ours):
        env = begun[0] | there
        command = [*webhooks.HOTLINE, "switchboard"]
        with webhooks.process(command, env, folder / "switchboard.log"):
            async with carrier_of(port, ours.url) as handsets:
                pressed, exchange = await arrive(handsets), handsets.exchange
                await asyncio.sleep(COMES_TO_REST_S)
                found = faults_of(exchange)
                alive = sum(not leg.over for leg in exchange.legs.values())
                address = env["HOTLINE_DATABASE_URL"].replace("+psycopg", "", 1)
                async with await psycopg.AsyncConnection.connect(address) as database:
                    rows = await (await database.execute(IN_LINE)).fetchall()
    return report(found, pressed, [str(sid) for (sid,) in rows], alive)


def report(found: Counter[str], pressed: dict[str, float], in_line: list[str], alive: int) -> bool:
    """The figures. True where all that is promised holds."""
    lost = places_lost(pressed, in_line)
    print(f"\n{CALLS} callers in {WITHIN_S:.0f} s, a key each")
    print(f"errors, fallbacks, warnings       {sum(found.values())} {dict(found) or ''}")
    print(f"still on the line at the carrier  {alive}")
    print(f"in line with us                   {len(in_line)}")
    print(f"behind who pressed {APART_S} s later    {lost}")
    return not found and not lost and alive == len(in_line) == CALLS


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        sys.exit(0 if asyncio.run(measure(Path(made))) else 1)
