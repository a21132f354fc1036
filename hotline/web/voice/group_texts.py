"""What became of texts to members of help groups, and to those who answer for their case."""

from fastapi import APIRouter, Response

from hotline.helpgroups.letters import post_reported
from hotline.helpgroups.telling import news_reported
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import answer_text_report
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/group-post/{delivery_id}/text")
async def group_post(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A link or a code."""
    return await answer_text_report(backend, webhook, delivery_id, post_reported)


@router.post("/group-news/{delivery_id}/text")
async def group_news(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """What a member said."""
    return await answer_text_report(backend, webhook, delivery_id, news_reported)
