"""Changes as they are announced: the only place that listens for NOTIFY.

A notification may be lost: whoever listens looks at the rows from time to time all the same.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from typing import Any, NamedTuple

import psycopg
import structlog

from hotline.storage.connection import Connection
from hotline.storage.session import CHANNEL, Database

log = structlog.get_logger()

CONNECT_AGAIN_S = 0.5
PROVEN_EVERY_S = 1.0  # a connection that brings nothing may as well be dead
PROVEN_WITHIN_S = 3.0
LISTENER = "hotline news"  # how whoever looks at the database's sessions knows one that listens


class Change(NamedTuple):
    """What changed, and the id of its row. Ids only: each reader looks with rights of their own."""

    topic: str
    row_id: str


NextChanges = Callable[[], Awaitable[Iterable[Change]]]
"""Comes back with what has changed since, or without anything after a while."""


async def listen(connection: Connection) -> None:
    """From now on nothing that is announced is missed by `changes_on` this connection."""
    await connection.execute(f"listen {CHANNEL}")
    await connection.execute(f"set application_name to '{LISTENER}'")


async def changes_on(connection: Connection) -> AsyncIterator[Change]:
    """Every change, for as long as the connection lives. Raises `psycopg.Error` when it breaks.

    A connection that gives no answer counts as broken within a few seconds.
    """
    while True:
        quiet_s = min(PROVEN_EVERY_S, connection.answer_s / 2)
        async for notification in connection.notifies(timeout=quiet_s):
            change = _read(notification.payload)
            if change is not None:
                yield change
        await connection.prove_alive(PROVEN_WITHIN_S)


async def follow_changes(
    database: Database, hear: Callable[[Change], None], *, begun: Callable[[], None] | None = None
) -> None:
    """Hear every change until cancelled, over a new connection when one breaks.

    `begun`: called whenever listening begins, since something may have been missed before.
    """
    while True:
        try:
            async with await database.connect() as connection:
                await listen(connection)
                if begun is not None:
                    begun()
                async for change in changes_on(connection):
                    hear(change)
        except (psycopg.Error, OSError) as fault:
            log.warning("news.connection_lost", error=type(fault).__name__)
        await asyncio.sleep(CONNECT_AGAIN_S)


async def until_told(next_changes: NextChanges, topics: Collection[str]) -> None:
    """Until one of these changes, or nothing at all has been told for a while."""
    while True:
        changes = list(await next_changes())
        if not changes or any(change.topic in topics for change in changes):
            return


def _read(payload: str) -> Change | None:
    """None where the notification is not one of ours."""
    try:
        said: Any = json.loads(payload)
        return Change(str(said["topic"]), str(said["id"]))
    except (ValueError, KeyError, TypeError):
        return None
