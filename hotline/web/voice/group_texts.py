"""What became of texts to members of help groups, and to those who answer for their case."""

from fastapi import APIRouter, Response

from hotline.helpgroups.letters import post_reported
from hotline.helpgroups.telling import news_reported
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import WebhookContext, answer_callback
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/group-post/{delivery_id}/text")
async def group_post(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A link or a code."""

    async def handle(context: WebhookContext) -> str:
        word, sid = webhook.text_report
        await post_reported(context.work, delivery_id, word, at=context.at, sid=sid)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/group-news/{delivery_id}/text")
async def group_news(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """What a member said."""

    async def handle(context: WebhookContext) -> str:
        word, sid = webhook.text_report
        await news_reported(context.work, delivery_id, word, at=context.at, sid=sid)
        return ""

    return await answer_callback(backend, webhook, handle)
