"""What keeps a process going: parts begun again, looks in time, faults apart, a supervisor told."""

import asyncio
import gc
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

log = structlog.get_logger()

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
HEALTHY_S = 60.0
LOGGED_EVERY_S = 60.0

Monotonic = Callable[[], float]


@dataclass
class BackOff:
    """How long to leave something alone that ended: longer each time, up to a limit.

    What lived for a healthy minute is begun again as quickly as at first.
    """

    next_s: float = FIRST_PAUSE_S

    def pause_s(self, lived_s: float) -> float:
        """The pause after a life of so many seconds."""
        pause = FIRST_PAUSE_S if lived_s >= HEALTHY_S else self.next_s
        self.next_s = min(pause * 2, LONGEST_PAUSE_S)
        return pause


async def keep_running(
    name: str,
    part: Callable[[], Awaitable[None]],
    *,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Monotonic = time.monotonic,
) -> None:
    """Run a part of a process for ever: however it ends, it is begun again. Ends when cancelled."""
    back_off = BackOff()
    while True:
        began, fault = monotonic(), None
        try:
            await part()
        except Exception as ended:  # noqa: BLE001 – the edge of a part: logged, and begun again
            fault = ended
        again_in_s = back_off.pause_s(monotonic() - began)
        log.error("part.ended", part=name, again_in_s=again_in_s, exc_info=fault)
        await pause(again_in_s)


@dataclass(slots=True)
class Rhythm:
    """When it is time for the next look, of whoever is asked much more often."""

    every: timedelta
    _last: datetime | None = field(default=None, init=False)

    def is_time(self, at: datetime) -> bool:
        """At once when first asked, then at most once in `every`. A yes counts as the look.

        A clock that was set back does not put it off.
        """
        if self._last is not None and timedelta() <= at - self._last < self.every:
            return False
        self._last = at
        return True


class RowFaults:
    """RowFaults of single rows or looks: noted, and the others go on.

    One line for each kind and minute, with how often it came; its trace only the first time.
    """

    def __init__(self, *, monotonic: Monotonic = time.monotonic) -> None:
        """Nothing has failed yet."""
        self._monotonic = monotonic
        self._seen: dict[tuple[str, type[Exception]], tuple[float, int]] = {}

    @contextmanager
    def kept_apart(self, look: str, row_id: str = "") -> Iterator[None]:
        """Let a fault in this block go no further."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 – whatever it is, it is this row's, and noted
            self._note(look, row_id, fault)

    def _note(self, look: str, row_id: str, fault: Exception) -> None:
        now, kind = self._monotonic(), (look, type(fault))
        logged_at, count = self._seen.get(kind, (float("-inf"), 0))
        if now - logged_at < LOGGED_EVERY_S:
            self._seen[kind] = (logged_at, count + 1)
            return
        trace = fault if kind not in self._seen else None
        self._seen[kind] = (now, 0)
        said = {"look": look, "row": row_id, "error": type(fault).__name__, "as_many_more": count}
        log.error("row.left_out", **said, exc_info=trace)


def leave_alone_what_is_loaded() -> None:
    """Let the collector of garbage no more look at what stays for ever: programs, routes, models.

    A full look at them takes 0.1 s and more on a small machine, in which no caller is answered.
    """
    gc.collect()
    gc.freeze()


def tell_supervisor(*states: str) -> None:
    """Tell systemd, where it started us with Type=notify: READY=1, WATCHDOG=1 (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
    with suppress(OSError), socket.socket(socket.AF_UNIX, kind) as way:
        way.connect("\0" + address[1:] if address.startswith("@") else address)
        way.send("\n".join(states).encode())
