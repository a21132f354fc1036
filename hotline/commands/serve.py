"""`hotline serve`: the web process, which may be restarted at any time without anybody hearing it.

A request is lost where its connection is closed in the moment in which it is sent. So no
connection is kept for a second request, and those that were accepted before the end are answered.
"""

import asyncio
import os
import socket
from collections.abc import Mapping

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from hotline.bootstrap import backend_of_settings, look_at_keys
from hotline.errors import DatabaseAway
from hotline.settings import Settings
from hotline.staff.training import refuse_training_secrets
from hotline.storage.opening import database_of
from hotline.storage.session import Database
from hotline.supervision import leave_alone_what_is_loaded, tell_supervisor
from hotline.web.app import create_app
from hotline.web.connections import PromptRequests
from hotline.web.deps import Backend

log = structlog.get_logger()

ASK_S = 5.0
GRACE_S = 5  # reliability research F19: open streams would hold the process for ever
LAST_REQUESTS_S = 0.5  # between being accepted and being read, on a busy machine
LOOK_S = 0.05
TICKS_A_WATCH = 50  # of a tenth of a second each
FIRST_HANDED = 3  # sd_listen_fds(3): after standard input, output and error


class WebServer(uvicorn.Server):
    """Answers whatever was accepted before it was told to stop; tells systemd how it stands."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Ready is who listens: only then the other web process may be restarted."""
        await super().startup(sockets)
        leave_alone_what_is_loaded()
        tell_supervisor("READY=1")

    async def on_tick(self, counter: int) -> bool:
        """Every tenth of a second, as long as the event loop goes round."""
        if counter % TICKS_A_WATCH == 0:
            tell_supervisor("WATCHDOG=1")
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, read the last requests, then end as usual."""
        tell_supervisor("STOPPING=1")
        for server in self.servers:
            server.close()
        for _ in range(round(LAST_REQUESTS_S / LOOK_S)):
            if not self.server_state.connections:
                break
            await asyncio.sleep(LOOK_S)
        await super().shutdown(sockets)


def serve(settings: Settings, fd: int | None) -> None:
    """`run_web`, unless a real line would open to what everybody knows. Raises `SettingsError`."""
    if not settings.demo:
        asyncio.run(refuse_open_secrets(database_of(settings)))
    asyncio.run(look_at_keys(settings))
    run_web(backend_of_settings(settings), fd)


async def refuse_open_secrets(database: Database) -> None:
    """Where the database cannot be asked, callers come first: they are answered all the same."""
    try:
        async with asyncio.timeout(ASK_S), database.work() as work:
            await refuse_training_secrets(work)
    except (DatabaseAway, SQLAlchemyError, OSError) as fault:
        log.warning("secrets.not_looked_at", error=type(fault).__name__)
    finally:
        await database.close()


def run_web(backend: Backend, fd: int | None) -> None:
    """Answer until told to stop. `fd`: a listening socket that was handed down."""
    config = web_config(create_app(backend), backend.settings)
    WebServer(config).run(sockets=handed_sockets(fd, os.environ))


def web_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the application is served."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=PromptRequests,
        headers=[("Connection", "close")],
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
    )


def handed_sockets(fd: int | None, environment: Mapping[str, str]) -> list[socket.socket] | None:
    """Listening sockets that came with the process: by number, or as systemd hands them down.

    They outlive this process, so that nobody is refused while the next one starts. None: we bind
    an address ourselves.
    """
    if fd is not None:
        return [socket.socket(fileno=fd)]
    if environment.get("LISTEN_PID") != str(os.getpid()):  # not ours: inherited by accident
        return None
    count = int(environment.get("LISTEN_FDS", "0"))
    numbers = range(FIRST_HANDED, FIRST_HANDED + count)
    return [socket.socket(fileno=number) for number in numbers] or None
