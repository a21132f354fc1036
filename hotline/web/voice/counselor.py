"""The legs we dial for a call: a counselor takes it or not, an interpreter comes in."""

import structlog
from fastapi import APIRouter, Response
from sqlmodel import select

from hotline.callcontrol.offers import accept_offer, refuse_offer
from hotline.callcontrol.participants import INTERPRETER, leg_over
from hotline.calls.model import IN_HAND, OfferState
from hotline.calls.service import add_call_entry, lock_call
from hotline.errors import NotFound
from hotline.ports import LegStatus
from hotline.storage.tables import Call, Leg, Offer
from hotline.telephony.status import ConferenceEvent
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep

log = structlog.get_logger()

router = APIRouter()

KEY_TAKE = "1"

REFUSALS = {
    LegStatus.BUSY: (OfferState.DECLINED, "busy"),
    LegStatus.NO_ANSWER: (OfferState.EXPIRED, "no_answer"),
    LegStatus.CANCELED: (OfferState.EXPIRED, "no_answer"),
    LegStatus.COMPLETED: (OfferState.DECLINED, "answered_but_not_taken"),
    LegStatus.FAILED: (OfferState.FAILED, "not_reachable"),
}


@router.post("/legs/{leg_id}/{what}")
async def counselor_leg(
    leg_id: str, what: str, backend: BackendDep, webhook: WebhookDep
) -> Response:
    """The counselor's phone was answered, a key was pressed, or its part is over."""

    async def handle(context: WebhookContext) -> str:
        leg = await _lock_leg(context, leg_id)
        _hear_from(leg, context)
        if what == "left" or LegStatus(leg.status).over:
            await _leg_over(context, leg, LegStatus.COMPLETED)
            return documents.hang_up()
        if leg.role == INTERPRETER:
            return await _interpreter_joins(context, leg)
        if what == "take" and context.webhook.leg.digits != KEY_TAKE:
            return documents.hang_up()
        if what == "answer" and not leg.address.startswith("client:"):
            return await documents.ask_counselor(context, leg)
        taken = await accept_offer(context.work, leg, at=context.at)
        return documents.counselor_joins(leg) if taken else documents.hang_up()

    if what == "status":
        return await answer_callback(backend, webhook, lambda context: _status(context, leg_id))
    return await answer_caller(backend, webhook, handle, documents.hang_up())


def _hear_from(leg: Leg, context: WebhookContext) -> None:
    leg.carrier_sid = leg.carrier_sid or context.webhook.leg.sid or None
    if LegStatus(leg.status).rank < LegStatus.UP.rank:
        leg.status = LegStatus.UP
    leg.answered_at = leg.answered_at or context.at


async def _interpreter_joins(context: WebhookContext, leg: Leg) -> str:
    """As long as there is a talk to come into."""
    call = await context.work.get_one(Call, leg.call_id)
    if leg.hang_up or call.state not in IN_HAND:
        return documents.hang_up()
    if leg.answered_at == context.at:
        add_call_entry(context.work, call, "interpreter.joined", at=context.at)
    return await documents.interpreter_joins(context, leg)


async def _status(context: WebhookContext, leg_id: str) -> str:
    leg = await _lock_leg(context, leg_id)
    status = context.webhook.leg.status
    leg.carrier_sid = leg.carrier_sid or context.webhook.leg.sid or None
    if status is None or status.rank <= LegStatus(leg.status).rank:
        return ""  # unknown word, repeat, or late news
    if status.over:
        await _leg_over(context, leg, status)
    else:
        leg.status = status
        context.work.announce("leg", leg.id)
    return ""


async def _leg_over(context: WebhookContext, leg: Leg, status: LegStatus) -> None:
    if not LegStatus(leg.status).over:
        leg.status, leg.ended_at = status, context.at
        if leg.role == INTERPRETER:
            leg_over(
                context.work,
                await context.work.get_one(Call, leg.call_id),
                leg,
                at=context.at,
                why=status,
            )
    context.work.announce("leg", leg.id)
    offer = await context.work.get(Offer, leg.offer_id) if leg.offer_id else None
    if offer is not None and offer.state == OfferState.PENDING:
        state, reason = REFUSALS[LegStatus(leg.status)]
        await refuse_offer(context.work, leg.call_id, offer.id, state, at=context.at, reason=reason)


async def _lock_leg(context: WebhookContext, leg_id: str) -> Leg:
    """The leg, held; its call is held first, as everywhere."""
    leg = await context.work.get(Leg, leg_id)
    if leg is None:
        raise NotFound
    await lock_call(context.work, leg.call_id)
    await context.work.refresh(leg, with_for_update=True)
    return leg


async def _leg_with_sid(context: WebhookContext, sid: str) -> Leg | None:
    leg_id = (await context.work.exec(select(Leg.id).where(Leg.carrier_sid == sid))).first()
    return await _lock_leg(context, leg_id) if leg_id else None


@router.post("/conferences/{call_id}")
async def conference_event(call_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A conference's report. Only a counselor's leaving says something no other report does."""

    async def handle(context: WebhookContext) -> str:
        form = context.webhook.conference
        log.info("conference.reported", call_id=call_id, what=form.event)
        if form.event is ConferenceEvent.LEFT:
            leg = await _leg_with_sid(context, form.leg_sid)
            if leg is not None:
                await _leg_over(context, leg, LegStatus.COMPLETED)
        return ""

    return await answer_callback(backend, webhook, handle)
