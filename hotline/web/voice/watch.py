"""A phone that the auditor rang: the key, and the end of the call."""

from fastapi import APIRouter, Response

from hotline.watching.pager import heard_page
from hotline.watching.service import page_ended, page_heard
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep

router = APIRouter()


@router.post("/watch/{page_id}/key")
async def watch_key(page_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """By a fault of ours the next one is rung: better once too often."""

    async def handle(context: WebhookContext) -> str:
        heard = await page_heard(context.work, page_id, webhook.leg.digits, at=context.at)
        return heard_page() if heard else documents.hang_up()

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/watch/{page_id}/status")
async def watch_status(page_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The call changed, or the text did: of that nothing is kept."""

    async def handle(context: WebhookContext) -> str:
        status = webhook.leg.status
        if status is not None:
            await page_ended(context.work, page_id, status, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)
