"""The legs we dial for a call: a counselor takes it or not, an interpreter comes in.

Each address says one thing. A word that is none of them is refused: nobody joins a talk by it.
"""

import structlog
from fastapi import APIRouter, Response
from sqlmodel import select

from hotline.callcontrol.arrangement import hold_reported, somebody_is_leaving
from hotline.callcontrol.joins import Way, let_in
from hotline.callcontrol.legs import leg_ended
from hotline.callcontrol.model import (
    HEARD,
    ParticipantEvent,
    ParticipantRole,
    ParticipantState,
    Proof,
    VoiceReach,
    Wanted,
)
from hotline.callcontrol.offers import SOFTPHONE, accept_offer
from hotline.callcontrol.participants import (
    counselor_sid,
    lock_participant,
    move_participant,
    prove_person,
)
from hotline.callcontrol.talks import join_talk
from hotline.calls.model import IN_HAND
from hotline.calls.service import add_call_entry, lock_call
from hotline.ports import LegStatus
from hotline.storage.tables import Call, Line, Participant
from hotline.telephony.status import ConferenceEvent
from hotline.web.deps import Backend, BackendDep
from hotline.web.voice import documents, leg_documents
from hotline.web.voice.answering import (
    WebhookContext,
    WebhookHandler,
    answer_callback,
    answer_caller,
    store_again,
)
from hotline.web.voice.called_back import hear_key, lead_on
from hotline.web.voice.webhook import Webhook, WebhookDep
from ivr.model import DANGER

log = structlog.get_logger()

router = APIRouter()

KEY_TAKE = "1"
HOLDS = (ConferenceEvent.HELD, ConferenceEvent.RESUMED)


@router.post("/legs/{leg_id}/answer")
async def leg_answered(
    leg_id: str, backend: BackendDep, webhook: WebhookDep, danger: str = ""
) -> Response:
    """The phone was picked up, by a person or by a mailbox. `danger`: a key that we carry on."""
    pressed = _pressed(webhook, danger)

    async def handle(context: WebhookContext) -> str:
        leg = await _leg_on_the_line(context, leg_id)
        if leg is None:
            return await _not_wanted(context, leg_id, pressed)
        if leg.role == ParticipantRole.CALLER:
            return await _is_called_back(context, leg, pressed)
        if leg.address.startswith(SOFTPHONE):
            return await _joins(context, leg, Proof.BROWSER)
        if leg.proof:  # known to be a person, or heard by the counselor first
            return await _joins(context, leg, Proof(leg.proof))
        return await _asks_for_key(context, leg)

    return await _answer_leg(backend, webhook, handle, leg_id, pressed)


@router.post("/legs/{leg_id}/take")
async def leg_takes_call(leg_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """A key on a telephone, or none within the time: then a mailbox may have picked up."""
    pressed = webhook.leg.digits

    async def handle(context: WebhookContext) -> str:
        leg = await _leg_on_the_line(context, leg_id)
        if leg is None:
            return await _not_wanted(context, leg_id, pressed)
        if leg.role == ParticipantRole.CALLER:
            return await hear_key(context, leg, pressed)
        if pressed != KEY_TAKE:
            return documents.hang_up()
        return await _joins(context, leg, Proof.KEY)

    return await _answer_leg(backend, webhook, handle, leg_id, pressed)


async def _answer_leg(
    backend: Backend, webhook: Webhook, handle: WebhookHandler, leg_id: str, pressed: str
) -> Response:
    """As any leg, but danger is carried on and kept: whom we called back may press it."""
    danger = pressed == DANGER

    async def keep() -> None:
        if danger:
            name, now = f"danger {webhook.leg.sid}", backend.clock.now()
            await backend.unstored.keep(webhook.entry(name, at=now, danger=True))

    if webhook.again is not None:
        return await store_again(backend, webhook, handle)
    return await answer_caller(
        backend, webhook, handle, lambda: leg_documents.leg_sorry(leg_id, danger=danger), keep=keep
    )


def _pressed(webhook: Webhook, danger: str) -> str:
    return DANGER if danger == "1" else webhook.leg.digits


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


async def _not_wanted(context: WebhookContext, leg_id: str, pressed: str) -> str:
    """Only whom we called back may be somewhere else by now; anybody else is let go."""
    leg = await context.work.get(Participant, leg_id)
    if leg is None or leg.role != ParticipantRole.CALLER:
        return documents.hang_up()
    return await lead_on(context, leg, pressed)


async def _asks_for_key(context: WebhookContext, leg: Participant) -> str:
    """A key tells a person from a mailbox. Nobody is asked for a talk that is over."""
    call = await context.work.get_one(Call, leg.call_id)
    if leg.role != ParticipantRole.COUNSELOR and call.state not in IN_HAND:
        return documents.hang_up()
    line = await context.work.get_one(Line, call.line_id)
    return leg_documents.ask_person(line, leg, call)


async def _is_called_back(context: WebhookContext, leg: Participant, pressed: str) -> str:
    """Whom we called picks up: a few neutral words, then the counselor who waits for them.

    Nobody waits for whom the system called: a key says first that it is them.
    """
    call = await context.work.get_one(Call, leg.call_id)
    if call.counselor_id is None:
        return await hear_key(context, leg, pressed)
    picked_up = await join_talk(context.work, call, at=context.at)
    call.heard_at = context.at
    call.turn += 1
    if picked_up:
        return documents.is_called_back(call)
    return documents.for_caller(await context.work.get_one(Line, call.line_id), call)


async def _joins(context: WebhookContext, leg: Participant, proof: Proof) -> str:
    """A person is there, whoever it is: only now into the talk."""
    prove_person(leg, proof)
    match ParticipantRole(leg.role):
        case ParticipantRole.INTERPRETER:
            return await _interpreter_joins(context, leg)
        case ParticipantRole.COUNSELOR:
            return await _counselor_joins(context, leg)
        case _:
            return await _comes_beside(context, leg)


async def _comes_beside(context: WebhookContext, leg: Participant) -> str:
    """A colleague, a guest or a supervisor, as long as the talk goes on."""
    call = await context.work.get_one(Call, leg.call_id)
    way = await let_in(context.work, call, leg, at=context.at)
    if way is Way.TOO_LATE:
        return documents.hang_up()
    if way is Way.WAITS:
        return leg_documents.leg_waits(leg.id)
    coached = await counselor_sid(context.work, call)
    if leg.voice == VoiceReach.COACH and not coached:
        leg.voice = VoiceReach.MUTED  # a whisper that nobody is there for must not be heard by all
    return leg_documents.comes_beside(leg, call.language, coached)


async def _counselor_joins(context: WebhookContext, leg: Participant) -> str:
    if await somebody_is_leaving(context.work, leg.call_id):
        return leg_documents.leg_waits(leg.id)
    taken = await accept_offer(context.work, leg, at=context.at)
    return leg_documents.counselor_joins(leg) if taken else documents.hang_up()


async def _interpreter_joins(context: WebhookContext, leg: Participant) -> str:
    """As long as there is a talk to come into."""
    call = await context.work.get_one(Call, leg.call_id)
    if call.state not in IN_HAND:
        return documents.hang_up()
    if move_participant(context.work, leg, ParticipantEvent.JOINED, at=context.at):
        add_call_entry(context.work, call, "interpreter.joined", at=context.at)
    return leg_documents.interpreter_joins(leg)


async def _lock_leg(context: WebhookContext, leg_id: str) -> Participant | None:
    """The leg, locked; its call is locked first, as everywhere. None where nobody dialled it.

    Such a leg is no fault: its row is written before it is dialled, so asking again helps nobody.
    """
    found = await context.work.get(Participant, leg_id)
    if found is None:
        log.error("leg.unknown", leg_id=leg_id, sid=context.webhook.leg.sid)
        return None
    call = await lock_call(context.work, found.call_id)
    leg = await lock_participant(context.work, leg_id)
    leg.carrier_sid = leg.carrier_sid or context.webhook.leg.sid or None
    if leg.role == ParticipantRole.CALLER and leg.carrier_sid:
        call.carrier_sid = leg.carrier_sid
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
        await hold_reported(context.work, one.id, held=event is ConferenceEvent.HELD)


async def _participant_with_sid(context: WebhookContext, sid: str) -> Participant | None:
    query = select(Participant).where(Participant.carrier_sid == sid)
    return (await context.work.exec(query)).first()
