"""`hotline serve`: the web process."""

import socket

import uvicorn

from hotline.bootstrap import backend_of_settings
from hotline.settings import Settings
from hotline.web.app import create_app

GRACE_S = 5  # reliability research F19: open streams would hold the process for ever


def run_web(settings: Settings, fd: int | None) -> None:
    """Answer until told to stop. `fd`: a listening socket that was handed down."""
    config = uvicorn.Config(
        create_app(backend_of_settings(settings)),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    handed = [socket.socket(fileno=fd)] if fd is not None else None
    uvicorn.Server(config).run(sockets=handed)
