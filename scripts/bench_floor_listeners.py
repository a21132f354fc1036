"""Browsers that listen to a stream of parts, as sockets without a browser: one cheap process.

`bench_floor.py` starts it: the address, and on its first line of input a JSON list of tokens, one a
browser. It says "ready" once all are answered, and when its input ends writes what each has heard.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

END = b"\r\n\r\n"  # of an event, and of the head of the answer
AT, PART, QUOTE = b'"at": "', b'"part": "', b'"'
NEAR = 200
AGAIN_S = 1.0  # as the stream says


class HeardPart(NamedTuple):
    """One part. `at`: ISO, when its values were read; `received`: seconds of the epoch."""

    name: str
    at: bytes
    size: int
    received: float


class BareBrowser(asyncio.Protocol):
    """One browser. `opened`: the head of the answer; empty where there was none."""

    def __init__(self, request: bytes, hear: Callable[[HeardPart], None]) -> None:
        """`hear`: what it does with each part."""
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[bytes] = loop.create_future()
        self.gone: asyncio.Future[None] = loop.create_future()
        self._request, self._hear = request, hear
        self._rest, self._looked = bytearray(), 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It asks once."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Events, or pieces of them."""
        received = time.clock_gettime(time.CLOCK_REALTIME)
        rest, begins = self._rest, 0
        rest += data
        while (ends := rest.find(END, max(begins, self._looked))) >= 0:
            self._told(rest, begins, ends, received)
            begins = ends + len(END)
        del rest[:begins]
        self._looked = max(0, len(rest) - len(END))

    def _told(self, rest: bytearray, begins: int, ends: int, received: float) -> None:
        at = _value(rest, AT, begins, ends)
        if at:
            name = _value(rest, PART, begins, ends).decode()
            self._hear(HeardPart(name, at, ends - begins, received))
        elif not self.opened.done():
            self.opened.set_result(bytes(rest[begins:ends]))

    def connection_lost(self, _fault: Exception | None) -> None:
        """Also whoever still waits for the answer waits no more."""
        if not self.opened.done():
            self.opened.set_result(b"")
        if not self.gone.done():
            self.gone.set_result(None)


async def opened(
    url: str, token: str, hear: Callable[[HeardPart], None]
) -> tuple[asyncio.BaseTransport, BareBrowser]:
    """A browser that listens. Raises `ConnectionError` where it is not let in."""
    where = urlsplit(url)
    request = _request(where.path, where.netloc, token)
    loop = asyncio.get_running_loop()
    transport, browser = await loop.create_connection(
        lambda: BareBrowser(request, hear), where.hostname or "", where.port or 80
    )
    head = await browser.opened
    if b" 200 " not in head.partition(b"\r\n")[0]:
        raise ConnectionError(head.decode() or "no answer")
    return transport, browser


def _request(path: str, host: str, token: str) -> bytes:
    lines = f"GET {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {token}", "", ""
    return "\r\n".join(lines).encode()


def _value(of: bytearray, key: bytes, begins: int, ends: int) -> bytes:
    """It stands at the beginning of its event, before what may be long."""
    found = of.find(key, begins, min(ends, begins + NEAR))
    if found < 0:
        return b""
    first = found + len(key)
    return bytes(of[first : of.find(QUOTE, first)])


class HeardDraw(NamedTuple):
    """What one browser heard of one moment: when its first and its last part came.

    Seconds of the epoch; `size`: bytes of all its `parts`.
    """

    read: float
    first: float
    last: float
    parts: int
    size: int


@dataclass(slots=True)
class Draws:
    """All that one browser heard, by the moment at which it was read. `ended`: its streams."""

    seen: dict[bytes, list[float]] = field(default_factory=dict)
    ended: int = 0

    def hear(self, part: HeardPart) -> None:
        """Another part."""
        draw = self.seen.setdefault(part.at, [part.received, 0.0, 0, 0])
        draw[1] = part.received
        draw[2] += 1
        draw[3] += part.size

    def told(self) -> list[list[float]]:
        """As JSON: the fields of each `HeardDraw`."""
        return [[epoch(at), *draw] for at, draw in self.seen.items()]


def epoch(at: bytes) -> float:
    """Of an ISO time."""
    return datetime.fromisoformat(at.decode()).timestamp()


async def browse(url: str, token: str, draws: Draws, ready: asyncio.Event) -> None:
    """Until it is cancelled: a browser comes back to a stream that has ended."""
    while True:
        try:
            transport, listener = await opened(url, token, draws.hear)
        except OSError:  # refused: the next one may be let in
            draws.ended += 1
            await asyncio.sleep(AGAIN_S)
            continue
        ready.set()
        try:
            await listener.gone
        finally:
            transport.close()
        draws.ended += 1
        await asyncio.sleep(AGAIN_S)


async def listen_all(url: str, tokens: list[str]) -> list[Draws]:
    """One browser for each token, until the input ends."""
    draws, tasks = [Draws() for _ in tokens], []
    for token, one in zip(tokens, draws, strict=True):
        ready = asyncio.Event()
        tasks.append(asyncio.create_task(browse(url, token, one, ready)))
        await ready.wait()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return draws


@asynccontextmanager
async def browsers_at(url: str, tokens: list[str], out: Path) -> AsyncIterator[None]:
    """Browsers in a process of their own; what they heard is in `out` afterwards."""
    pipe = asyncio.subprocess.PIPE
    argv = [sys.executable, __file__, url, str(out)]
    child = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe)
    if child.stdin is None or child.stdout is None:
        raise RuntimeError
    child.stdin.write(json.dumps(tokens).encode() + b"\n")
    if await child.stdout.readline() != b"ready\n":
        sys.exit(f"{url} did not answer all browsers")
    try:
        yield
    finally:
        child.stdin.close()
        await child.wait()


def main() -> None:
    """As the process of `browsers_at`."""
    url, out = sys.argv[1:]
    tokens: list[str] = json.loads(sys.stdin.readline())
    gc.disable()  # a pause of ours is no latency of theirs
    heard = asyncio.run(listen_all(url, tokens))
    told = {"ended": sum(one.ended for one in heard), "draws": [one.told() for one in heard]}
    Path(out).write_text(json.dumps(told))


def heard_in(out: Path) -> tuple[int, list[list[HeardDraw]]]:
    """How many streams ended before their time; the draws by browser, in order."""
    told = json.loads(out.read_text())
    return told["ended"], [[HeardDraw(*draw) for draw in browser] for browser in told["draws"]]


if __name__ == "__main__":
    main()
