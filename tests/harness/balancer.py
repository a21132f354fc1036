"""What stands between us and a database cluster, and may hold everything back or fail over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Balancer:
    """Passes bytes on. `url`: the database by way of this; `taken`: connections that came.

    While it is frozen it keeps every connection and says nothing, as a stopped server does.
    """

    def __init__(self, url: str) -> None:
        """Between us and this address."""
        parts = urlsplit(url)
        self._there = parts.hostname or "", parts.port or 0
        self._url = url
        self._open = asyncio.Event()
        self._open.set()
        self._generation = 0
        self._carrying: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self._port = 0
        self.url = ""
        self.taken = 0
        self._marked = b""

    def way_to(self, url: str) -> str:
        """The address of another database of the same server, by way of this."""
        return url.replace(f":{self._there[1]}/", f":{self._port}/")

    def freeze(self) -> None:
        """Nothing passes any more, in either direction."""
        self._open.clear()

    def thaw(self) -> None:
        """All that was held back passes, late."""
        self._open.set()

    def fail_over(self) -> None:
        """Connections of before stay open and are never answered again; new ones work."""
        self._generation += 1

    def fail_over_in_the_commit_of(self, words: bytes) -> None:
        """Of the transaction in which these are written: it is carried out, nobody hears so."""
        self._marked = words

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Balancer"]:
        """For as long as the block lasts."""
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self.url = self.way_to(self._url)
        try:
            yield self
        finally:
            server.close()
            for task in self._carrying:
                task.cancel()
            await asyncio.gather(*self._carrying, return_exceptions=True)
            for writer in self._writers:
                writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        self._writers.append(writer)
        there = asyncio.create_task(self._join(reader, writer))
        self._carrying.add(there)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        generation = self._generation
        far_reader, far_writer = await asyncio.open_connection(*self._there)
        self._writers.append(far_writer)
        ways = [(reader, far_writer), (far_reader, writer)]
        await asyncio.gather(*(self._carry(*way, generation) for way in ways))

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, generation: int
    ) -> None:
        marked = False
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._open.wait()
                if generation == self._generation:
                    writer.write(data)
                    await writer.drain()
                marked = marked or (self._marked != b"" and self._marked in data)
                if marked and b"COMMIT" in data:
                    marked, self._marked = False, b""
                    self.fail_over()
        if generation == self._generation:
            writer.close()
