"""What became of texts that tell somebody of an alert."""

from fastapi import APIRouter, Response

from hotline.alerts.texts import alert_text_reported
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import answer_text_report
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/alert-texts/{delivery_id}/text")
async def alert_text(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """Whether it arrived."""
    return await answer_text_report(backend, webhook, delivery_id, alert_text_reported)
