"""Connections to PostgreSQL that never wait for ever: the only place that opens one for serving.

A server that hangs, or went away without a word, answers nothing: neither a statement nor the
driver's request to cancel it. So every wait here has a bound of its own. When it is over, or when
nobody wants the answer any more, the socket is shut down and the wait ends at once.
"""

import asyncio
import os
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import waiting
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict

Answered = TypeVar("Answered")

ANSWER_S = 5.0
# Of the time for an answer: a `select 1`. By default 0.7 s, so that a dead connection and a fresh
# one fit into the budget of a webhook.
PROOF_PART = 0.14
FREE_PART = 0.4  # of the time for an answer: until a connection is free
CONNECT_S = 2  # the least that libpq takes
LOOK_S = 0.1


def _nothing() -> None:
    """Nobody wants to hear of a silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long anything at the database may take, in seconds.

    `answer_s`: one statement, waiting for locks included. A server that works ends a statement
    itself before that, so that the connection can be kept.
    """

    answer_s: float = ANSWER_S

    def parameters(self, url: str) -> dict[str, Any]:
        """What libpq is told for a connection to this address; its own options come last."""
        ours = {
            "statement_timeout": 0.8,
            "lock_timeout": 0.6,
            "idle_in_transaction_session_timeout": 0.8,
            "client_connection_check_interval": 0.2,  # what nobody waits for any more is ended
        }
        options = [f"-c {name}={int(self.answer_s * 1000 * part)}" for name, part in ours.items()]
        own = conninfo_to_dict(dsn(url)).get("options")
        return {
            "connect_timeout": max(CONNECT_S, int(self.answer_s * FREE_PART)),
            "keepalives": 1,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": int(self.answer_s * 1000),
            "options": " ".join([*options, *([str(own)] if own else [])]),
        }


class Connection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """One that is dropped, not waited for, when it gives no answer.

    `answer_s`: how long an answer may take. `on_silence`: called when none came.
    """

    answer_s: float = ANSWER_S
    on_silence: Callable[[], None] = staticmethod(_nothing)

    async def wait(
        self,
        gen: PQGen[Answered],
        interval: float = LOOK_S,
        timeout: float | None = None,  # noqa: ASYNC109 – the driver's own signature
    ) -> Answered:
        """As the driver waits, but bounded. Raises `psycopg.OperationalError` after a silence."""
        self._wait_for_answer()
        try:
            return await waiting.wait_async(
                gen, self.pgconn.socket, interval=interval, timeout=timeout
            )
        except asyncio.CancelledError:
            self.drop()
            raise
        finally:
            self._end.cancel()

    async def prove_alive(self, within_s: float | None = None) -> None:
        """Let it answer something. Raises `psycopg.Error` where it does not."""
        usual = self.answer_s
        self.answer_s = within_s or usual * PROOF_PART
        own = self.autocommit
        try:
            await self.set_autocommit(True)
            await self.execute("select 1", prepare=False)
            await self.set_autocommit(own)
        finally:
            self.answer_s = usual

    def drop(self) -> None:
        """End it without a word to the server, which ends its side when it notices."""
        self._shut_down()
        self.pgconn.finish()

    def _wait_for_answer(self) -> None:
        loop = asyncio.get_running_loop()
        self._end: asyncio.TimerHandle = loop.call_later(self.answer_s, self._give_up)

    def _give_up(self) -> None:
        if self._answers():  # it was we who were held up: the answer is there, and read next
            self._wait_for_answer()
            return
        self.on_silence()
        self._shut_down()

    def _answers(self) -> bool:
        ready, _, _ = select.select([self.pgconn.socket], [], [], 0)
        return bool(ready)

    def _shut_down(self) -> None:
        """Whoever waits for this socket reads its end. Closing it would leave them waiting."""
        with suppress(OSError, psycopg.Error):
            copy = os.dup(self.pgconn.socket)
            with socket.socket(fileno=copy) as end:
                end.shutdown(socket.SHUT_RDWR)


async def connect(
    url: str, *, bounds: Bounds, on_silence: Callable[[], None] = _nothing, **how: Any
) -> Connection:
    """A connection of its own, outside the pool. Raises `psycopg.Error`, `OSError`."""
    parameters = {**bounds.parameters(url), "autocommit": True, **how}
    connection = await Connection.connect(dsn(url), **parameters)
    connection.answer_s, connection.on_silence = bounds.answer_s, on_silence
    return connection


def dsn(url: str) -> str:
    """The libpq form of an SQLAlchemy URL."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
