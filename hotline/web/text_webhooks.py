"""What the carrier tells of texts. Each address checks the signature before anything else."""

from contextlib import suppress

import structlog
from fastapi import APIRouter, Depends, Response

from hotline.errors import NotFound
from hotline.quality.satisfaction import hear_answer
from hotline.texting.incoming import Reader, TextIn, take_text
from hotline.texting.moving import lock_text
from hotline.texting.reports import hear_report
from hotline.texting.words import Meaning, meaning_of
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import (
    WebhookContext,
    answer_callback,
    answer_caller,
    store_again,
)
from hotline.web.voice.webhook import Webhook, WebhookDep, checked_webhook

log = structlog.get_logger()

NOTHING = "<Response/>"  # whatever is to be said is said by a text of its own, later

text_webhooks = APIRouter(
    prefix="/texts", dependencies=[Depends(checked_webhook)], include_in_schema=False
)


@text_webhooks.post("/incoming")
async def incoming(backend: BackendDep, webhook: WebhookDep) -> Response:
    """Somebody writes to us. The carrier tells it once: what cannot be stored is kept on disk."""
    new = _text_in(webhook)

    async def handle(context: WebhookContext) -> str:
        reader = Reader(vault=backend.vault, duty_phone=backend.settings.duty_phone, at=context.at)
        text = await take_text(context.work, reader, new)
        if text is not None:
            await hear_answer(context.work, backend.vault, text, at=context.at)
        return NOTHING

    async def keep() -> None:
        danger = meaning_of(new.body, said_by_carrier=new.said_by_carrier) is Meaning.DANGER
        entry = webhook.entry(webhook.dedupe_key, at=backend.clock.now(), danger=danger)
        await backend.unstored.keep(entry)

    if webhook.again is not None:
        return await store_again(backend, webhook, handle)
    return await answer_caller(backend, webhook, handle, lambda: NOTHING, keep=keep)


@text_webhooks.post("/status")
async def status(backend: BackendDep, webhook: WebhookDep, text: str = "") -> Response:
    """What became of a text of ours, by our own id: a report may overtake the carrier's answer."""

    async def handle(context: WebhookContext) -> str:
        with suppress(NotFound):
            row = await lock_text(context.work, text)
            code = webhook.fields.get("ErrorCode", "")
            word, sid = webhook.text_report
            error = int(code) if code.isascii() and code.isdigit() else 0
            await hear_report(context.work, row, word, error, at=context.at, sid=sid)
            return ""
        log.warning("text.of_unknown_report")
        return ""

    return await answer_callback(backend, webhook, handle)


def _text_in(webhook: Webhook) -> TextIn:
    fields = webhook.fields
    return TextIn(
        sid=fields.get("MessageSid", ""),
        to=fields.get("To", "").strip(),
        from_=fields.get("From", "").strip(),
        body=fields.get("Body", ""),
        said_by_carrier=fields.get("OptOutType", "").strip(),
    )
