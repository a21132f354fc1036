"""What a webhook costs: CPU against a bare FastAPI reply, and latency at a steady 100 a second.

`python3 scripts/bench_webhook.py` (after `scripts/test.py` has set up the environment once). Both
sides of each ratio are measured in turns within one run; absolute figures say little on a shared
machine. The load is open-loop: latency counts from the moment a request was due.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

try:
    import httpx

    from hotline.onemachine import start_postgres
    from hotline.storage.vault import make_key
    from hotline.telephony.signature import sign
except ImportError:
    VENV = ROOT / ".venv" / "bin" / "python"
    if not VENV.exists() or Path(sys.prefix) == VENV.parent.parent:
        sys.exit("Run `python3 scripts/test.py lint` once: it sets up the environment.")
    os.execv(VENV, [str(VENV), *sys.argv])  # noqa: S606 – our own interpreter

ROUNDS, REQUESTS, AT_ONCE = 3, 1500, 16
RATE, SECONDS = 100, 20
LATE_MS = 15_000  # the carrier waits no longer
SID, TOKEN = "AC" + "0" * 32, "bench"
WANTED = {"status": 6, "completed": 6, "incoming": 15}  # times a bare reply, at most
TICKS = os.sysconf("SC_CLK_TCK")

HOTLINE = [sys.executable, "-m", "hotline"]

BARE = """
from fastapi import FastAPI, Response
app = FastAPI()
@app.post("/bare")
async def bare() -> Response:
    return Response("<Response/>", media_type="text/xml")
"""


@dataclass
class Server:
    """A server under load and how to read its CPU time."""

    pid: int
    url: str

    def cpu(self) -> float:
        """Seconds of CPU so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


Request = Callable[[str, int], tuple[str, bytes, dict[str, str]]]


def bare_request(url: str, _number: int) -> tuple[str, bytes, dict[str, str]]:
    """A POST that is answered from nothing."""
    return f"{url}/bare", b"CallSid=CA1", {}


def signed(url: str, fields: dict[str, str]) -> tuple[str, bytes, dict[str, str]]:
    """A POST of these fields that the carrier signed."""
    signature = sign(url, list(fields.items()), TOKEN)
    return url, urlencode(fields).encode(), {"X-Twilio-Signature": signature}


def fields_of(number: int) -> dict[str, str]:
    """The fields of a typical voice webhook; `number` makes the call a new one."""
    places = {f"{who}{what}": "" for who in ("From", "To") for what in ("City", "State", "Zip")}
    caller = f"+86154{number % 10**8:08d}"  # a first call, as most are
    return {
        "CallSid": f"CA{number:032d}",
        "AccountSid": SID,
        "From": caller,
        "To": "12355",
        "Caller": caller,
        "Called": "12355",
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        **places,
    }


def incoming_request(url: str, number: int) -> tuple[str, bytes, dict[str, str]]:
    """A new call: verified, stored in the inbox, a call made, a menu answered."""
    return signed(f"{url}/voice/incoming", fields_of(number))


def status_request(url: str, number: int) -> tuple[str, bytes, dict[str, str]]:
    """A status callback of a leg that goes on: verified, and found to say nothing new."""
    return signed(f"{url}/voice/status", fields_of(number) | {"CallStatus": "in-progress"})


def completed_request(url: str, number: int) -> tuple[str, bytes, dict[str, str]]:
    """The one that counts, of a caller who hung up in the flow: verified, stored, applied."""
    return signed(f"{url}/voice/status", fields_of(number) | {"CallStatus": "completed"})


async def hurry(server: Server, request: Request, first: int) -> float:
    """CPU seconds a request, with `AT_ONCE` of them under way."""
    numbers: Iterator[int] = iter(range(first, first + REQUESTS))
    async with httpx.AsyncClient(timeout=30) as client:

        async def one_after_another() -> None:
            for number in numbers:
                url, body, headers = request(server.url, number)
                answer = await client.post(url, content=body, headers=FORM | headers)
                answer.raise_for_status()

        before = server.cpu()
        await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
        return (server.cpu() - before) / REQUESTS


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Load:
    """What came of an open-loop load. `took_ms`: from the planned start to the answer."""

    took_ms: list[float] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)

    @property
    def late(self) -> int:
        """Answers after which the carrier has long given up."""
        return sum(1 for ms in self.took_ms if ms > LATE_MS)


def open_loop() -> httpx.AsyncClient:
    """As many connections as there are requests: one that waits for another would hide it."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=AT_ONCE)
    return httpx.AsyncClient(timeout=httpx.Timeout(30, pool=None), limits=limits)


async def steady(
    client: httpx.AsyncClient, server: Server, request: Request, first: int, count: int
) -> Load:
    """Start `RATE` requests a second, whatever becomes of those before."""
    load, start = Load(), time.monotonic() + 0.2

    async def at(number: int) -> None:
        due = start + number / RATE
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        url, body, headers = request(server.url, first + number)
        try:
            answer = await client.post(url, content=body, headers=FORM | headers)
            answer.raise_for_status()
        except httpx.HTTPError as fault:
            load.unanswered[type(fault).__name__] += 1
        else:
            load.took_ms.append((time.monotonic() - due) * 1000)

    await asyncio.gather(*(at(number) for number in range(count)))
    return load


@contextmanager
def process(argv: list[str], env: dict[str, str], log: Path) -> Iterator[int]:
    """A child that ends with the block."""
    with log.open("ab") as out:
        child = subprocess.Popen(argv, env=os.environ | env, cwd=ROOT, stdout=out, stderr=out)
    try:
        yield child.pid
    finally:
        child.terminate()
        child.wait(timeout=10)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def answers(url: str) -> None:
    """Wait until a server answers anything."""
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
    sys.exit(f"{url} did not start")


def prepare(env: dict[str, str]) -> None:
    """A schema and a line to call."""
    for command in (["migrate"], ["apply", str(ROOT / "deploy/guangdong")]):
        subprocess.run([*HOTLINE, *command], env=os.environ | env, check=True, cwd=ROOT)


@asynccontextmanager
async def both_servers(
    folder: Path, then: Callable[[dict[str, str]], None] = lambda _: None
) -> AsyncIterator[tuple[Server, Server]]:
    """The bare reply and Hotline, each one process. `then`: what else to prepare."""
    (folder / "bare_reply.py").write_text(BARE)
    bare_url, house_url = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    postgres = start_postgres(folder / "postgres", durable=True)
    env = {
        "HOTLINE_DATABASE_URL": postgres.url,
        "HOTLINE_BIND": house_url.removeprefix("http://"),
        "HOTLINE_PUBLIC_URL": house_url,
        "HOTLINE_TWILIO_ACCOUNT_SID": SID,
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        "HOTLINE_ENCRYPTION_KEYS": make_key(),
        "HOTLINE_SECOND_FACTOR": "off",
        "PYTHONPATH": str(folder),
    }
    prepare(env)
    then(env)
    bare = [sys.executable, "-m", "uvicorn", "bare_reply:app", "--no-access-log"]
    bare += ["--port", bare_url.rpartition(":")[2]]
    try:
        with (
            process(bare, env, folder / "bare.log") as bare_pid,
            process([*HOTLINE, "serve"], env, folder / "web.log") as house_pid,
        ):
            await answers(f"{bare_url}/bare")
            await answers(f"{house_url}/healthz")
            yield Server(bare_pid, bare_url), Server(house_pid, house_url)
    finally:
        postgres.stop()


async def measure(folder: Path) -> None:
    """Take turns, then hold the steady rate, then print."""
    cpu: dict[str, list[float]] = {"bare": [], **{name: [] for name in WANTED}}
    async with both_servers(folder) as (bare, hotline_server):
        first = 1
        for number in range(ROUNDS):
            cpu["bare"].append(await hurry(bare, bare_request, first))
            cpu["incoming"].append(await hurry(hotline_server, incoming_request, first))
            cpu["status"].append(await hurry(hotline_server, status_request, first))
            cpu["completed"].append(await hurry(hotline_server, completed_request, first))
            first += REQUESTS
            print(f"round {number + 1} of {ROUNDS} done", flush=True)
        print(f"holding {RATE} webhooks/s for {SECONDS} s", flush=True)
        async with open_loop() as client:
            load = await steady(
                client, hotline_server, incoming_request, first + 1_000_000, RATE * SECONDS
            )
    report(cpu, load)


def report(cpu: dict[str, list[float]], load: Load) -> None:
    """The figures, ratios first."""
    bare = min(cpu["bare"])
    print(f"\nbare FastAPI reply          {bare * 1e6:7.0f} us CPU    1.0")
    for name, wanted in WANTED.items():
        best, worst = min(cpu[name]), max(cpu[name])
        spread = f"(rounds {best / bare:.1f}-{worst / bare:.1f}; wanted {wanted})"
        print(f"webhook: {name:9s}          {best * 1e6:7.0f} us CPU  {best / bare:5.1f}  {spread}")
    print(f"\nopen loop, {RATE} new calls/s for {SECONDS} s: {told(load)}")


def told(load: Load) -> str:
    """The load in words: a machine that cannot keep up is a result, not a fault."""
    answered = f"{len(load.took_ms)} answered, {load.late} of them after {LATE_MS / 1000:.0f} s"
    lost = ", ".join(f"{count} {kind}" for kind, count in load.unanswered.items())
    words = f"{answered}; not answered: {lost or 'none'}"
    if len(load.took_ms) <= 1:
        return words
    p50 = statistics.median(load.took_ms)
    p99 = statistics.quantiles(load.took_ms, n=100)[98]
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {max(load.took_ms):.1f} ms,\n{words}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        asyncio.run(measure(Path(made)))
