"""A telephone company that takes so many calls a second, says "not now" to the rest, and rings on.

It keeps a journal: what `bench_escalation.py` counts is what was taken here, and in which order.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

BUSY = {"code": 20429, "message": "Too Many Requests", "status": 429}


@dataclass(frozen=True, slots=True)
class Taken:
    """One call that was taken. `asker`: the path of whoever asked, as `/voice/stations`."""

    at: float
    asker: str
    delivery_id: str
    to: str


@dataclass
class Capped:
    """`cap`: calls a second; None: as many as are asked for. What was not used is soon lost."""

    cap: float | None = None
    taken: list[Taken] = field(default_factory=list)
    refused: int = 0
    url: str = ""
    _left: float = 0.0
    _since: float = field(default_factory=time.monotonic)

    def of_stations(self) -> list[Taken]:
        """Without the phones of supervisors."""
        return [one for one in self.taken if one.asker == "/voice/stations"]

    async def answer(self, request: Request) -> JSONResponse:
        """Start a call, or list them."""
        if request.method == "GET":
            to = request.query_params.get("To", "")
            found = [i for i, one in enumerate(self.taken) if one.to == to]
            return JSONResponse(
                {"calls": [self._leg(i) for i in found[-5:]], "next_page_uri": None}
            )
        form = parse_qs((await request.body()).decode())
        if not self._has_room():
            self.refused += 1
            return JSONResponse(BUSY, status_code=429)
        asker, _, delivery = urlsplit(form["Url"][0]).path.removesuffix("/answer").rpartition("/")
        self.taken.append(Taken(time.monotonic(), asker, delivery, form["To"][0]))
        return JSONResponse(self._leg(len(self.taken) - 1), status_code=201)

    def _has_room(self) -> bool:
        """What is left of a second's worth, which fills evenly."""
        if self.cap is None:
            return True
        now = time.monotonic()
        self._left = min(self.cap, self._left + (now - self._since) * self.cap)
        self._since = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

    def _leg(self, number: int) -> dict[str, Any]:
        to = self.taken[number].to
        return {"sid": f"CA{number:032x}", "status": "ringing", "to": to, "start_time": None}


@asynccontextmanager
async def capped_carrier() -> AsyncIterator[Capped]:
    """One on loopback, in this process."""
    carrier, listener = Capped(), socket.create_server(("127.0.0.1", 0), backlog=256)
    app = Starlette(routes=[Route("/{path:path}", carrier.answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    carrier.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield carrier
    finally:
        server.should_exit = True
        await serving
        listener.close()
