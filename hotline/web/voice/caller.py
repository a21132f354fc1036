"""The caller's leg: what it did, then what it hears next.

Every address here does two things: let the webhook change the call where it still fits (the turn
in its query is the present one), then answer with what a caller in that state hears now. So a
repeated, late or lost request can never put a caller anywhere but where the call stands.
"""

import structlog
from fastapi import APIRouter, Response

from hotline.callcontrol.offers import withdraw_offers
from hotline.callcontrol.talks import caller_left, counselor_lost, join_talk
from hotline.calls.flow import begin_flow, hear_in_flow
from hotline.calls.model import IN_HAND, CallEvent, CallState, Outcome, Urgency
from hotline.calls.service import (
    add_call_entry,
    call_of_leg,
    decide_outcome,
    keep_message,
    line_of_number,
    lock_call,
    make_urgent,
    move_call,
    put_in_queue,
)
from hotline.errors import NotFound
from hotline.escalations.danger import raise_endangered
from hotline.lines.flows import flow_of
from hotline.storage.tables import Call, Line
from hotline.telephony.numbers import masked, normalised
from hotline.web.deps import BackendDep
from hotline.web.voice import documents
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep
from ivr.model import FlowOutcome, FlowReply, Heard, OutcomeKind, Utterance

log = structlog.get_logger()

router = APIRouter()

KEY_CALLBACK, KEY_MESSAGE, KEY_DANGER = "2", "8", "9"


@router.post("/incoming")
async def incoming(backend: BackendDep, webhook: WebhookDep) -> Response:
    """A call comes in."""
    return await answer_caller(backend, webhook, _take_in, documents.sorry(backend.settings))


async def _take_in(context: WebhookContext) -> str:
    leg = context.webhook.leg
    known = await call_of_leg(context.work, leg.sid)
    if known is not None:
        return await _answer(context, known)
    line_id = await line_of_number(context.work, leg.called)
    if line_id is None:
        log.error("call.number_unknown", sid=leg.sid)
        return documents.sorry(context.backend.settings)
    call = _new_call(context, line_id)
    context.work.add(call)
    await context.work.flush()
    add_call_entry(context.work, call, "call.arrived", at=context.at)
    log.info("call.arrived", call_id=call.id, line_id=line_id)
    return await _answer(context, call)


async def _take_in_again(context: WebhookContext) -> str:
    status = context.webhook.leg.status
    if status is not None and status.over:
        return documents.hang_up()
    log.error("call.unknown", sid=context.webhook.leg.sid)
    return await _take_in(context)


def _new_call(context: WebhookContext, line_id: str) -> Call:
    leg = context.webhook.leg
    call = Call(
        carrier_sid=leg.sid,
        line_id=line_id,
        state=CallState.FLOW,
        from_masked=masked(leg.caller_raw),
        arrived_at=context.at,
        heard_at=context.at,
    )
    place = f"call.from.{call.id}"
    call.from_sealed = context.backend.vault.seal(leg.caller_raw, place=place)
    call.from_index = context.backend.vault.index(normalised(leg.caller_raw) or "")
    return call


@router.post("/calls/{call_id}/recording")
async def recording_kept(call_id: str, backend: BackendDep, webhook: WebhookDep) -> Response:
    """The carrier's report that a message is on file. Nobody listens for an answer."""

    async def handle(context: WebhookContext) -> str:
        call = await lock_call(context.work, call_id)
        _hear_message(context, call)
        facts = {"recording": webhook.fields.get("RecordingSid", "")}
        add_call_entry(context.work, call, "message.kept", at=context.at, facts=facts)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/calls/{call_id}/{what}")
async def next_document(
    call_id: str, what: str, backend: BackendDep, webhook: WebhookDep, turn: int = -1
) -> Response:
    """The caller's leg asks what to do, after a prompt, a wait, a redirect or a talk."""

    async def handle(context: WebhookContext) -> str:
        try:
            call = await lock_call(context.work, call_id)
        except NotFound:  # lost with a database that failed over: the child is still there
            return await _take_in_again(context)
        call.heard_at = context.at
        if what == "message":
            _hear_message(context, call)
        if await _is_over(context, call):
            return documents.hang_up()
        change = CHANGES.get(what)
        fresh = change is not None and turn in (call.turn, -1)
        said = await change(context, call) if change is not None and fresh else None
        if what == "wait" and call.state == CallState.CONNECTING:
            return documents.on_the_way_in(call)
        return await _answer(context, call, said)

    safe = documents.hold_on(call_id, what, turn)
    return await answer_caller(backend, webhook, handle, safe)


async def _is_over(context: WebhookContext, call: Call) -> bool:
    status = context.webhook.leg.status
    if status is not None and status.over:
        await caller_left(context.work, call, at=context.at)
    return call.state == CallState.ENDED


async def _answer(context: WebhookContext, call: Call, said: documents.CallerWords = None) -> str:
    """What the caller hears next. Each answer is a turn: its address says which."""
    if call.state == CallState.CONNECTING:
        await join_talk(context.work, call, at=context.at)
    line = await context.work.get_one(Line, call.line_id)
    if call.state == CallState.FLOW and said is None:
        said = begin_flow(flow_of(line), call)
    call.turn += 1
    return documents.for_caller(line, call, said)


# ── what the caller did ─────────────────────────────────────────────────────────────────────────


async def _heard_flow(context: WebhookContext, call: Call) -> FlowReply | None:
    if call.state != CallState.FLOW:
        return None
    line = await context.work.get_one(Line, call.line_id)
    leg = context.webhook.leg
    heard = Heard(leg.digits, leg.speech)
    said = hear_in_flow(context.work, flow_of(line), call, heard, at=context.at)
    if isinstance(said.then, FlowOutcome):
        await _leave_flow(context, call, said.then)
    return said


async def _leave_flow(context: WebhookContext, call: Call, outcome: FlowOutcome) -> None:
    add_call_entry(context.work, call, "flow.left", at=context.at, facts={"outcome": outcome.kind})
    if outcome.kind is OutcomeKind.ENQUEUE:
        put_in_queue(context.work, call, at=context.at)
        await context.work.flush()
        await raise_endangered(context.work, at=context.at, number=call.from_index)
    elif outcome.kind is OutcomeKind.VOICEMAIL:
        move_call(context.work, call, CallEvent.MESSAGE_STARTED, at=context.at)
    else:
        decide_outcome(context.work, call, Outcome.TURNED_AWAY, at=context.at, step=outcome.reason)
        move_call(context.work, call, CallEvent.DISMISSED, at=context.at)


async def _heard_wait(context: WebhookContext, call: Call) -> Utterance | None:
    digits = context.webhook.leg.digits
    if digits == KEY_DANGER:  # also where somebody has taken the call in this very moment
        make_urgent(context.work, call, at=context.at, why="key_while_waiting")
    if call.state != CallState.WAITING:
        return None
    call.waits += 1
    if digits == KEY_DANGER:
        return Utterance("wait.crisis", call.language)
    if digits == KEY_CALLBACK and call.urgency != Urgency.CRISIS:
        return await _promise_callback(context, call)
    if digits == KEY_MESSAGE and call.alarm_step and call.urgency != Urgency.CRISIS:
        move_call(context.work, call, CallEvent.MESSAGE_STARTED, at=context.at)
        await withdraw_offers(context.work, call, at=context.at, reason="leaves_message")
    return None


async def _promise_callback(context: WebhookContext, call: Call) -> Utterance | None:
    if not call.from_index:  # nobody can call back a number that was withheld: keep waiting
        add_call_entry(context.work, call, "callback.impossible", at=context.at)
        return Utterance("callback.no_number", call.language)
    decide_outcome(context.work, call, Outcome.CALLBACK_OWED, at=context.at)
    move_call(context.work, call, CallEvent.DISMISSED, at=context.at)
    await withdraw_offers(context.work, call, at=context.at, reason="callback_promised")
    return None


async def _conference_over(context: WebhookContext, call: Call) -> None:
    if call.state in IN_HAND:
        await counselor_lost(context.work, call, at=context.at)


async def _message_taken(context: WebhookContext, call: Call) -> None:
    if call.state == CallState.MESSAGE:
        move_call(context.work, call, CallEvent.DISMISSED, at=context.at)


def _hear_message(context: WebhookContext, call: Call) -> None:
    """Where one was left. Before the end of the call is looked at: it may come with that."""
    fields = context.webhook.fields
    seconds = fields.get("RecordingDuration", "0")
    if seconds.isdecimal() and int(seconds) > 0:
        facts = {"recording": fields.get("RecordingSid", ""), "seconds": seconds}
        keep_message(context.work, call, at=context.at, facts=facts)


CHANGES = {
    "flow": _heard_flow,
    "wait": _heard_wait,
    "after": _conference_over,
    "message": _message_taken,
}


# ── reports ─────────────────────────────────────────────────────────────────────────────────────


@router.post("/status")
async def caller_status(backend: BackendDep, webhook: WebhookDep) -> Response:
    """The number's status callback: the caller's leg changed."""

    async def handle(context: WebhookContext) -> str:
        call = await call_of_leg(context.work, webhook.leg.sid)
        status = webhook.leg.status
        if call is None:  # nothing of ours, or the report overtook the call itself
            log.info("status.of_unknown_leg", status=status)
        elif status is not None and status.over:
            await caller_left(context.work, call, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)
