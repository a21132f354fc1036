"""A supervisor's phone that rings for a report that is late: what it hears, and the key."""

from fastapi import APIRouter, Response

from hotline.statutory.phones import (
    late_report_answered,
    late_report_heard,
    late_report_hung_up,
)
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.addresses import once
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.documents import say_in
from hotline.web.voice.webhook import WebhookDep
from ivr import twiml
from ivr.twiml import Quiet

router = APIRouter()


@router.post("/report/{delivery_id}/status")
async def report_status(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The leg changed."""

    async def handle(context: WebhookContext) -> str:
        status = webhook.leg.status
        if status is not None:
            await late_report_hung_up(context.work, delivery_id, status, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/report/{delivery_id}/answer")
async def report_answer(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The phone was answered, by somebody or by a mailbox."""

    async def handle(context: WebhookContext) -> str:
        line_name = await late_report_answered(context.work, delivery_id, at=context.at)
        return documents.hang_up() if line_name is None else ask_to_report(delivery_id, line_name)

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/report/{delivery_id}/heard")
async def report_heard(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A key was pressed. By a fault of ours the next one is rung."""

    async def handle(context: WebhookContext) -> str:
        digits = webhook.leg.digits
        heard = await late_report_heard(context.work, delivery_id, digits, at=context.at)
        return will_report() if heard else documents.hang_up()

    return await answer_caller(backend, webhook, handle, documents.hang_up)


def ask_to_report(delivery_id: str, line_name: str) -> str:
    """Twice, since a phone has to be lifted. No name and no number: it may be a mailbox."""
    words = say_in("supervisor.report", "cmn", line=line_name)
    action = once(f"/voice/report/{delivery_id}/heard")
    return twiml.ask_for_key((words, Quiet(1), words), action=action)


def will_report() -> str:
    """What to do now."""
    return twiml.say_then_hang_up((say_in("supervisor.report_heard", "cmn"),))
