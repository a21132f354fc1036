"""A protection station's duty phone: hears the minimum, acknowledges with a PIN."""

from fastapi import APIRouter, Response

from hotline.escalations.station_call import (
    call_answered,
    call_ended,
    key_pressed,
    language_of_attempt,
    text_reported,
)
from hotline.escalations.station_menu import menu_key
from hotline.web.deps import BackendDep
from hotline.web.voice import documents, leg_documents
from hotline.web.voice.addresses import read_count
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/stations/{attempt_id}/status")
async def station_status(attempt_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The station's leg changed."""

    async def handle(context: WebhookContext) -> str:
        status = webhook.leg.status
        if status is not None:
            await call_ended(context.work, attempt_id, status, context.at)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/stations/{attempt_id}/answer")
async def station_answer(attempt_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The phone was answered, by somebody or by a mailbox."""

    async def handle(context: WebhookContext) -> str:
        notice = await call_answered(context.work, attempt_id, context.at)
        return leg_documents.station_notice(attempt_id, notice) if notice else documents.hang_up()

    return await answer_caller(
        backend, webhook, handle, lambda: leg_documents.station_sorry(attempt_id)
    )


@router.post("/stations/{attempt_id}/pin")
async def station_pin(
    attempt_id: str, backend: BackendDep, webhook: WebhookDep, tries: str = ""
) -> Response:
    """Keys were pressed, or none in time. `tries` only counts; nonsense begins anew."""

    async def handle(context: WebhookContext) -> str:
        result = await key_pressed(context.work, attempt_id, webhook.leg.digits, context.at)
        language = await language_of_attempt(context.work, attempt_id)
        return leg_documents.after_pin(attempt_id, result, read_count(tries) or 0, language)

    return await answer_caller(
        backend, webhook, handle, lambda: leg_documents.station_sorry(attempt_id)
    )


@router.post("/stations/{attempt_id}/menu")
async def station_menu(
    attempt_id: str, backend: BackendDep, webhook: WebhookDep, asked: str = ""
) -> Response:
    """Whoever acknowledged in this call pressed a key."""

    async def handle(context: WebhookContext) -> str:
        key = webhook.leg.digits
        news = await menu_key(context.work, backend.vault, attempt_id, key, context.at)
        if news is None:
            return documents.hang_up()
        return leg_documents.after_menu(attempt_id, news, read_count(asked) or 1)

    return await answer_caller(
        backend, webhook, handle, lambda: leg_documents.station_sorry(attempt_id)
    )


@router.post("/stations/{attempt_id}/text")
async def station_text(attempt_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """What became of a text to a station."""

    async def handle(context: WebhookContext) -> str:
        word, sid = webhook.text_report
        error = webhook.fields.get("ErrorCode", "")
        code = error if error.isascii() and error.isdigit() else ""
        await text_reported(context.work, attempt_id, word, code, context.at, sid=sid)
        return ""

    return await answer_callback(backend, webhook, handle)
