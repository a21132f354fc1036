"""Turns at something scarce: a few at once, and those who wait are served in rotation.

Whoever sends many requests waits behind their own, so nobody can fill the line for the others.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hotline.errors import TooBusy


class Turns:
    """So many at once; the others wait in a line for each sender, one of each line in turn."""

    def __init__(self, *, at_once: int, most_waiting: int) -> None:
        """`most_waiting`: of one sender. There is no limit that all of them share."""
        self._free, self._most = at_once, most_waiting
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, sender: str) -> AsyncIterator[None]:
        """Wait for a turn and keep it for the block. Raises `TooBusy` at the end of a full line."""
        await self._come(sender)
        try:
            yield
        finally:
            self._leave()

    async def _come(self, sender: str) -> None:
        if self._free > 0:
            self._free -= 1
            return
        line = self._lines.setdefault(sender, deque())
        if len(line) >= self._most:
            raise TooBusy
        place = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place in line:
                line.remove(place)
            elif not place.cancelled():  # the turn was given in the very moment of going away
                self._leave()
            raise

    def _leave(self) -> None:
        while self._lines:
            sender, line = self._lines.popitem(last=False)
            place = line.popleft() if line else None
            if line:
                self._lines[sender] = line  # behind all the others
            if place is not None and not place.done():
                place.set_result(None)
                return
        self._free += 1
