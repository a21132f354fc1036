"""A contact's phone, rung to see whether it still reaches somebody. No child is spoken of."""

from fastapi import APIRouter, Response

from hotline.watching.contact_drills import contact_answered, contact_call_ended, contact_heard
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.addresses import once
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep
from ivr.twiml import Quiet, collect_pin, say_then_hang_up
from ivr.wording import Spoken

router = APIRouter()

QUESTION = Spoken(
    "这是儿童保护热线的例行试呼，现在没有紧急情况。听到请按1，或输入您的工号密码，再按井号。", "cmn"
)
THANKS = Spoken("收到，谢谢。下次遇到真的上报，就会打这个号码。", "cmn")


@router.post("/contact-drills/{delivery_id}/answer")
async def contact_drill_answer(
    delivery_id: str, backend: BackendDep, webhook: WebhookDep
) -> Response:
    """The phone was lifted, by somebody or by a mailbox."""

    async def handle(context: WebhookContext) -> str:
        if not await contact_answered(context.work, delivery_id, at=context.at):
            return documents.hang_up()
        action = once(f"/voice/contact-drills/{delivery_id}/key")
        return collect_pin((QUESTION, Quiet(1), QUESTION), action=action)

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/contact-drills/{delivery_id}/key")
async def contact_drill_key(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A key, a PIN, or neither: there is no second question."""

    async def handle(context: WebhookContext) -> str:
        digits = webhook.leg.digits
        heard = await contact_heard(context.work, delivery_id, digits, at=context.at)
        return say_then_hang_up((THANKS,)) if heard else documents.hang_up()

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/contact-drills/{delivery_id}/status")
async def contact_drill_status(
    delivery_id: str, backend: BackendDep, webhook: WebhookDep
) -> Response:
    """The leg changed."""

    async def handle(context: WebhookContext) -> str:
        status = webhook.leg.status
        if status is not None:
            await contact_call_ended(context.work, delivery_id, status, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)
