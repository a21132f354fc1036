"""What became of texts that remind somebody of a shift."""

from fastapi import APIRouter, Response

from hotline.reminders.shifts import reminder_reported
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import WebhookContext, answer_callback
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/shift-reminders/{delivery_id}/text")
async def shift_reminder(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """Whether it arrived."""

    async def handle(context: WebhookContext) -> str:
        word, sid = webhook.text_report
        await reminder_reported(context.work, delivery_id, word, at=context.at, sid=sid)
        return ""

    return await answer_callback(backend, webhook, handle)
