"""The caller's leg: what it did, then what it hears next.

Every address here does two things: let the webhook change the call where it still fits (the turn
in its query is the present one), then answer with what a caller in that state hears now. So a
repeated, late or lost request can never put a caller anywhere but where the call stands.
"""

import structlog
from fastapi import APIRouter, Response

from hotline.callcontrol.offers import withdraw_offers
from hotline.callcontrol.talks import caller_left, counselor_lost, join
from hotline.calls.model import IN_HAND, CallEvent, CallState, Outcome, Urgency
from hotline.calls.service import (
    call_of_leg,
    decide,
    line_of_number,
    lock_call,
    make_urgent,
    move,
    note,
    put_in_queue,
)
from hotline.escalations.danger import raise_endangered
from hotline.storage.tables import Call, Line
from hotline.telephony.numbers import masked, normalised
from hotline.web.deps import HouseDep
from hotline.web.voice import documents
from hotline.web.voice.answering import Turn, answer_callback, answer_caller
from hotline.web.voice.webhook import WebhookDep
from ivr.model import Outcome as FlowOutcome
from ivr.model import OutcomeKind
from ivr.model import Turn as FlowTurn

log = structlog.get_logger()

router = APIRouter()

KEY_CALLBACK, KEY_DANGER = "2", "9"


@router.post("/incoming")
async def incoming(house: HouseDep, webhook: WebhookDep) -> Response:
    """A call comes in."""
    return await answer_caller(house, webhook, _take_in, documents.sorry(house.settings))


async def _take_in(turn: Turn) -> str:
    leg = turn.webhook.leg
    known = await call_of_leg(turn.work, leg.sid)
    if known is not None:
        return await _answer(turn, known)
    line_id = await line_of_number(turn.work, leg.called)
    if line_id is None:
        log.error("call.number_unknown", sid=leg.sid)
        return documents.sorry(turn.house.settings)
    call = _new_call(turn, line_id)
    turn.work.add(call)
    await turn.work.flush()
    note(turn.work, call, "call.arrived", at=turn.at)
    log.info("call.arrived", call_id=call.id, line_id=line_id)
    return await documents.begin(turn, call)


def _new_call(turn: Turn, line_id: str) -> Call:
    leg = turn.webhook.leg
    call = Call(
        carrier_sid=leg.sid,
        line_id=line_id,
        state=CallState.FLOW,
        from_masked=masked(leg.caller_raw),
        arrived_at=turn.at,
        heard_at=turn.at,
    )
    place = f"call.from.{call.id}"
    call.from_sealed = turn.house.vault.seal(leg.caller_raw, place=place)
    call.from_index = turn.house.vault.index(normalised(leg.caller_raw) or "")
    return call


@router.post("/calls/{call_id}/recording")
async def recording_kept(call_id: str, house: HouseDep, webhook: WebhookDep) -> Response:
    """The carrier's report that a message is on file. Nobody listens for an answer."""

    async def handle(turn: Turn) -> str:
        call = await lock_call(turn.work, call_id)
        facts = {"recording": webhook.fields.get("RecordingSid", "")}
        note(turn.work, call, "message.kept", at=turn.at, facts=facts)
        return ""

    return await answer_callback(house, webhook, handle)


@router.post("/calls/{call_id}/{what}")
async def next_document(
    call_id: str, what: str, house: HouseDep, webhook: WebhookDep, turn: int = -1
) -> Response:
    """The caller's leg asks what to do, after a prompt, a wait, a redirect or a talk."""

    async def handle(now: Turn) -> str:
        call = await lock_call(now.work, call_id)
        call.heard_at = now.at
        if await _is_over(now, call):
            return documents.hang_up()
        change = CHANGES.get(what)
        fresh = change is not None and turn in (call.turn, -1)
        said = await change(now, call) if change is not None and fresh else None
        if what == "wait" and call.state == CallState.CONNECTING:
            return documents.on_the_way_in(call.id)
        return await _answer(now, call, said)

    return await answer_caller(house, webhook, handle, documents.hold_on(call_id))


async def _is_over(turn: Turn, call: Call) -> bool:
    status = turn.webhook.leg.status
    if status is not None and status.over:
        await caller_left(turn.work, call, at=turn.at)
    return call.state == CallState.ENDED


async def _answer(turn: Turn, call: Call, said: FlowTurn | None = None) -> str:
    if call.state == CallState.CONNECTING:
        join(turn.work, call, at=turn.at)
    return await documents.for_caller(turn, call, said)


# ── what the caller did ─────────────────────────────────────────────────────────────────────────


async def _heard_flow(turn: Turn, call: Call) -> FlowTurn | None:
    if call.state != CallState.FLOW:
        return None
    line = await turn.work.get_one(Line, call.line_id)
    said, outcome = documents.proceed(line, call, turn.webhook.leg)
    if outcome is not None:
        await _leave_flow(turn, call, outcome)
    return said


async def _leave_flow(turn: Turn, call: Call, outcome: FlowOutcome) -> None:
    note(turn.work, call, "flow.left", at=turn.at, facts={"outcome": outcome.kind})
    if outcome.kind is OutcomeKind.ENQUEUE:
        put_in_queue(turn.work, call, at=turn.at)
        await turn.work.flush()
        await raise_endangered(turn.work, at=turn.at, number=call.from_index)
    elif outcome.kind is OutcomeKind.VOICEMAIL:
        move(turn.work, call, CallEvent.MESSAGE_STARTED, at=turn.at)
    else:
        decide(turn.work, call, Outcome.TURNED_AWAY, at=turn.at, step=outcome.reason)
        move(turn.work, call, CallEvent.DISMISSED, at=turn.at)


async def _heard_wait(turn: Turn, call: Call) -> None:
    if call.state != CallState.WAITING:
        return
    call.waits += 1
    digits = turn.webhook.leg.digits
    if digits == KEY_DANGER:
        make_urgent(turn.work, call, at=turn.at, why="key_while_waiting")
    elif digits == KEY_CALLBACK and call.urgency != Urgency.CRISIS:
        await _promise_callback(turn, call)


async def _promise_callback(turn: Turn, call: Call) -> None:
    if not call.from_index:  # nobody can call back a number that was withheld: keep waiting
        note(turn.work, call, "callback.impossible", at=turn.at)
        return
    call.callback_wanted = True
    decide(turn.work, call, Outcome.CALLBACK_OWED, at=turn.at)
    move(turn.work, call, CallEvent.DISMISSED, at=turn.at)
    await withdraw_offers(turn.work, call, at=turn.at, reason="callback_promised")


async def _conference_over(turn: Turn, call: Call) -> None:
    if call.state in IN_HAND:
        await counselor_lost(turn.work, call, at=turn.at)


async def _message_taken(turn: Turn, call: Call) -> None:
    if call.state != CallState.MESSAGE:
        return
    seconds = turn.webhook.fields.get("RecordingDuration", "0")
    if seconds.isdecimal() and int(seconds) > 0:
        decide(turn.work, call, Outcome.MESSAGE_LEFT, at=turn.at)
        note(
            turn.work,
            call,
            "message.left",
            at=turn.at,
            facts={"recording": turn.webhook.fields.get("RecordingSid", ""), "seconds": seconds},
        )
    move(turn.work, call, CallEvent.DISMISSED, at=turn.at)


CHANGES = {
    "flow": _heard_flow,
    "wait": _heard_wait,
    "after": _conference_over,
    "message": _message_taken,
}


# ── reports ─────────────────────────────────────────────────────────────────────────────────────


@router.post("/status")
async def caller_status(house: HouseDep, webhook: WebhookDep) -> Response:
    """The number's status callback: the caller's leg changed."""

    async def handle(turn: Turn) -> str:
        call = await call_of_leg(turn.work, webhook.leg.sid)
        status = webhook.leg.status
        if call is None:  # nothing of ours, or the report overtook the call itself
            log.info("status.of_unknown_leg", status=status)
        elif status is not None and status.over:
            await caller_left(turn.work, call, at=turn.at)
        return ""

    return await answer_callback(house, webhook, handle)
