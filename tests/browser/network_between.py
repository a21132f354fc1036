"""The network between a phone and the station, which can be cut for pages and workers alike.

A browser that is told to be offline tells its pages only: its service workers may go on. Here the
connections themselves end, and no new one comes about.
"""

import asyncio
import threading


class NetworkBetween:
    """Passes bytes on, from one address of this machine to another. Any thread may cut it."""

    def __init__(self, port: int, behind: int) -> None:
        self.port, self.behind = port, behind
        self._cut = threading.Event()
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def begin(self) -> asyncio.Server:
        """From now on, in the loop that is running."""
        self._loop = asyncio.get_running_loop()
        return await asyncio.start_server(self._join, "127.0.0.1", self.port)

    def cut(self) -> None:
        """What goes on ends at once."""
        self._cut.set()
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._drop_all(), self._loop).result()

    def mend(self) -> None:
        """Whoever tries again comes through."""
        self._cut.clear()

    async def _drop_all(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut.is_set():
            writer.transport.abort()
            return
        beyond, onward = await asyncio.open_connection("127.0.0.1", self.behind)
        self._ends |= {writer, onward}
        await asyncio.gather(self._pass_on(reader, onward), self._pass_on(beyond, writer))
        self._ends -= {writer, onward}

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while piece := await source.read(65_536):
                target.write(piece)
                await target.drain()
        except OSError:
            pass  # the other end went away, or the network was cut
        target.close()
