"""A supervisor's phone that rings for a flag that no supervisor has seen: what it hears."""

from fastapi import APIRouter, Response

from hotline.escalations.supervisor_call import (
    supervisor_answered,
    supervisor_hung_up,
    supervisor_pressed,
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


@router.post("/supervisors/{delivery_id}/status")
async def supervisor_status(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The leg changed."""

    async def handle(context: WebhookContext) -> str:
        status = webhook.leg.status
        if status is not None:
            await supervisor_hung_up(context.work, delivery_id, status, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/supervisors/{delivery_id}/answer")
async def supervisor_answer(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The phone was answered, by somebody or by a mailbox."""

    async def handle(context: WebhookContext) -> str:
        line_name = await supervisor_answered(context.work, delivery_id, at=context.at)
        return documents.hang_up() if line_name is None else ask_to_look(delivery_id, line_name)

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/supervisors/{delivery_id}/heard")
async def supervisor_heard(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A key was pressed. By a fault of ours the next one is rung."""

    async def handle(context: WebhookContext) -> str:
        digits = webhook.leg.digits
        heard = await supervisor_pressed(context.work, delivery_id, digits, at=context.at)
        return will_look() if heard else documents.hang_up()

    return await answer_caller(backend, webhook, handle, documents.hang_up)


def ask_to_look(delivery_id: str, line_name: str) -> str:
    """Twice, since a phone has to be lifted. No name and no number: it may be a mailbox."""
    words = say_in("supervisor.flagged", "cmn", line=line_name)
    action = once(f"/voice/supervisors/{delivery_id}/heard")
    return twiml.ask_for_key((words, Quiet(1), words), action=action)


def will_look() -> str:
    """What to do now."""
    return twiml.say_then_hang_up((say_in("supervisor.flagged_heard", "cmn"),))
