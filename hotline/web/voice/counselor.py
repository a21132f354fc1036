"""The legs we dial for a call: a counselor takes it or not, an interpreter comes in."""

import structlog
from fastapi import APIRouter, Response
from sqlmodel import select

from hotline.callcontrol.offers import accept, refuse
from hotline.callcontrol.participants import INTERPRETER, leg_over
from hotline.calls.model import IN_HAND, OfferState
from hotline.calls.service import lock_call, note
from hotline.errors import NotFound
from hotline.ports import LegStatus
from hotline.storage.tables import Call, Leg, Offer
from hotline.telephony.status import ConferenceEvent
from hotline.web.deps import HouseDep
from hotline.web.voice import documents
from hotline.web.voice.answering import Turn, answer_callback, answer_caller
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
async def counselor_leg(leg_id: str, what: str, house: HouseDep, webhook: WebhookDep) -> Response:
    """The counselor's phone was answered, a key was pressed, or its part is over."""

    async def handle(turn: Turn) -> str:
        leg = await _lock_leg(turn, leg_id)
        _hear_from(leg, turn)
        if what == "left" or LegStatus(leg.status).over:
            await _leg_over(turn, leg, LegStatus.COMPLETED)
            return documents.hang_up()
        if leg.role == INTERPRETER:
            return await _interpreter_joins(turn, leg)
        if what == "take" and turn.webhook.leg.digits != KEY_TAKE:
            return documents.hang_up()
        if what == "answer" and not leg.address.startswith("client:"):
            return await documents.ask_counselor(turn, leg)
        taken = await accept(turn.work, leg, at=turn.at)
        return documents.counselor_joins(leg) if taken else documents.hang_up()

    if what == "status":
        return await answer_callback(house, webhook, lambda turn: _status(turn, leg_id))
    return await answer_caller(house, webhook, handle, documents.hang_up())


def _hear_from(leg: Leg, turn: Turn) -> None:
    leg.carrier_sid = leg.carrier_sid or turn.webhook.leg.sid or None
    if LegStatus(leg.status).rank < LegStatus.UP.rank:
        leg.status = LegStatus.UP
    leg.answered_at = leg.answered_at or turn.at


async def _interpreter_joins(turn: Turn, leg: Leg) -> str:
    """As long as there is a talk to come into."""
    call = await turn.work.get_one(Call, leg.call_id)
    if leg.hang_up or call.state not in IN_HAND:
        return documents.hang_up()
    if leg.answered_at == turn.at:
        note(turn.work, call, "interpreter.joined", at=turn.at)
    return await documents.interpreter_joins(turn, leg)


async def _status(turn: Turn, leg_id: str) -> str:
    leg = await _lock_leg(turn, leg_id)
    status = turn.webhook.leg.status
    leg.carrier_sid = leg.carrier_sid or turn.webhook.leg.sid or None
    if status is None or status.rank <= LegStatus(leg.status).rank:
        return ""  # unknown word, repeat, or late news
    if status.over:
        await _leg_over(turn, leg, status)
    else:
        leg.status = status
        turn.work.announce("leg", leg.id)
    return ""


async def _leg_over(turn: Turn, leg: Leg, status: LegStatus) -> None:
    if not LegStatus(leg.status).over:
        leg.status, leg.ended_at = status, turn.at
        if leg.role == INTERPRETER:
            leg_over(
                turn.work, await turn.work.get_one(Call, leg.call_id), leg, at=turn.at, why=status
            )
    turn.work.announce("leg", leg.id)
    offer = await turn.work.get(Offer, leg.offer_id) if leg.offer_id else None
    if offer is not None and offer.state == OfferState.PENDING:
        state, reason = REFUSALS[LegStatus(leg.status)]
        await refuse(turn.work, leg.call_id, offer.id, state, at=turn.at, reason=reason)


async def _lock_leg(turn: Turn, leg_id: str) -> Leg:
    """The leg, held; its call is held first, as everywhere."""
    leg = await turn.work.get(Leg, leg_id)
    if leg is None:
        raise NotFound
    await lock_call(turn.work, leg.call_id)
    await turn.work.refresh(leg, with_for_update=True)
    return leg


async def _leg_with_sid(turn: Turn, sid: str) -> Leg | None:
    leg_id = (await turn.work.exec(select(Leg.id).where(Leg.carrier_sid == sid))).first()
    return await _lock_leg(turn, leg_id) if leg_id else None


@router.post("/conferences/{call_id}")
async def conference_event(call_id: str, house: HouseDep, webhook: WebhookDep) -> Response:
    """A conference's report. Only a counselor's leaving says something no other report does."""

    async def handle(turn: Turn) -> str:
        form = turn.webhook.conference
        log.info("conference.reported", call_id=call_id, what=form.event)
        if form.event is ConferenceEvent.LEFT:
            leg = await _leg_with_sid(turn, form.leg_sid)
            if leg is not None:
                await _leg_over(turn, leg, LegStatus.COMPLETED)
        return ""

    return await answer_callback(house, webhook, handle)
