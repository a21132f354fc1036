"""A contact's phone, rung for something overdue. Number of the case, and nothing of the child."""

from fastapi import APIRouter, Response

from hotline.visits.calls import (
    visit_answered,
    visit_call_ended,
    visit_heard,
    visit_text_reported,
)
from hotline.visits.letters import AboutVisit
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.addresses import once
from hotline.web.voice.answering import (
    WebhookContext,
    answer_callback,
    answer_caller,
    answer_text_report,
)
from hotline.web.voice.webhook import WebhookDep
from ivr.twiml import Quiet, collect_pin, say_then_hang_up
from ivr.wording import Spoken

router = APIRouter()

HEARD = Spoken("收到，谢谢。请登录查看。", "cmn")
HEARD_ENGLISH = Spoken("Thank you. Please sign in to see more.", "eng")


@router.post("/visits/{delivery_id}/answer")
async def visit_answer(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The phone was lifted, by somebody or by a mailbox."""

    async def handle(context: WebhookContext) -> str:
        about = await visit_answered(context.work, delivery_id, at=context.at)
        if about is None:
            return documents.hang_up()
        question = _question(about)
        action = once(f"/voice/visits/{delivery_id}/key")
        return collect_pin((question, Quiet(1), question), action=action)

    return await answer_caller(backend, webhook, handle, documents.hang_up)


def _question(about: AboutVisit) -> Spoken:
    number = " ".join(about.case.number)
    if about.in_english:
        said = f"{about.line.name_en or about.line.name}. Case {number}: something is overdue."
        return Spoken(f"{said} Press 1, then hash, to say that you have heard.", "eng")
    said = f"{about.line.name}提醒：个案 {number} 有事项逾期，请登录查看。"
    return Spoken(f"{said}听到请按1，再按井号。", "cmn")


@router.post("/visits/{delivery_id}/key")
async def visit_key(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The key or not: there is no second question."""

    async def handle(context: WebhookContext) -> str:
        digits = webhook.leg.digits
        heard = await visit_heard(context.work, delivery_id, digits, at=context.at)
        if heard is None:
            return documents.hang_up()
        return say_then_hang_up((HEARD_ENGLISH if heard.in_english else HEARD,))

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/visits/{delivery_id}/status")
async def visit_status(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The leg changed."""

    async def handle(context: WebhookContext) -> str:
        status = webhook.leg.status
        if status is not None:
            await visit_call_ended(context.work, delivery_id, status, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/visits/{delivery_id}/text")
async def visit_text(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """What became of a text."""
    return await answer_text_report(backend, webhook, delivery_id, visit_text_reported)
