"""Whether anything can keep a call waiting: webhooks beside a flood of each other kind of request.

`python3 scripts/bench_flood.py` (after `scripts/test.py` has set up the environment once). New
calls come at a steady rate, by turns alone and beside a flood, several times in one run; what
counts is the ratio of the p99 of all calls beside a flood to that of those that came alone just
before. Latency counts from the moment a call was due. It stops by itself after half an hour;
`--only pages` measures one flood. Other work on the machine spoils the ratios in either direction:
look at the quiet figures first.
"""

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import bench_webhook as webhooks  # noqa: E402 – it finds the environment first
import httpx  # noqa: E402 – as above

RATE, SECONDS, ROUNDS = 20, 10, 5
AT_ONCE = 32  # requests of a flood that are under way together
WORST = 2.0
PASSWORD = "the password of this bench"  # noqa: S105 – of a database that ends with the run
JSON = {"Content-Type": "application/json"}

Flood = Callable[[httpx.AsyncClient, str, str], Awaitable[httpx.Response]]

numbers = itertools.count(1)


async def pages(http: httpx.AsyncClient, url: str, token: str) -> httpx.Response:
    """The floor, drawn whole."""
    return await http.get(f"{url}/floor", headers={"Authorization": f"Bearer {token}"})


async def questions(http: httpx.AsyncClient, url: str, token: str) -> httpx.Response:
    """The floor as JSON."""
    return await http.get(f"{url}/api/v1/floor", headers={"Authorization": f"Bearer {token}"})


async def commands(http: httpx.AsyncClient, url: str, token: str) -> httpx.Response:
    """A flag on a call that is not there."""
    where = f"{url}/api/v1/calls/none/flags"
    return await http.post(
        where, json={"level": "high"}, headers={"Authorization": f"Bearer {token}"}
    )


async def sign_ins(http: httpx.AsyncClient, url: str, _token: str) -> httpx.Response:
    """Guesses, each at another name."""
    guess = {"username": f"name-{next(numbers)}", "password": "not the password"}
    return await http.post(f"{url}/api/v1/tokens", json=guess)


async def strangers(http: httpx.AsyncClient, url: str, _token: str) -> httpx.Response:
    """The log-in page."""
    return await http.get(f"{url}/login")


async def scrapes(http: httpx.AsyncClient, url: str, _token: str) -> httpx.Response:
    """The monitor's figures."""
    return await http.get(f"{url}/metrics")


async def files(http: httpx.AsyncClient, url: str, _token: str) -> httpx.Response:
    """A script."""
    return await http.get(f"{url}/static/desk.js")


async def large_bodies(http: httpx.AsyncClient, url: str, _token: str) -> httpx.Response:
    """A megabyte for nothing."""
    return await http.post(f"{url}/api/v1/tokens", content=b"x" * 2**20, headers=JSON)


async def forgeries(http: httpx.AsyncClient, url: str, _token: str) -> httpx.Response:
    """Webhooks that nobody signed."""
    where, body, headers = webhooks.incoming_request(url, next(numbers))
    return await http.post(
        where, content=body, headers=headers | {"X-Twilio-Signature": "bm90IHRoaXM="}
    )


FLOODS: tuple[Flood, ...] = (
    pages,
    questions,
    commands,
    sign_ins,
    strangers,
    scrapes,
    files,
    large_bodies,
    forgeries,
)


async def steady(url: str) -> list[float]:
    """Milliseconds from the planned start of each call to its answer; a failure counts as 30 s."""
    took: list[float] = []
    called = [10**9 + next(numbers) for _ in range(RATE * SECONDS)]
    async with httpx.AsyncClient(timeout=30) as http:
        start = time.monotonic() + 0.2

        async def at(place: int, number: int) -> None:
            due = start + place / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            answer = await send(http, webhooks.incoming_request(url, number))
            good = answer.status_code == httpx.codes.OK and "Gather" in answer.text
            took.append((time.monotonic() - due) * 1000 if good else 30_000.0)

        await asyncio.gather(*(at(*each) for each in enumerate(called)))
        for number in called:  # they hang up: the floor is that of a busy night, not of a year
            await send(http, webhooks.completed_request(url, number))
    return took


async def send(
    http: httpx.AsyncClient, request: tuple[str, bytes, dict[str, str]]
) -> httpx.Response:
    """A webhook of the carrier."""
    url, body, headers = request
    return await http.post(url, content=body, headers=webhooks.FORM | headers)


@asynccontextmanager
async def beside(flood: Flood, url: str, token: str) -> AsyncIterator[list[int]]:
    """The flood for as long as the block lasts. Gives the statuses it was answered with."""
    told: list[int] = []

    async def flow() -> None:
        elsewhere = httpx.AsyncHTTPTransport(local_address="127.0.0.2")  # than the carrier is
        async with httpx.AsyncClient(timeout=30, transport=elsewhere) as http:
            while True:
                with suppress(httpx.TransportError):
                    told.append((await flood(http, url, token)).status_code)

    running = [asyncio.create_task(flow()) for _ in range(AT_ONCE)]
    try:
        yield told
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def flooding(name: str, url: str, token: str, folder: str) -> None:
    """The flood as a process of its own that steps back: elsewhere it would be other machines."""
    os.nice(19)
    flood = next(one for one in FLOODS if one.__name__ == name)
    async with beside(flood, url, token) as told:
        while not told:  # noqa: ASYNC110 – what is waited for happens in many tasks
            await asyncio.sleep(0.1)
        (Path(folder) / f"{name}.began").touch()  # what is done once only is done
        await asyncio.sleep(SECONDS + 1.0)
    (Path(folder) / name).write_text(json.dumps(told))


def p99(took: list[float]) -> float:
    """The slowest but one in a hundred."""
    return statistics.quantiles(took, n=100)[98]


async def sign_in(url: str) -> str:
    """A supervisor's token."""
    async with httpx.AsyncClient() as http:
        given = {"username": "he", "password": PASSWORD}
        answer = await http.post(f"{url}/api/v1/tokens", json=given)
        return str(answer.raise_for_status().json()["token"])


def set_password(env: dict[str, str]) -> None:
    """For the supervisor of the Guangdong folder."""
    command = [*webhooks.HOTLINE, "staff", "password", "he"]
    subprocess.run(
        command, input=f"{PASSWORD}\n", text=True, env=os.environ | env, check=True, cwd=ROOT
    )


Parts = dict[str, list[tuple[list[float], list[float], list[int]]]]


async def measure(folder: Path, floods: list[str]) -> bool:
    """Quiet and loud by turns. Returns whether every ratio holds."""
    parts: Parts = {name: [] for name in floods}
    async with webhooks.both_servers(folder, then=set_password) as (_, server):
        token = await sign_in(server.url)
        await steady(server.url)  # warm
        for number in range(ROUNDS):
            for name in floods:
                quiet = await steady(server.url)
                parts[name].append((quiet, *await under(name, server.url, token, folder)))
            print(f"round {number + 1} of {ROUNDS} done", flush=True)
    return report(parts)


async def under(name: str, url: str, token: str, folder: Path) -> tuple[list[float], list[int]]:
    """How long calls took beside one flood, and how it was answered."""
    argv = [sys.executable, __file__, "--flow", name, url, token, str(folder)]
    process = await asyncio.create_subprocess_exec(*argv)
    began = folder / f"{name}.began"
    while not began.exists():  # noqa: ASYNC110 – another process makes it
        await asyncio.sleep(0.1)
    began.unlink()
    await asyncio.sleep(0.5)
    took = await steady(url)
    await process.wait()
    return took, json.loads((folder / name).read_text())


def report(parts: Parts) -> bool:
    """The ratios, and whether each is small enough."""
    good = True
    print(f"\n{RATE} new calls/s; p50 and p99 in ms, alone and beside each flood")
    for name, rounds in parts.items():
        alone, took = ([ms for part in rounds for ms in part[which]] for which in (0, 1))
        told = Counter(status for part in rounds for status in part[2])
        ratio = p99(took) / p99(alone)
        good &= ratio <= WORST
        print(
            f"{name:13s} alone {statistics.median(alone):6.1f} {p99(alone):7.1f}"
            f"   beside {statistics.median(took):6.1f} {p99(took):7.1f}"
            f"   {ratio:4.1f} times; answered {dict(sorted(told.items()))}"
        )
    return good


def arguments() -> argparse.Namespace:
    """What to measure."""
    names = [flood.__name__ for flood in FLOODS]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=names, nargs="+", default=names)
    parser.add_argument("--flow", nargs=4, help=argparse.SUPPRESS)  # the flood's own process
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    if asked.flow:
        asyncio.run(flooding(*asked.flow))
        sys.exit()
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        if not asyncio.run(measure(Path(made), asked.only)):
            sys.exit(f"A flood delays calls more than {WORST:.0f} times.")
