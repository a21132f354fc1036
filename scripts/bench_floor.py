"""A large floor, and many who look at a usual one: what a page costs, how soon everybody sees it.

`python3 scripts/bench_floor.py [--quick]` (once `scripts/test.py` has set up the environment).
A: of a floor with 2,000 counselors and 500 who wait, the CPU and the size of a page, and what is
sent after one change. B: 300 browsers hear of 20 changes a second, beside a bare stream that takes
as many events from nowhere. Both sides of a ratio are measured in turns within one run; the medians
are printed beside their targets. Ends with 1 where one is missed. Four minutes; `--quick`: one.
"""

import argparse
import asyncio
import math
import statistics
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import bench_webhook as webhooks  # noqa: E402, F401 – it finds the environment first
import httpx  # noqa: E402 – as above
from bench_floor_house import LARGE, USUAL, FloorHouse, floor_house  # noqa: E402 – as above
from bench_floor_listeners import (  # noqa: E402 – as above
    HeardDraw,
    HeardPart,
    browsers_at,
    heard_in,
    opened,
)
from bench_webhook import Server  # noqa: E402 – as above

from hotline.clock import SystemClock  # noqa: E402 – as above
from hotline.web.pages.floor_parts import PARTS, moved  # noqa: E402 – as above

CPU_MS, PAGE_KB, RATIO = 100.0, 400.0, 1.5  # targets
BROWSERS, RATE = 300, 20
PAGES, BARE_PAGES, WARM = 20, 100, 4  # for a clock that ticks a hundred times a second
SETTLES_S, LAST_S, OVER_S = 2.0, 1.5, 3.0


class Length(NamedTuple):
    """How long is measured. `rounds`: of pages and of streams; `seconds`: of events in a round."""

    pages: int
    streams: int
    seconds: int


FULL, QUICK = Length(pages=3, streams=3, seconds=12), Length(pages=1, streams=1, seconds=5)


# ── A: a page ────────────────────────────────────────────────────────────────────────────────


@dataclass
class PageCost:
    """CPU in ms, one figure a round. `sent`: by topic of a change, the parts and their bytes."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    size: int = 0
    bare_size: int = 0
    sent: dict[str, dict[str, int]] = field(default_factory=dict)


async def measure_page(house: FloorHouse, length: Length) -> PageCost:
    """In turns with a page as large out of a bare template."""
    await house.fill(LARGE)
    cost = PageCost()
    headers = {"Authorization": f"Bearer {house.tokens[0]}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        cost.size = len(await _page(http, f"{house.ours.url}/floor"))
        bare = f"{house.bare.url}/page/{await _rows_for(http, house.bare.url, cost.size)}"
        cost.bare_size = len(await _page(http, bare))
        for _ in range(length.pages):
            cost.ours.append(await _cpu(http, house.ours, f"{house.ours.url}/floor", PAGES))
            cost.bare.append(await _cpu(http, house.bare, bare, BARE_PAGES))
    cost.sent = {
        "presence": await _sent_after(house, lambda: house.changes_presence(LARGE.counselors)),
        "call": await _sent_after(house, lambda: house.changes_call(LARGE.waiting)),
    }
    return cost


async def _page(http: httpx.AsyncClient, url: str) -> bytes:
    return (await http.get(url)).raise_for_status().content


async def _rows_for(http: httpx.AsyncClient, url: str, size: int) -> int:
    one, many = [len(await _page(http, f"{url}/page/{rows}")) for rows in (1, 1001)]
    return round((size - one) / ((many - one) / 1000))


async def _cpu(http: httpx.AsyncClient, server: Server, url: str, pages: int) -> float:
    """Milliseconds of the server's CPU a page."""
    for _ in range(WARM):
        await _page(http, url)
    before = server.cpu()
    for _ in range(pages):
        await _page(http, url)
    return (server.cpu() - before) / pages * 1000


async def _sent_after(house: FloorHouse, change: Callable[[], Awaitable[None]]) -> dict[str, int]:
    """Bytes by part."""
    heard: asyncio.Queue[HeardPart] = asyncio.Queue()
    transport, _ = await opened(f"{house.ours.url}/floor/stream", house.tokens[0], heard.put_nowait)
    try:
        for _ in PARTS:
            await heard.get()
        await change()
        await asyncio.sleep(SETTLES_S)
    finally:
        transport.close()
    sent = [heard.get_nowait() for _ in range(heard.qsize())]
    return {one.name: one.size for one in sent if one.name}  # without those that tell the time


# ── B: many browsers ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Latency:
    """One round, in ms: until the first part came that was read after an event, and the last one.

    `cpu`: seconds of the server's in a second; `parts`, `kilobytes`: a second, for one browser.
    `ended`: streams, before their time.
    """

    first: Sequence[float]
    last: Sequence[float]
    cpu: float
    parts: float
    kilobytes: float
    ended: int


def percentile(values: Sequence[float], hundredth: int) -> float:
    """By rank, of what was seen."""
    return sorted(values)[min(len(values) - 1, len(values) * hundredth // 100)]


NEVER = HeardDraw(math.inf, math.inf, math.inf, 0, 0)


def latencies(
    events: Sequence[float], draws: Sequence[HeardDraw]
) -> tuple[list[float], list[float]]:
    """Of each event, ms until the first and the last part of what was read after it.

    `draws`: of one browser, in their order. Infinite where it was never told.
    """
    read = [one.read for one in draws]
    first, last = [], []
    for event in events:
        place = bisect_left(read, event)
        heard = draws[place] if place < len(read) else NEVER
        first.append((heard.first - event) * 1000)
        last.append((heard.last - event) * 1000)
    return first, last


def now() -> float:
    """Seconds of the epoch."""
    return SystemClock().now().timestamp()


async def tell_ours(house: FloorHouse, seconds: int) -> list[float]:
    """Open loop: each change is made when it is due, whatever became of those before.

    When each was committed, in seconds of the epoch.
    """
    begun, told = asyncio.get_running_loop().time() + 0.1, list[float]()

    async def one(number: int) -> None:
        await asyncio.sleep(begun + number / RATE - asyncio.get_running_loop().time())
        if number % 2:
            await house.changes_presence(1 + USUAL.counselors - USUAL.ready + number % USUAL.ready)
        else:
            await house.changes_call(1 + number % USUAL.waiting)
        told.append(now())  # strict: a part read between the commit and here does not count

    await asyncio.gather(*(one(number) for number in range(seconds * RATE)))
    await asyncio.sleep(LAST_S)
    await house.changes_call(1)  # what was read just before the last one was confirmed counts not
    return told


async def tell_bare(house: FloorHouse, seconds: int) -> list[float]:
    """Its own process tells them, and each event says when: nothing is committed or announced."""
    async with httpx.AsyncClient() as http:
        where = f"{house.bare.url}/tell/{seconds * RATE}/{RATE}"
        (await http.post(where)).raise_for_status()
    await asyncio.sleep(seconds)
    return []


async def measure_stream(house: FloorHouse, whose: str, seconds: int, folder: Path) -> Latency:
    """One round against `ours` or `bare`."""
    server, path = (house.ours, "/floor/stream") if whose == "ours" else (house.bare, "/stream")
    out = folder / "heard.json"
    async with browsers_at(f"{server.url}{path}", house.tokens, out):
        await asyncio.sleep(SETTLES_S)
        begun, before = now(), server.cpu()
        told = await (tell_ours(house, seconds) if whose == "ours" else tell_bare(house, seconds))
        took, cpu = now() - begun, server.cpu() - before
        await asyncio.sleep(OVER_S)
    ended, heard = heard_in(out)
    events = told or sorted({draw.read for browser in heard for draw in browser})
    both = [latencies(events, browser) for browser in heard]
    during = [draw for browser in heard for draw in browser if draw.read >= begun]
    return Latency(
        first=[ms for first, _ in both for ms in first],
        last=[ms for _, last in both for ms in last],
        cpu=cpu / took,
        parts=sum(draw.parts for draw in during) / took / BROWSERS,
        ended=ended,
        kilobytes=sum(draw.size for draw in during) / took / BROWSERS / 1000,
    )


async def measure_streams(
    house: FloorHouse, length: Length, folder: Path
) -> dict[str, list[Latency]]:
    """In turns."""
    await house.fill(USUAL)
    rounds: dict[str, list[Latency]] = {"ours": [], "bare": []}
    for number, whose in product(range(length.streams), rounds):
        rounds[whose].append(await measure_stream(house, whose, length.seconds, folder))
        print(f"B: {whose}, round {number + 1} of {length.streams} done", flush=True)
    return rounds


# ── what came of it ──────────────────────────────────────────────────────────────────────────


def report_page(cost: PageCost) -> list[str]:
    """The figures of A. Returns what is missed."""
    ours, bare = statistics.median(cost.ours), statistics.median(cost.bare)
    print(f"\nA: {LARGE.counselors} counselors, {LARGE.waiting} wait, {LARGE.talking} talk")
    print(f"CPU of a page              {told(cost.ours)} ms (target {CPU_MS:.0f})")
    print(f"of a bare page             {told(cost.bare)} ms, so {ours / bare:.1f} times as much")
    print(f"size of a page             {cost.size / 1000:.0f} KB (target {PAGE_KB:.0f}),")
    print(f"  of the bare one          {cost.bare_size / 1000:.0f} KB")
    for topic, sent in cost.sent.items():
        parts = ", ".join(f"{part} {size / 1000:.1f}" for part, size in sent.items())
        print(f"after a change of a {topic}: {sum(sent.values()) / 1000:.1f} KB ({parts})")
    missed = [] if ours <= CPU_MS else ["CPU of a page"]
    missed += [] if cost.size <= PAGE_KB * 1000 else ["size of a page"]
    beside = [topic for topic, sent in cost.sent.items() if sent.keys() - may_move(topic)]
    return missed + [f"parts sent after a change of a {topic}" for topic in beside]


def may_move(topic: str) -> set[str]:
    """The parts that a change may move; of these only what has moved is sent."""
    return set(moved([topic], PARTS))


def told(figures: Sequence[float]) -> str:
    """The median, and between what it lies."""
    between = f"{min(figures):.1f}-{max(figures):.1f}"
    return f"{statistics.median(figures):.1f} ({between})"


def report_streams(rounds: dict[str, list[Latency]]) -> list[str]:
    """The figures of B. Returns what is missed."""
    p99 = {}
    print(f"\nB: {BROWSERS} browsers, {RATE} events a second, {len(rounds['ours'])} rounds")
    for whose, each in rounds.items():
        p50, last, p99[whose] = (
            [percentile(one.first, 50) for one in each],
            [percentile(one.last, 99) for one in each],
            [percentile(one.first, 99) for one in each],
        )
        print(
            f"{whose}: p50 {told(p50)} ms, p99 {told(p99[whose])} ms, to the last {told(last)} ms"
        )
        cpu, parts, size = (
            statistics.median(figures)
            for figures in zip(*((one.cpu, one.parts, one.kilobytes) for one in each), strict=True)
        )
        ended = sum(one.ended for one in each)
        print(f"  streams that ended before their time: {ended} of {BROWSERS * len(each)}")
        print(f"  {cpu:.2f} s CPU a second; {parts:.1f} parts and {size:.1f} KB a browser a second")
    ratio = statistics.median(p99["ours"]) / statistics.median(p99["bare"])
    print(f"p99 of ours to the bare one {ratio:.2f} (target {RATIO})")
    return [] if ratio <= RATIO else ["p99 of an event beside a bare stream"]


async def measure(folder: Path, length: Length) -> list[str]:
    """Everything. Returns what is missed."""
    async with floor_house(folder, BROWSERS) as house:
        missed = report_page(await measure_page(house, length))
        return missed + report_streams(await measure_streams(house, length, folder))


def main() -> int:
    """1 where a target is missed."""
    asked = argparse.ArgumentParser(description="What a floor costs, and how soon all see it.")
    asked.add_argument("--quick", action="store_true", help="a minute")
    length = QUICK if asked.parse_args().quick else FULL
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        missed = asyncio.run(measure(Path(made), length))
    for one in missed:
        print(f"missed: {one}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
