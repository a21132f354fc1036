"""The simulator joined together, and how it is served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from hotline.carrier.apart import Apart
from hotline.carrier.clock import RealClock
from hotline.carrier.exchange import Exchange
from hotline.carrier.journal import Journal
from hotline.carrier.player import Player
from hotline.carrier.recordings import Recordings, recordings
from hotline.carrier.rest import ExchangeDep, Refused, on_refused
from hotline.carrier.rest_calls import calls
from hotline.carrier.rest_conferences import conferences
from hotline.carrier.webhooks import Webhooks
from hotline.simulator.cast import Cast, cast
from hotline.simulator.clock import ManualClock
from hotline.simulator.control import control
from hotline.simulator.faults import FaultSwitch
from hotline.simulator.handsets import Handsets
from hotline.simulator.messages import Messages
from hotline.simulator.rest_messages import messages
from hotline.simulator.settings import SimulatorSettings
from hotline.simulator.sockets import Pages, sockets
from hotline.simulator.speech import speech

STATIC = Path(__file__).parent / "static"
LOOPBACK = r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?"


def create_app(settings: SimulatorSettings) -> FastAPI:
    """One simulated carrier."""
    clock = ManualClock() if settings.clock == "manual" else RealClock()
    journal = Journal()
    webhooks = Webhooks(
        settings.account_sid,
        settings.auth_token,
        clock=clock,
        journal=journal,
        limit_s=settings.answer_limit_s,
    )
    exchange = Exchange(settings.account, clock=clock, journal=journal, webhooks=webhooks)
    handsets = Handsets(exchange, say_seconds_per_character=settings.say_seconds_per_character)
    exchange.telephones = handsets
    kept, switch = Recordings(exchange), FaultSwitch(exchange)
    exchange.play = Player(exchange, kept).play
    exchange.conferences.follow = Apart(exchange).follow

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.cast.stop()
        await exchange.reset()
        await webhooks.close()

    app = FastAPI(title="Carrier simulator", lifespan=lifespan)
    app.state.exchange, app.state.handsets, app.state.recordings = exchange, handsets, kept
    app.state.disturbance, app.state.messages = switch, Messages(exchange, switch)
    app.state.pages, app.state.cast = Pages(handsets), Cast(handsets, settings)
    app.add_exception_handler(Refused, on_refused)
    app.add_middleware(
        CORSMiddleware, allow_origin_regex=LOOPBACK, allow_methods=["*"], allow_headers=["*"]
    )
    for router in (recordings, calls, conferences, messages, cast, control, sockets, speech):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_api_route("/phone", _phone_page, include_in_schema=False)
    app.add_api_route("/phone/numbers", _numbers, include_in_schema=False)
    app.add_api_route("/healthz", _healthz)
    return app


async def _phone_page() -> FileResponse:
    """A phone in the browser."""
    return FileResponse(STATIC / "phone.html")


async def _numbers(exchange: ExchangeDep) -> list[str]:
    """What a phone can dial: the page offers no other number."""
    return sorted(exchange.listed)


async def _healthz() -> dict[str, str]:
    """Whether it is there."""
    return {"state": "up"}


def serve(settings: SimulatorSettings) -> None:
    """Until told to stop."""
    host, _, port = settings.bind.rpartition(":")
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=int(port),
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run()
