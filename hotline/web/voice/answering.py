"""How every webhook is answered: once, in one transaction, in time.

The request is kept in the same transaction as its effect (`hotline.storage.repeats`): the same
request again gets the same answer, and two copies at once wait for each other.
Whatever goes wrong, a live caller gets safe TwiML; a status callback gets 503, so that a carrier
that repeats will repeat it, and is tried again by ourselves, since most carriers do not.
The answer does not wait for a driver that is slow to give up.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from fastapi import Response

from hotline.background import result_within
from hotline.storage.repeats import claim_request, keep_answer
from hotline.storage.session import Work
from hotline.web.deps import Backend
from hotline.web.voice.webhook import Webhook

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookContext:
    """What a handler works with: one webhook, one unit of work, one moment."""

    backend: Backend
    work: Work
    webhook: Webhook
    at: datetime


WebhookHandler = Callable[[WebhookContext], Awaitable[str]]
RepeatHandler = Callable[[WebhookContext, str], Awaitable[str]]
"""What the same request hears when it comes again, given the answer that was kept."""
KeepRequest = Callable[[], Awaitable[None]]


class TextReported(Protocol):
    """What a feature does with what the carrier says of a text of its own."""

    async def __call__(
        self, work: Work, delivery_id: str, status: str, /, *, at: datetime, sid: str
    ) -> None:
        """`status`: the carrier's word; `sid`: its name for the text."""


def xml(document: str) -> Response:
    """A TwiML answer."""
    return Response(document, media_type="text/xml")


async def _the_same(_context: WebhookContext, kept: str) -> str:
    return kept


async def answer_caller(
    backend: Backend,
    webhook: Webhook,
    handler: WebhookHandler,
    safe: Callable[[], str],
    repeated: RepeatHandler = _the_same,
    *,
    keep: KeepRequest | None = None,
) -> Response:
    """Answer a leg that waits for instructions. `safe` makes what it hears when we fail.

    `keep`: keeps what the request tells until it can be stored.
    """
    try:
        return xml(await _in_time(backend, webhook, handler, repeated))
    except Exception as fault:  # the caller's edge: nobody is cut off by a fault of ours
        log.exception("webhook.failed", path=webhook.path, error=type(fault).__name__)
        if keep is not None:
            await keep()
        return xml(safe())


async def answer_callback(backend: Backend, webhook: Webhook, handler: WebhookHandler) -> Response:
    """Take in a report that nobody waits for."""
    if webhook.again is not None:
        return await store_again(backend, webhook, handler)
    try:
        await _in_time(backend, webhook, handler, _the_same)
    except Exception as fault:  # the callback's edge: 503 asks the carrier to repeat
        log.exception("callback.failed", path=webhook.path, error=type(fault).__name__)
        await backend.unstored.keep(webhook.entry(webhook.dedupe_key, at=backend.clock.now()))
        return Response(status_code=503)
    return Response(status_code=204)


async def answer_text_report(
    backend: Backend, webhook: Webhook, delivery_id: str, reported: TextReported
) -> Response:
    """Take in what became of a text of ours."""

    async def handle(context: WebhookContext) -> str:
        word, sid = webhook.text_report
        await reported(context.work, delivery_id, word, at=context.at, sid=sid)
        return ""

    return await answer_callback(backend, webhook, handle)


async def store_again(backend: Backend, webhook: Webhook, handler: WebhookHandler) -> Response:
    """A request that could not be stored before. Nobody hears the answer."""
    try:
        await _once(backend, webhook, handler, _the_same)
    except Exception as fault:  # noqa: BLE001 – not lost: raised again by whoever replays
        if webhook.again is not None:
            webhook.again.fault = fault
        return Response(status_code=503)
    return Response(status_code=204)


async def _in_time(
    backend: Backend, webhook: Webhook, handler: WebhookHandler, repeated: RepeatHandler
) -> str:
    answering = _once(backend, webhook, handler, repeated)
    return await result_within(backend.webhook_budget_s, answering)


async def _once(
    backend: Backend, webhook: Webhook, handler: WebhookHandler, repeated: RepeatHandler
) -> str:
    at = backend.clock.now() if webhook.again is None else webhook.again.entry.at
    async with backend.voice_database.work() as work:
        kept = await claim_request(work, webhook.dedupe_key, at=at)
        context = WebhookContext(backend=backend, work=work, webhook=webhook, at=at)
        if kept is not None:
            log.info("webhook.repeated", path=webhook.path)
            return await repeated(context, kept.answer)
        answer = await handler(context)
        if answer:
            await keep_answer(work, webhook.dedupe_key, answer)
        return answer
