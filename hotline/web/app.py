"""The web process: carrier webhooks, API and pages in one application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from hotline.storage.clocks import watch_clock
from hotline.supervision import keep_running
from hotline.web.api import api_router
from hotline.web.api.described import DescribedApi
from hotline.web.api.docs import docs_router
from hotline.web.auth import SeatMiddleware, SecurityHeaders
from hotline.web.bodies import BodyLimits
from hotline.web.compression import Compressed
from hotline.web.deps import Backend
from hotline.web.errors import install_error_handlers
from hotline.web.health import health_router
from hotline.web.hosts import KnownHosts
from hotline.web.in_time import AnswerInTime
from hotline.web.keeping_fresh import keep_fresh
from hotline.web.lanes import Lanes, StepByStep
from hotline.web.pages import PAGE_ROUTERS, mount_assets
from hotline.web.replaying import replays_through
from hotline.web.sounds import sounds_router
from hotline.web.text_webhooks import text_webhooks
from hotline.web.traffic import WebhookTraffic
from hotline.web.voice.endpoints import voice_router
from hotline.web.voice.short_way import ShortWay
from hotline.web.voice.speaking import SpeaksWithVoices


def _routes() -> list[BaseRoute]:
    """Of every application in this process: what the framework derives from them is kept in them.

    Deriving them takes most of the time in which an application is made.
    """
    every = APIRouter()
    for router in (voice_router, text_webhooks, sounds_router, api_router, docs_router):
        every.include_router(router)
    for router in (health_router, *PAGE_ROUTERS):
        every.include_router(router)
    return every.routes


ROUTES = _routes()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    backend: Backend = app.state.backend
    parts = {
        asyncio.create_task(keep_running("live", partial(backend.live.run, backend.database))),
        asyncio.create_task(keep_running("lines", partial(keep_fresh, backend, backend.lines))),
        asyncio.create_task(keep_running("prompts", partial(keep_fresh, backend, backend.prompts))),
        asyncio.create_task(watch_clock(backend.database, backend.clock)),
        asyncio.create_task(keep_running("spool", backend.unstored.keep_taking_over)),
    }
    if backend.incidents is not None:
        parts.add(asyncio.create_task(keep_running("incidents", backend.incidents.run)))
    try:
        yield
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        backend.what_ifs.close()
        await backend.unstored.stop()
        if backend.provider is not None:
            await backend.provider.aclose()
        await backend.database.close()
        await backend.voice_database.close()


def create_app(backend: Backend) -> FastAPI:
    """The whole application around one backend."""
    app = DescribedApi(
        title="Hotline",
        routes=ROUTES,
        lifespan=_lifespan,
        docs_url=None,  # the framework's page loads scripts from elsewhere; ours needs none
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.backend = backend
    backend.unstored.replays_by(replays_through(app, backend.settings.base_url))
    install_error_handlers(app)
    mount_assets(app)
    # The one added last is the first to see a request.
    app.add_middleware(StepByStep)
    app.add_middleware(AnswerInTime, within_s=backend.answer_within_s)
    traffic = WebhookTraffic()
    app.add_middleware(Lanes, traffic=traffic)
    app.add_middleware(BodyLimits)
    app.add_middleware(KnownHosts, settings=backend.settings)
    app.add_middleware(SecurityHeaders, settings=backend.settings)
    app.add_middleware(Compressed)
    if backend.settings.demo:
        app.add_middleware(SeatMiddleware)
    app.add_middleware(ShortWay, backend=backend, traffic=traffic)
    app.add_middleware(SpeaksWithVoices, prompts=backend.prompts)
    return app
