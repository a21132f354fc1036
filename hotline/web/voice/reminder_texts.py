"""What became of texts that remind somebody of a shift."""

from fastapi import APIRouter, Response

from hotline.reminders.shifts import reminder_reported
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import answer_text_report
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/shift-reminders/{delivery_id}/text")
async def shift_reminder(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """Whether it arrived."""
    return await answer_text_report(backend, webhook, delivery_id, reminder_reported)
