"""A telephone company that takes every wish and does nothing: for loads that play the calls."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@dataclass
class StandIn:
    """Takes every wish and does nothing: legs are played on the rows."""

    legs: dict[str, str] = field(default_factory=dict)

    async def answer(self, request: Request) -> JSONResponse:
        """Create, change, read or list calls."""
        path = request.url.path
        if not path.endswith("/Calls.json"):
            sid = path.rpartition("/")[2].removesuffix(".json")
            return JSONResponse(self._call(sid))
        if request.method == "GET":
            to = request.query_params.get("To", "")
            found = [self._call(sid) for sid, address in self.legs.items() if address == to]
            return JSONResponse({"calls": found[-5:], "next_page_uri": None})
        form = dict([pair.split("=", 1) for pair in (await request.body()).decode().split("&")])
        sid = f"CA{len(self.legs):032x}"
        self.legs[sid] = form.get("To", "").replace("%3A", ":")
        return JSONResponse(self._call(sid), status_code=201)

    def _call(self, sid: str) -> dict[str, Any]:
        return {"sid": sid, "status": "ringing", "to": self.legs.get(sid, ""), "start_time": None}


@asynccontextmanager
async def carrier() -> AsyncIterator[str]:
    """Its address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    app = Starlette(routes=[Route("/{path:path}", StandIn().answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()
