"""Child processes that do not outlive us.

On Linux the kernel ends them when we die, however we die (PR_SET_PDEATHSIG: it follows the thread
that started the child, so start from the main thread). Elsewhere only an orderly end ends them.
"""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from hotline.errors import HotlineError

PR_SET_PDEATHSIG = 1
STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.02
LOG_TAIL = 600


class EmbeddedServerError(HotlineError):
    """A server of our own does not start. The message says why and what to do."""


@dataclass
class Running:
    """A started process. `url` is empty for processes that serve none."""

    process: subprocess.Popen[bytes]
    url: str
    stop_signal: signal.Signals = signal.SIGTERM

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self) -> None:
        """End it in order; after a while without mercy."""
        if self.alive():
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program, where the kernel can do it."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)  # loaded here: between fork and exec nothing may be loaded
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(number))


def start_process(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    pass_fds: Sequence[int] = (),
    url: str = "",
    stop_signal: signal.Signals = signal.SIGTERM,
    **account: Any,
) -> Running:
    """Start a child that logs to `log`. `account`: user, group, cwd… as Popen takes them."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 – argv is ours, no shell
            list(argv),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=tuple(pass_fds),
            preexec_fn=die_with_parent(stop_signal),  # noqa: PLW1509 – main thread only, see above
            **account,
        )
    return Running(process, url, stop_signal)


def wait_until(ready: Callable[[], bool], running: Running, log: Path, *, within_s: float) -> None:
    """Wait for a server to answer. Raises `EmbeddedServerError` with the end of its log."""
    until, pause = monotonic() + within_s, Event()
    while running.alive() and monotonic() < until:
        if ready():
            return
        pause.wait(LOOK_EVERY_S)
    running.kill()
    tail = log.read_text(errors="replace")[-LOG_TAIL:].strip()
    raise EmbeddedServerError(f"{log.stem} did not start. The end of {log}:\n{tail}")


def make_folder(folder: Path, setting: str) -> None:
    """A data folder we can write to. Raises `EmbeddedServerError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as fault:
        raise EmbeddedServerError(
            f"{folder} cannot be written ({fault.strerror}). Set HOTLINE_DATA_DIR to a folder of"
            f" your own, or {setting} to a server that runs elsewhere."
        ) from fault


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept_password(file: Path) -> str:
    """A password made once and kept beside the data, readable by its owner only."""
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as made:
            made.write(secrets.token_hex(16))
    return file.read_text().strip()
