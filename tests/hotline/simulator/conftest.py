"""A simulator in this process and a small application whose documents a test writes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from hotline.carrier.numbers import NumberSettings
from hotline.simulator.app import create_app
from hotline.simulator.settings import SimulatorSettings
from hotline.telephony.signature import signed_by_carrier
from tests.harness.carrier import Carrier
from tests.hotline.simulator.shapes import check_shape

SID, TOKEN = "AC" + "1" * 32, "token"


@dataclass
class Application:
    """Answers each path with the document written for it, and keeps what it was asked."""

    url: str = ""
    documents: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    methods: dict[str, str] = field(default_factory=dict)
    sounds: dict[str, bytes] = field(default_factory=dict)
    unsigned: int = 0

    async def answer(self, request: Request) -> Response:
        """One webhook, or a sound that a document plays, for which nobody signs."""
        if request.url.path in self.sounds:
            return Response(self.sounds[request.url.path], media_type="audio/wav")
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        signature = request.headers.get("X-Twilio-Signature", "")
        whole = self.url + request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.unsigned += not signed_by_carrier(whole, pairs, signature, [TOKEN])
        asked = dict(pairs) if request.method == "POST" else dict(request.query_params)
        self.asked.append((request.url.path, asked))
        self.methods[request.url.path] = request.method
        document = self.documents.get(request.url.path)
        if document is None:
            return Response(status_code=404)
        return Response(f"<Response>{document}</Response>", media_type="text/xml")

    def last(self, path: str) -> dict[str, str]:
        """The fields of the latest request to a path."""
        return [fields for asked, fields in self.asked if asked == path][-1]

    def told(self, path: str, event: str) -> list[dict[str, str]]:
        """The reports of one kind of event that came to a path."""
        return [
            fields
            for asked, fields in self.asked
            if asked == path and fields.get("StatusCallbackEvent") == event
        ]

    def count(self, path: str) -> int:
        """How often a path was asked."""
        return sum(1 for asked, _ in self.asked if asked == path)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """An application on loopback for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task
    listener.close()


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    """The application behind the number."""
    found = Application()
    app = FastAPI()
    app.add_api_route("/{path:path}", found.answer, methods=["GET", "POST"])
    async with served(app) as url:
        found.url = url
        yield found


@pytest.fixture
async def carrier(application: Application) -> AsyncIterator[Carrier]:
    """A carrier with one number and a clock that stands still."""
    number = NumberSettings(
        voice_url=f"{application.url}/voice",
        status_callback=f"{application.url}/status",
        fallback_url=f"{application.url}/fallback",
    )
    settings = SimulatorSettings(
        account_sid=SID,
        auth_token=TOKEN,
        numbers={"12355": number},
        clock="manual",
        say_seconds_per_character=0,
    )
    async with (
        served(create_app(settings)) as url,
        httpx.AsyncClient(
            base_url=url,
            auth=(SID, TOKEN),
            timeout=30,
            event_hooks={"response": [check_shape]},
        ) as http,
    ):
        yield Carrier(http)
