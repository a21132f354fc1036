"""A browser that follows `/api/v1/live`: httpx's transport waits for the end, a stream has none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from tests.hotline.web.api.conftest import token_of

STREAMS = ("/api/v1/live", "/floor/stream")
PATIENCE_S = 10.0  # only a broken stream is waited for this long


@dataclass
class Heard:
    """The events of one stream, as they come."""

    pieces: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    status: int = 0
    _rest: str = ""

    async def event(self) -> tuple[str, str] | None:
        """The next event and its data; None where the stream is over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                while "\r\n\r\n" in self._rest:
                    block, _, self._rest = self._rest.partition("\r\n\r\n")
                    fields = dict(line.split(": ", 1) for line in block.splitlines())
                    if "event" in fields:
                        return fields["event"], fields.get("data", "")
                piece = await self.pieces.get()
                if piece is None:
                    return None
                self._rest += piece.decode()

    async def until(self, topic: str) -> str:
        """The data of the next event of this topic."""
        while (found := await self.event()) is not None:
            if found[0] == topic:
                return found[1]
        raise AssertionError(f"the stream ended without {topic}")

    async def all_until(self, topic: str, row_id: str) -> list[tuple[str, str]]:
        """Everything but the time, up to this event."""
        found: list[tuple[str, str]] = []
        while (event := await self.event()) is not None:
            if event[0] not in ("clock", "resync"):
                found.append(event)
            if event == (topic, row_id):
                return found
        raise AssertionError(f"the stream ended without {topic} {row_id}; it had {found}")

    async def end(self) -> list[tuple[str, str]]:
        """Everything up to the end of the stream."""
        found: list[tuple[str, str]] = []
        while (event := await self.event()) is not None:
            found.append(event)
        return found


@asynccontextmanager
async def listening(
    app: FastAPI, username: str, query: str = "", path: str = "/api/v1/live"
) -> AsyncIterator[Heard]:
    """An open stream; the browser goes at the end of the block."""
    heard, gone = Heard(), asyncio.Event()
    requests = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for request in requests:
            return request
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            heard.status = message["status"]
            return
        heard.pieces.put_nowait(message["body"])
        if not message.get("more_body"):
            heard.pieces.put_nowait(None)

    running = asyncio.create_task(app(_scope(username, query, path), receive, send))
    try:
        yield heard
    finally:
        gone.set()
        async with asyncio.timeout(PATIENCE_S):
            await running


def _scope(username: str, query: str, path: str) -> dict[str, Any]:
    authorization = f"Bearer {token_of(username)}".encode()
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [
            (b"host", b"hotline.test"),
            (b"authorization", authorization),
            (b"accept-encoding", b"gzip"),  # as browsers say; a stream is not compressed for it
        ],
        "client": ("127.0.0.1", 1),
        "server": ("hotline.test", 443),
        "state": {},
    }
