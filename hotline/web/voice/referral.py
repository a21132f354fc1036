"""What becomes of the texts that tell a receiver of a referral."""

from fastapi import APIRouter, Response

from hotline.referrals.letters import text_reported
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import answer_text_report
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/referrals/{delivery_id}/text")
async def referral_text(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """It lies there, or it does not: then whoever referred hears of it."""
    return await answer_text_report(backend, webhook, delivery_id, text_reported)
