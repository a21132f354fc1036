"""The caller's leg: what it did, then what it hears next.

Every address here does two things: let the webhook change the call where it still fits (the turn
in its query is the present one), then answer with what a caller in that state hears now. So a
repeated, late or lost request can never put a caller anywhere but where the call stands.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

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
    make_urgent,
    move_call,
    put_in_queue,
)
from hotline.escalations.danger import raise_endangered
from hotline.floor.wishes import is_kept_for_gender
from hotline.lines.flows import flow_of
from hotline.lines.numbers import NO_LINE
from hotline.storage.tables import Call, Line
from hotline.web.deps import Backend, BackendDep
from hotline.web.voice import documents
from hotline.web.voice.addresses import FALLBACK, WAIT, CallerAddress, read_address
from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.arrivals import (
    CARRIED_ON,
    account_for,
    call_asking,
    call_of_message,
    line_dialled,
    store_danger,
    write_down,
)
from hotline.web.voice.callback import ask_to_confirm, promise_callback
from hotline.web.voice.safe_answers import (
    ask_duty_phone,
    hears_danger,
    safe_answer,
    says_danger,
)
from hotline.web.voice.webhook import Webhook, WebhookDep
from ivr.model import FlowOutcome, FlowReply, Heard, OutcomeKind, Utterance

log = structlog.get_logger()

router = APIRouter()

KEY_MESSAGE, KEY_DANGER = "8", "9"
ROUNDS = (WAIT, "callback")
"""Documents that a waiting caller hears; the second asks whether a callback is really wanted."""
LEAVING = (CallState.MESSAGE, CallState.CLOSING)
"""Nobody is looked for any more; danger changes that, up to the end of the last words."""
IN_MENU, ELSEWHERE = "key_in_menu", "key_while_waiting"
DUTY_PHONE = "duty_phone"  # the step of a caller who was put through there


@router.post("/incoming")
async def incoming(backend: BackendDep, webhook: WebhookDep) -> Response:
    """A call comes in, or asks again because we could not write it down before."""
    return await _answer_leg(backend, webhook, read_address(webhook.address))


@router.post("/calls/{call_id}/recording")
async def recording_kept(backend: BackendDep, webhook: WebhookDep, line: str = "") -> Response:
    """The carrier's report that a message is on file. Nobody listens for an answer."""
    address = read_address(webhook.address)

    async def handle(context: WebhookContext) -> str:
        call = await call_asking(context, address) or await call_of_message(context, line)
        if call is None:
            log.error("message.of_unknown_call", sid=webhook.leg.sid)
            return ""
        _hear_message(context, call)
        facts = {"recording": webhook.fields.get("RecordingSid", "")}
        add_call_entry(context.work, call, "message.kept", at=context.at, facts=facts)
        return ""

    return await answer_callback(backend, webhook, handle)


@router.post("/calls/{call_id}/{what}")
async def next_document(backend: BackendDep, webhook: WebhookDep) -> Response:
    """The caller's leg asks what to do, after a prompt, a wait, a redirect or a talk."""
    return await _answer_leg(backend, webhook, read_address(webhook.address))


@router.api_route("/fallback", methods=["GET", "POST"])
async def fallback(backend: BackendDep, webhook: WebhookDep) -> Response:
    """What the carrier asks for when another address failed: it leads on as that would have."""
    failed = read_address(webhook.fields.get("ErrorUrl", ""))
    log.error("webhook.fell_back", code=webhook.fields.get("ErrorCode", ""), what=failed.what)
    address = failed if failed.call_id else replace(failed, what=FALLBACK)
    return await _answer_leg(backend, webhook, address)


async def _answer_leg(backend: Backend, webhook: Webhook, address: CallerAddress) -> Response:
    async def handle(context: WebhookContext) -> str:
        return await _lead_on(context, address)

    async def repeat(context: WebhookContext, kept: str) -> str:
        """Where the call has moved on since, this is no repeat: nothing old may be said to it."""
        call = await call_asking(context, address)
        if call is None or documents.is_newest(kept, call):
            return kept
        return await _lead_on(context, replace(address, turn=None))

    def safe() -> str:
        sid = webhook.leg.sid
        if sid and hears_danger(backend, webhook, address):
            backend.unstored.keep(f"danger {sid}", lambda: store_danger(backend, sid))
        return safe_answer(backend, webhook, address)

    return await answer_caller(backend, webhook, handle, safe, repeat)


async def _lead_on(context: WebhookContext, address: CallerAddress) -> str:
    """What the caller did counts where it still fits; then they hear what is next."""
    call = await call_asking(context, address)
    if call is None:
        return await _take_in(context, address)
    call.heard_at = context.at
    said: documents.CallerWords = await _hear_danger(context, call, address)
    if address.what == "message":
        _hear_message(context, call)
    if await _is_over(context, call):
        return documents.hang_up()
    if call.line_id == NO_LINE:
        return documents.sorry(context.backend.settings)
    if address.what in CHANGES and (address.call_id, address.turn) == (call.id, call.turn):
        said = await CHANGES[address.what](context, call) or said
    if address.what in ROUNDS and call.state == CallState.CONNECTING:
        call.turn += 1
        return documents.on_the_way_in(call)
    return await _answer(context, call, said)


async def _take_in(context: WebhookContext, address: CallerAddress) -> str:
    line = await line_dialled(context)
    call = await write_down(context, line)
    if call is None or line.id == NO_LINE:
        return documents.sorry(context.backend.settings)
    said = await _hear_danger(context, call, address)
    if await _is_over(context, call):
        return documents.hang_up()
    duty_phone = line.duty_phone or context.backend.settings.duty_phone
    if address.what == FALLBACK and duty_phone and said is None:
        call.step = DUTY_PHONE
        add_call_entry(context.work, call, "call.to_duty_phone", at=context.at)
        return ask_duty_phone(duty_phone, address.asked_again(danger=False))
    return await _answer(context, call, said)


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
    first_round = call.state == CallState.WAITING and call.waits == 0
    kept = first_round and await is_kept_for_gender(context.work, call, line)
    return documents.for_caller(line, call, said, kept=kept)


# ── what the caller did ─────────────────────────────────────────────────────────────────────────


async def _hear_danger(
    context: WebhookContext, call: Call, address: CallerAddress
) -> Utterance | None:
    """One way, at any turn and from any document. Who was not with people yet goes there now."""
    line = await context.work.get_one(Line, call.line_id)
    if not says_danger(context.webhook, address, flow_of(line).danger_words):
        return None
    in_flow = call.state == CallState.FLOW
    why = CARRIED_ON if address.danger else IN_MENU if in_flow else ELSEWHERE
    make_urgent(context.work, call, at=context.at, why=why)
    if in_flow:
        leg = context.webhook.leg
        heard = Heard(KEY_DANGER) if address.danger else Heard(leg.digits, leg.speech)
        reply = hear_in_flow(context.work, flow_of(line), call, heard, at=context.at)
        if isinstance(reply.then, FlowOutcome):
            await _leave_flow(context, call, reply.then)
    elif call.state in LEAVING and call.line_id != NO_LINE:
        put_in_queue(context.work, call, at=context.at)
    return Utterance("wait.crisis", call.language) if call.state == CallState.WAITING else None


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
    if call.state != CallState.WAITING:
        return None
    call.waits += 1
    digits = context.webhook.leg.digits
    if digits == KEY_MESSAGE and call.alarm_step and call.urgency != Urgency.CRISIS:
        move_call(context.work, call, CallEvent.MESSAGE_STARTED, at=context.at)
        await withdraw_offers(context.work, call, at=context.at, reason="leaves_message")
        return None
    key = await _callback_key(context, call)
    if key is None or digits != key:
        return None
    return await ask_to_confirm(context, call, key=key)


async def _heard_confirmation(context: WebhookContext, call: Call) -> Utterance | None:
    key = await _callback_key(context, call)
    if call.state != CallState.WAITING or context.webhook.leg.digits != key:
        return await _heard_wait(context, call)
    await promise_callback(context, call)
    return None


async def _callback_key(context: WebhookContext, call: Call) -> str | None:
    """None: a caller in danger is not sent away."""
    line = await context.work.get_one(Line, call.line_id)
    return None if call.urgency == Urgency.CRISIS else flow_of(line).free_key


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


CHANGES: Mapping[str, Callable[[WebhookContext, Call], Awaitable[documents.CallerWords]]] = {
    "flow": _heard_flow,
    "wait": _heard_wait,
    "callback": _heard_confirmation,
    "after": _conference_over,
    "message": _message_taken,
}


# ── reports ─────────────────────────────────────────────────────────────────────────────────────


@router.post("/status")
async def caller_status(backend: BackendDep, webhook: WebhookDep) -> Response:
    """The number's status callback: the caller's leg changed."""

    async def handle(context: WebhookContext) -> str:
        leg = webhook.leg
        if leg.sid and leg.status is not None and leg.status.over:
            call = await call_of_leg(context.work, leg.sid) or await account_for(context)
            if call is not None:
                await caller_left(context.work, call, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)
