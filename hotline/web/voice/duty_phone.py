"""The duty phone picked up for a caller whom we put through past ourselves."""

import structlog
from fastapi import APIRouter, Response

from hotline.calls.duty_phone import meet_duty_phone
from hotline.calls.service import add_call_entry, call_of_leg
from hotline.web.deps import BackendDep
from hotline.web.voice.answering import WebhookContext, answer_callback
from hotline.web.voice.webhook import WebhookDep

log = structlog.get_logger()

router = APIRouter()

MET = "call.with_duty_phone"


@router.post("/duty-phone")
async def duty_phone_answered(backend: BackendDep, webhook: WebhookDep) -> Response:
    """The report is about the phone's leg; whose caller it is, its parent says."""

    async def handle(context: WebhookContext) -> str:
        call = await call_of_leg(context.work, webhook.fields.get("ParentCallSid", ""))
        if call is None:
            log.warning("duty_phone.for_unknown_call", sid=webhook.leg.sid)
        elif meet_duty_phone(call, at=context.at):
            add_call_entry(context.work, call, MET, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)
