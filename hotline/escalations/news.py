"""Changes of escalations as they are announced. One missed costs a second: the loop looks too."""

import asyncio

import psycopg
import structlog

from hotline.storage.session import CHANNEL, dsn, read_payload

log = structlog.get_logger()

TRY_AGAIN_S = 1.0


async def wake_on_news(url: str, wake: asyncio.Event) -> None:
    """Set `wake` with each announced change of an escalation. Ends when cancelled."""
    while True:
        try:
            await _listen(url, wake)
        except (psycopg.Error, OSError) as fault:
            log.warning("dispatcher.news_lost", error=type(fault).__name__)
        await asyncio.sleep(TRY_AGAIN_S)


async def _listen(url: str, wake: asyncio.Event) -> None:
    connection = await psycopg.AsyncConnection.connect(dsn(url), autocommit=True)
    async with connection:
        await connection.execute(f"listen {CHANNEL}")
        async for notification in connection.notifies():
            said = read_payload(notification.payload)
            if said is not None and said[0] == "escalation":
                wake.set()
