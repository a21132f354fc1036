"""The legs we dial for a call: a counselor takes it or not, an interpreter comes in.

Each address says one thing. A word that is none of them is refused: nobody joins a talk by it.
"""

import structlog
from fastapi import APIRouter, Response
from sqlmodel import select

from hotline.callcontrol.model import (
    HEARD,
    ParticipantEvent,
    ParticipantRole,
    ParticipantState,
    Proof,
    Wanted,
)
from hotline.callcontrol.offers import SOFTPHONE, accept_offer, leg_ended
from hotline.callcontrol.participants import (
    hold_seen,
    lock_participant,
    move_participant,
    prove_person,
)
from hotline.calls.model import IN_HAND
from hotline.calls.service import add_call_entry, lock_call
from hotline.ports import LegStatus
from hotline.storage.tables import Call, Line, Participant
from hotline.telephony.status import ConferenceEvent
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep

log = structlog.get_logger()

router = APIRouter()

KEY_TAKE = "1"
HOLDS = (ConferenceEvent.HELD, ConferenceEvent.RESUMED)


@router.post("/legs/{leg_id}/answer")
async def leg_answered(leg_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The phone was picked up, by a person or by a mailbox."""

    async def handle(context: WebhookContext) -> str:
        leg = await _leg_on_the_line(context, leg_id)
        if leg is None:
            return documents.hang_up()
        if leg.address.startswith(SOFTPHONE):
            return await _joins(context, leg, Proof.BROWSER)
        return await _asks_for_key(context, leg)

    return await answer_caller(backend, webhook, handle, lambda: documents.leg_sorry(leg_id))


@router.post("/legs/{leg_id}/take")
async def leg_takes_call(leg_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A key on a telephone, or none within the time: then a mailbox may have picked up."""

    async def handle(context: WebhookContext) -> str:
        leg = await _leg_on_the_line(context, leg_id)
        if leg is None or context.webhook.leg.digits != KEY_TAKE:
            return documents.hang_up()
        return await _joins(context, leg, Proof.KEY)

    return await answer_caller(backend, webhook, handle, lambda: documents.leg_sorry(leg_id))


@router.post("/legs/{leg_id}/left")
async def leg_left(leg_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """Their part in the talk is over."""

    async def handle(context: WebhookContext) -> str:
        leg = await _lock_leg(context, leg_id)
        if leg is not None:
            await leg_ended(context.work, leg, status=LegStatus.COMPLETED, at=context.at)
        return documents.hang_up()

    return await answer_caller(backend, webhook, handle, documents.hang_up)


@router.post("/legs/{leg_id}/status")
async def leg_status(leg_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The carrier's report on the leg; may repeat, be late, or be a word we do not know."""

    async def handle(context: WebhookContext) -> str:
        leg = await _lock_leg(context, leg_id)
        status = context.webhook.leg.status
        event = HEARD.get(status) if status is not None else None
        if leg is None:
            return ""
        if status is not None and event is ParticipantEvent.ENDED:
            await leg_ended(context.work, leg, status=status, at=context.at)
        elif event is not None:
            move_participant(context.work, leg, event, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)


async def _leg_on_the_line(context: WebhookContext, leg_id: str) -> Participant | None:
    """Somebody has picked up. None where nobody wants them any more, or their leg is over."""
    leg = await _lock_leg(context, leg_id)
    if leg is None:
        return None
    move_participant(context.work, leg, ParticipantEvent.ANSWERED, at=context.at)
    gone = leg.state == ParticipantState.ENDED or leg.wanted == Wanted.OUT
    return None if gone else leg


async def _asks_for_key(context: WebhookContext, leg: Participant) -> str:
    """A key tells a person from a mailbox. Nobody is asked for a talk that is over."""
    call = await context.work.get_one(Call, leg.call_id)
    if leg.role == ParticipantRole.INTERPRETER and call.state not in IN_HAND:
        return documents.hang_up()
    return documents.ask_person(await context.work.get_one(Line, call.line_id), leg)


async def _joins(context: WebhookContext, leg: Participant, proof: Proof) -> str:
    """A person is there, whoever it is: only now into the talk."""
    prove_person(leg, proof)
    if leg.role == ParticipantRole.INTERPRETER:
        return await _interpreter_joins(context, leg)
    return await _counselor_joins(context, leg)


async def _counselor_joins(context: WebhookContext, leg: Participant) -> str:
    taken = await accept_offer(context.work, leg, at=context.at)
    return documents.counselor_joins(leg) if taken else documents.hang_up()


async def _interpreter_joins(context: WebhookContext, leg: Participant) -> str:
    """As long as there is a talk to come into."""
    call = await context.work.get_one(Call, leg.call_id)
    if call.state not in IN_HAND:
        return documents.hang_up()
    if move_participant(context.work, leg, ParticipantEvent.JOINED, at=context.at):
        add_call_entry(context.work, call, "interpreter.joined", at=context.at)
    return documents.interpreter_joins(leg)


async def _lock_leg(context: WebhookContext, leg_id: str) -> Participant | None:
    """The leg, locked; its call is locked first, as everywhere. None where nobody dialled it.

    Such a leg is no fault: its row is written before it is dialled, so asking again helps nobody.
    """
    found = await context.work.get(Participant, leg_id)
    if found is None:
        log.error("leg.unknown", leg_id=leg_id, sid=context.webhook.leg.sid)
        return None
    await lock_call(context.work, found.call_id)
    leg = await lock_participant(context.work, leg_id)
    leg.carrier_sid = leg.carrier_sid or context.webhook.leg.sid or None
    return leg


@router.post("/conferences/{call_id}")
async def conference_event(call_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A conference's report. Two say what no other report does: who left, and who is on hold."""

    async def handle(context: WebhookContext) -> str:
        form = context.webhook.conference
        log.info("conference.reported", call_id=call_id, what=form.event)
        one = await _participant_with_sid(context, form.leg_sid)
        if one is not None and form.event is not None:
            await _take_in(context, one, form.event)
        return ""

    return await answer_callback(backend, webhook, handle)


async def _take_in(context: WebhookContext, one: Participant, event: ConferenceEvent) -> None:
    """The caller's leg goes on when a talk ends; nobody but the caller is ever held."""
    is_caller = one.role == ParticipantRole.CALLER
    if event is ConferenceEvent.LEFT and not is_caller:
        leg = await _lock_leg(context, one.id)
        if leg is not None:
            await leg_ended(context.work, leg, status=LegStatus.COMPLETED, at=context.at)
    elif event in HOLDS and is_caller:
        await hold_seen(context.work, one.id, held=event is ConferenceEvent.HELD)


async def _participant_with_sid(context: WebhookContext, sid: str) -> Participant | None:
    query = select(Participant).where(Participant.carrier_sid == sid)
    return (await context.work.exec(query)).first()
