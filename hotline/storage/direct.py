"""One statement that is a transaction of its own, without a session: for what must cost little.

Its connections commit by themselves and are not proved before they are used: one that is dead
fails at once, and whoever asked goes another way.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import psycopg

from hotline.errors import MayBeStored
from hotline.storage.connection import Connection

KEPT = 16  # as many as come at once in a busy second; opening one costs as much as ten statements


class DirectConnections:
    """As many connections as are asked for at once; some are kept for the next."""

    def __init__(self, opened: Callable[[], Awaitable[Connection]]) -> None:
        """`opened`: makes a connection that autocommits."""
        self._opened = opened
        self._idle: list[Connection] = []

    async def row(self, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of its result; None where there is none.

        Raises `MayBeStored` where no answer came, `OSError` and `psycopg.Error` otherwise.
        """
        connection = self._idle.pop() if self._idle else await self._opened()
        try:
            cursor = await connection.execute(statement, values, prepare=True)
            row = await cursor.fetchone()
        except psycopg.OperationalError as fault:
            connection.drop()
            self.drop_idle()  # where one is dead, the others are as well
            raise MayBeStored from fault
        await self._keep(connection)
        return row

    async def _keep(self, connection: Connection) -> None:
        if len(self._idle) < KEPT:
            self._idle.append(connection)
        else:
            await connection.close()

    def drop_idle(self) -> None:
        """End those that nobody uses."""
        while self._idle:
            self._idle.pop().drop()
