"""A mail server on loopback, of thirty lines: it takes what it is told to take, or says no."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default


@dataclass
class LoopbackMail:
    """`answers`: what it says to a word in place of 250. `drops_after_data`: then it is gone."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    drops_after_data: bool = False
    taken: list[Message] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes."""
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line.split()[0].decode().upper() if line.split() else ""
            said = self.answers.get(word, "250 fine")
            writer.write(f"{'354 go on' if word == 'DATA' else said}\r\n".encode())
            if word == "QUIT":
                break
            if word == "DATA" and not await self._takes(reader, writer):
                break
        writer.close()

    async def _takes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        raw = await reader.readuntil(b"\r\n.\r\n")
        self.taken.append(message_from_bytes(raw[:-5], policy=default))
        if not self.drops_after_data:
            writer.write(b"250 taken\r\n")
        return not self.drops_after_data


@asynccontextmanager
async def loopback_mail() -> AsyncIterator[LoopbackMail]:
    """It runs while the block does."""
    mail = LoopbackMail()
    server = await asyncio.start_server(mail.talk, "127.0.0.1", 0)
    mail.port = server.sockets[0].getsockname()[1]
    async with server:
        yield mail
