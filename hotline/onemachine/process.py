"""Child processes that do not outlive us.

On Linux the kernel ends them when we die, however we die (PR_SET_PDEATHSIG: it follows the thread
that started the child, so start from the main thread). Elsewhere only an orderly end ends them.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from hotline.onemachine.failure import EmbeddedServerError

PR_SET_PDEATHSIG = 1
STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.02
LOG_TAIL_LINES = 8


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
        """End it at once, with the processes that it started: they may be as stuck as it is."""
        below = _children_of(self.pid)
        self.process.kill()
        self.process.wait()
        for pid in below:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def how_it_ended(self) -> str:
        """In words, for the log."""
        status = self.process.poll()
        if status is None:
            return "it still runs"
        return f"killed by {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def _children_of(pid: int) -> list[int]:
    """Where the kernel tells; elsewhere none."""
    try:
        told = Path("/proc", str(pid), "task", str(pid), "children").read_text()
    except OSError:
        return []
    return [int(child) for child in told.split()]


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program, where the kernel can do it."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()  # after the fork nothing may be loaded

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask_the_kernel


def start_process(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    pass_fds: Sequence[int] = (),
    stop_signal: signal.Signals = signal.SIGTERM,
    **account: Any,
) -> Running:
    """Start a child that logs to `log`. `account`: user, group, cwd… as Popen takes them."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.fchmod(descriptor, 0o600)  # one of an earlier version was open to everybody
    with os.fdopen(descriptor, "ab") as output:
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
    return Running(process, "", stop_signal)


def wait_until(ready: Callable[[], bool], running: Running, log: Path, *, within_s: float) -> None:
    """Wait for a server to answer. Raises `EmbeddedServerError` with the end of its log."""
    until, pause = monotonic() + within_s, Event()
    while running.alive() and monotonic() < until:
        if ready():
            return
        pause.wait(LOOK_EVERY_S)
    ended = "" if running.alive() else f" (it ended with {running.process.returncode})"
    running.stop()
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])
    raise EmbeddedServerError(f"{log.stem} did not start{ended}. The end of {log}:\n{tail}")
