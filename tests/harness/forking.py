"""Starts the processes of a house without importing the product anew for each of them.

One mother imports it once and forks every process from then on: an import takes seconds of a core,
and a story that restarts things spent most of its time on that. What a process then does is
`tests.harness.process.main`, as before.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
LONGEST_ORDER = 1 << 18

Main = Callable[[str, int | None], None]


@dataclass
class Forked:
    """A process of a house: as much of `subprocess.Popen` as its stories ask for."""

    pid: int
    lives: int  # the end of a pipe that is closed with the process

    def send_signal(self, number: int) -> None:
        """Nothing, where it is over: its number may be another's by now."""
        if not self._is_over(0):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> None:
        """Until it is over. Raises `subprocess.TimeoutExpired`."""
        if not self._is_over(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)

    def _is_over(self, within: float | None) -> bool:
        return bool(select.select([self.lives], [], [], within)[0])


class Mother:
    """The process that forks, seen from the stories."""

    def __init__(self) -> None:
        """Starts it; it ends with whoever holds this."""
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fd = theirs.fileno()
        argv = [sys.executable, "-m", "tests.harness.forking", str(fd)]
        with theirs:
            self._process = subprocess.Popen(argv, cwd=ROOT, pass_fds=(fd,))  # noqa: S603 – ours
        atexit.register(self.end)

    def start(
        self, what: str, *, env: Mapping[str, str], output: int, listener: int | None
    ) -> Forked:
        """`tests.harness.process` as what it is to be; `listener`: what it answers at."""
        order = json.dumps({"what": what, "env": dict(env)}).encode()
        fds = [output, *([] if listener is None else [listener])]
        socket.send_fds(self._ours, [order], fds)
        answer, found, *_ = socket.recv_fds(self._ours, 64, 1)
        return Forked(int(answer), found[0])

    def end(self) -> None:
        """Nobody needs it any more. Whom it forked lives on."""
        self._ours.close()
        self._process.wait()


_mothers: dict[int, Mother] = {}


def mother() -> Mother:
    """The one of this process, made when it is first asked for."""
    pid = os.getpid()
    if pid not in _mothers:
        _mothers[pid] = Mother()
    return _mothers[pid]


def _serve(orders: socket.socket, main: Main) -> None:
    """Fork one process for each order, until whoever orders is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is over is not kept as a zombie
    while True:
        order, fds, *_ = socket.recv_fds(orders, LONGEST_ORDER, 2)
        if not order:
            return
        lives, held = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(lives)
            orders.close()
            _become(json.loads(order), fds, main)
        socket.send_fds(orders, [str(pid).encode()], [lives])
        for fd in (*fds, lives, held):
            os.close(fd)


def _become(order: Mapping[str, Any], fds: Sequence[int], main: Main) -> NoReturn:
    """In the child: what a fresh interpreter would find, then the process itself."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(fds[0], 1)
    os.dup2(fds[0], 2)
    os.environ.clear()
    os.environ.update(order["env"])
    listener = fds[1] if len(fds) > 1 else None
    status = 1
    try:
        main(order["what"], listener)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 – as an interpreter does at the end of its program
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        atexit._run_exitfuncs()
        os._exit(status)


if __name__ == "__main__":
    import gc

    from tests.harness.process import main  # not above: whatever hashes passwords imports this

    gc.freeze()  # pages that nobody writes to stay shared
    with socket.socket(fileno=int(sys.argv[1])) as given:
        _serve(given, main)
