"""A supervisor's phone that rings for a child who was dropped: what it hears, and the key."""

from fastapi import APIRouter, Response

from hotline.escalations.dropped import phone_answered, phone_ended, supervisor_heard
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.addresses import once
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.documents import say_in
from hotline.web.voice.webhook import WebhookDep
from ivr import twiml
from ivr.twiml import Quiet

router = APIRouter()


@router.post("/dropped/{delivery_id}/status")
async def dropped_status(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The leg changed."""

    async def handle(context: WebhookContext) -> str:
        status = webhook.leg.status
        if status is not None:
            await phone_ended(context.work, delivery_id, status, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/dropped/{delivery_id}/answer")
async def dropped_answer(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The phone was answered, by somebody or by a mailbox."""

    async def handle(context: WebhookContext) -> str:
        line_name = await phone_answered(context.work, delivery_id, at=context.at)
        return documents.hang_up() if line_name is None else ask_to_hear(delivery_id, line_name)

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/dropped/{delivery_id}/heard")
async def dropped_heard(delivery_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A key was pressed. By a fault of ours they are rung again."""

    async def handle(context: WebhookContext) -> str:
        digits = webhook.leg.digits
        heard = await supervisor_heard(context.work, delivery_id, digits, at=context.at)
        return has_heard() if heard else documents.hang_up()

    return await answer_caller(backend, webhook, handle, documents.hang_up)


def ask_to_hear(delivery_id: str, line_name: str) -> str:
    """Twice, since a phone has to be lifted. No name and no number: it may be a mailbox."""
    words = say_in("supervisor.dropped", "cmn", line=line_name)
    action = once(f"/voice/dropped/{delivery_id}/heard")
    return twiml.ask_for_key((words, Quiet(1), words), action=action)


def has_heard() -> str:
    """What to do now."""
    return twiml.say_then_hang_up((say_in("supervisor.dropped_heard", "cmn"),))
