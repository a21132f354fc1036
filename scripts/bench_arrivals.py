"""Five hundred calls that arrive within ten seconds: is everybody answered, and in line in order?

`python3 scripts/bench_arrivals.py` (after `scripts/test.py` has set up the environment once). Every
call dials, thinks for a second, presses a key and waits; one web process, one switchboard, a
PostgreSQL that writes durably. Prints errors, safe answers and places lost, and the p99 of our
documents as a ratio to that of a bare reply under the same load in the same run. Two minutes.
"""

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import bench_webhook as webhooks  # noqa: E402 – it finds the environment first
import httpx  # noqa: E402 – as above
import psycopg  # noqa: E402 – as above
from bench_flood import p99  # noqa: E402 – as above

CALLS, WITHIN_S, THINKS_S = 500, 10.0, 1.0
APART_S = 0.1  # who pressed so much earlier stands before; closer ones are as good as together
FIRST, WARM = 5_000_000, 20
NEXT = re.compile(r'action="([^"]+)"')
IN_LINE = "select carrier_sid from call where state = 'waiting' order by queued_at, id"


@dataclass
class Arrivals:
    """What came of one wave of calls. `pressed`: when each pressed its key, by the carrier's id."""

    took_ms: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pressed: dict[str, float] = field(default_factory=dict)


async def arrive(url: str, first: int, calls: int, within_s: float) -> Arrivals:
    """Each call on its own schedule, whatever becomes of those before."""
    wave, start = Arrivals(), time.monotonic() + 0.2
    async with webhooks.open_loop() as http:

        async def call(place: int) -> None:
            due = start + place * within_s / calls
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            document = await _document(http, webhooks.incoming_request(url, first + place), wave)
            leads = NEXT.search(document)
            if leads is None:
                return
            await asyncio.sleep(THINKS_S)
            fields = webhooks.fields_of(first + place) | {
                "Digits": "1",
                "CallStatus": "in-progress",
            }
            wave.pressed[fields["CallSid"]] = time.monotonic()
            await _document(http, webhooks.signed(url + unescape(leads[1]), fields), wave)

        await asyncio.gather(*map(call, range(calls)))
    return wave


async def _document(
    http: httpx.AsyncClient, request: tuple[str, bytes, dict[str, str]], wave: Arrivals
) -> str:
    """What the carrier is given; empty, and a fault, where that is not what it should be."""
    url, body, headers = request
    began = time.monotonic()
    try:
        answer = await http.post(url, content=body, headers=webhooks.FORM | headers)
    except httpx.HTTPError as fault:
        wave.faults.append(type(fault).__name__)
        return ""
    wave.took_ms.append((time.monotonic() - began) * 1000)
    if answer.status_code != httpx.codes.OK or "turn=" not in answer.text:
        wave.faults.append(f"{answer.status_code}, or a safe answer")
        return ""
    return answer.text


async def bare_wave(url: str, calls: int, within_s: float) -> list[float]:
    """The same requests on the same schedule to a server that answers from nothing."""
    took: list[float] = []
    start = time.monotonic() + 0.2
    async with webhooks.open_loop() as http:

        async def ask(due: float) -> None:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            began = time.monotonic()
            where, body, headers = webhooks.bare_request(url, 0)
            (await http.post(where, content=body, headers=headers)).raise_for_status()
            took.append((time.monotonic() - began) * 1000)

        gaps = [start + place * within_s / calls for place in range(calls)]
        await asyncio.gather(*(ask(due + later) for due in gaps for later in (0.0, THINKS_S)))
    return took


def places_lost(pressed: dict[str, float], in_line: Sequence[str]) -> int:
    """How many stand behind somebody who pressed their key clearly later."""
    lost, latest = 0, 0.0
    for sid in in_line:
        lost += pressed[sid] < latest - APART_S
        latest = max(latest, pressed[sid])
    return lost


async def measure(folder: Path) -> bool:
    """One wave against each server. Returns whether nobody was lost, refused or overtaken."""
    begun: list[dict[str, str]] = []
    async with webhooks.both_servers(folder, then=begun.append) as (bare, ours):
        env = begun[0] | {"HOTLINE_TWILIO_API_URL": "http://127.0.0.1:9"}  # nobody is rung
        command = [*webhooks.HOTLINE, "switchboard"]
        with webhooks.process(command, env, folder / "switchboard.log"):
            await arrive(ours.url, FIRST - WARM, WARM, 1.0)
            bare_ms = await bare_wave(bare.url, CALLS, WITHIN_S)
            wave = await arrive(ours.url, FIRST, CALLS, WITHIN_S)
            address = env["HOTLINE_DATABASE_URL"].replace("+psycopg", "", 1)
            async with await psycopg.AsyncConnection.connect(address) as database:
                rows = await (await database.execute(IN_LINE)).fetchall()
    in_line = [str(sid) for (sid,) in rows if sid in wave.pressed]
    return report(bare_ms, wave, in_line)


def report(bare_ms: list[float], wave: Arrivals, in_line: Sequence[str]) -> bool:
    """The figures. True where all that is promised holds."""
    lost = places_lost(wave.pressed, in_line)
    missing = CALLS - len(in_line)
    print(f"\n{CALLS} calls in {WITHIN_S:.0f} s, two documents each")
    print(f"errors and safe answers    {len(wave.faults)} {sorted(set(wave.faults)) or ''}")
    print(f"not in line at the end     {missing}")
    print(f"behind somebody later      {lost}")
    ours, bare = p99(wave.took_ms), p99(bare_ms)
    print(f"p99 of a document          {ours:.1f} ms")
    print(f"p99 of a bare reply        {bare:.1f} ms, so {ours / bare:.1f} times as much")
    return not (wave.faults or missing or lost)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        sys.exit(0 if asyncio.run(measure(Path(made))) else 1)
