"""How every webhook is answered: once, in one transaction, in time.

The request is put into the inbox in the same transaction as its effect. The same request again
finds it there and gets the same answer; two copies at once wait for each other on the key.
Whatever goes wrong, a live caller gets safe TwiML; a status callback gets 503, so that a carrier
that repeats will repeat it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from fastapi import Response
from sqlalchemy import text

from hotline.storage.session import Work
from hotline.web.deps import Backend
from hotline.web.voice.webhook import Webhook

log = structlog.get_logger()

# By hand: this pair runs with every webhook, and the ORM would double its cost.
CLAIM = text("""
    insert into inbox (dedupe_key, received_at, answer) values (:key, :at, '')
    on conflict do nothing returning dedupe_key
""")
KEEP = text("update inbox set answer = :answer where dedupe_key = :key")
READ = text("select answer from inbox where dedupe_key = :key")

BUDGET_S = 2.5  # reliability research §4.2: past this, safe TwiML


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookContext:
    """What a handler works with: one webhook, one unit of work, one moment."""

    backend: Backend
    work: Work
    webhook: Webhook
    at: datetime


WebhookHandler = Callable[[WebhookContext], Awaitable[str]]


def xml(document: str) -> Response:
    """A TwiML answer."""
    return Response(document, media_type="text/xml")


async def answer_caller(
    backend: Backend, webhook: Webhook, handler: WebhookHandler, safe: str
) -> Response:
    """Answer a leg that waits for instructions. `safe` is what it hears when we fail."""
    try:
        return xml(await _in_time(backend, webhook, handler))
    except Exception as fault:  # the caller's edge: nobody is cut off by a fault of ours
        log.exception("webhook.failed", path=webhook.path, error=type(fault).__name__)
        return xml(safe)


async def answer_callback(backend: Backend, webhook: Webhook, handler: WebhookHandler) -> Response:
    """Take in a report that nobody waits for."""
    try:
        await _in_time(backend, webhook, handler)
    except Exception as fault:  # the callback's edge: 503 asks the carrier to repeat
        log.exception("callback.failed", path=webhook.path, error=type(fault).__name__)
        return Response(status_code=503)
    return Response(status_code=204)


async def _in_time(backend: Backend, webhook: Webhook, handler: WebhookHandler) -> str:
    async with asyncio.timeout(BUDGET_S):
        return await _once(backend, webhook, handler)


async def _once(backend: Backend, webhook: Webhook, handler: WebhookHandler) -> str:
    at = backend.clock.now()
    async with backend.database.work() as work:
        stored = await _stored_answer(work, webhook, at)
        if stored is not None:
            log.info("webhook.repeated", path=webhook.path)
            return stored
        answer = await handler(WebhookContext(backend=backend, work=work, webhook=webhook, at=at))
        if answer:
            await work.sql(KEEP, {"key": webhook.dedupe_key, "answer": answer})
        return answer


async def _stored_answer(work: Work, webhook: Webhook, at: datetime) -> str | None:
    """Claim the key. None where this is the first time."""
    key = {"key": webhook.dedupe_key}
    if (await work.sql(CLAIM, {**key, "at": at})).first() is not None:
        return None
    return str((await work.sql(READ, key)).scalar_one())
