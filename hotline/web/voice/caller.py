"""The caller's leg: what it did, then what it hears next.

Every address here does two things: let the webhook change the call where it still fits (the turn
in its query is the present one), then answer with what a caller in that state hears now. So a
repeated, late or lost request can never put a caller anywhere but where the call stands.
"""

from dataclasses import replace

import structlog
from fastapi import APIRouter, Response

from hotline.callcontrol.talks import caller_left, join_talk
from hotline.calls.duty_phone import WITH_DUTY_PHONE
from hotline.calls.flow import begin_flow
from hotline.calls.model import CallState
from hotline.calls.places import place_news
from hotline.calls.service import (
    add_call_entry,
    call_of_leg,
)
from hotline.escalations.put_through import is_blocked
from hotline.floor.wishes import is_kept_for_gender
from hotline.lines.flows import flow_of
from hotline.lines.numbers import NO_LINE
from hotline.recordings.notice import notice_due
from hotline.storage.tables import Call, Line
from hotline.web.deps import Backend, BackendDep
from hotline.web.voice import documents
from hotline.web.voice.addresses import AFTER, FALLBACK, PARTED, CallerAddress, read_address
from hotline.web.voice.answering import (
    WebhookContext,
    answer_callback,
    answer_caller,
    store_again,
    xml,
)
from hotline.web.voice.arrivals import (
    account_for,
    call_asking,
    call_of_message,
    line_dialled,
    write_down,
)
from hotline.web.voice.closed import words_when_closed
from hotline.web.voice.heard import (
    CHANGES,
    WAITING_ROUNDS,
    hear_danger,
    hear_late_refusal,
    hear_message,
)
from hotline.web.voice.how_it_was import hear_how_it_was
from hotline.web.voice.nobody_leads import put_through_if_nobody_leads, take_back
from hotline.web.voice.plain_calls import end_at_once, take_in_at_once
from hotline.web.voice.safe_answers import (
    ask_duty_phone,
    safe_answer,
)
from hotline.web.voice.telling import keep_what_it_tells, replayed, tells_the_end
from hotline.web.voice.webhook import Webhook, WebhookDep
from ivr.model import Utterance

log = structlog.get_logger()

router = APIRouter()


@router.post("/incoming")
async def incoming(backend: BackendDep, webhook: WebhookDep) -> Response:
    """A call comes in, or asks again because we could not write it down before."""
    document = None if webhook.again else await take_in_at_once(backend, webhook)
    if document is not None:
        return xml(document)
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
        if await hear_message(context, call):
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

    async def keep() -> None:
        await keep_what_it_tells(backend, webhook, address)

    def safe() -> str:
        return safe_answer(backend, webhook, address)

    if webhook.again is not None:
        return await store_again(backend, webhook, replayed(webhook.again, address))
    return await answer_caller(backend, webhook, handle, safe, repeat, keep=keep)


async def _lead_on(context: WebhookContext, address: CallerAddress) -> str:
    """What the caller did counts where it still fits; then they hear what is next."""
    call = await call_asking(context, address)
    if call is None:
        return await _take_in(context, address)
    call.heard_at = context.at
    said: documents.CallerWords = await hear_danger(context, call, address)
    if address.what == "message":
        await hear_message(context, call)
    said = said or await hear_how_it_was(context, call, address)
    if await _is_over(context, call):
        return documents.hang_up()
    if call.line_id == NO_LINE:
        return documents.sorry(context.backend.settings)
    await take_back(context, call)
    await hear_late_refusal(context, call, address)
    if address.what in CHANGES and (address.call_id, address.turn) == (call.id, call.turn):
        said = await CHANGES[address.what](context, call) or said
    instead = await _elsewhere(context, call, address)
    return await _answer(context, call, said) if instead is None else instead


async def _elsewhere(context: WebhookContext, call: Call, address: CallerAddress) -> str | None:
    """For whom the call's state alone does not say what they hear."""
    if address.what == PARTED and call.state == CallState.CLOSING:
        return documents.hang_up()
    waits = address.what in WAITING_ROUNDS
    if call.state == CallState.CONNECTING and (waits or address.what == AFTER):
        call.turn += 1
        return documents.on_the_way_in(call)
    return await put_through_if_nobody_leads(context, call) if waits else None


async def _take_in(context: WebhookContext, address: CallerAddress) -> str:
    line = await line_dialled(context)
    call = await write_down(context, line)
    if call is None or line.id == NO_LINE:
        return documents.sorry(context.backend.settings)
    said = await hear_danger(context, call, address)
    if await _is_over(context, call):
        return documents.hang_up()
    duty_phone = line.duty_phone or context.backend.settings.duty_phone
    if address.what == FALLBACK and duty_phone and said is None:
        call.step = WITH_DUTY_PHONE
        add_call_entry(context.work, call, "call.to_duty_phone", at=context.at)
        return ask_duty_phone(duty_phone, address.asked_again(danger=False))
    return await _answer(context, call, said)


async def _is_over(context: WebhookContext, call: Call) -> bool:
    if tells_the_end(context.webhook):
        await caller_left(context.work, call, at=context.at)
    return call.state == CallState.ENDED


async def _answer(context: WebhookContext, call: Call, said: documents.CallerWords = None) -> str:
    """What the caller hears next. Each answer is a turn: its address says which."""
    at_door = call.state == CallState.CONNECTING
    if at_door:
        await join_talk(context.work, call, at=context.at)
    line = await context.work.get_one(Line, call.line_id)
    if call.state == CallState.FLOW and said is None:
        said = begin_flow(flow_of(line), call)
        if await is_blocked(context.work, call, at=context.at):
            call.turn += 1
            return documents.part_with(line, call, "caller.blocked")
    if call.state == CallState.MESSAGE and said is None:
        said = await words_when_closed(context.work, call, at=context.at)
    call.turn += 1
    first_round = call.state == CallState.WAITING and call.waits == 0
    kept = first_round and await is_kept_for_gender(context.work, call, line)
    notice = notice_due(line, call, at_door=at_door)
    answered = isinstance(said, Utterance)
    news = None if answered else await place_news(context.work, call, at=context.at)
    return documents.for_caller(line, call, said, kept=kept, news=news, notice=notice)


# ── reports ─────────────────────────────────────────────────────────────────────────────────────


@router.post("/status")
async def caller_status(backend: BackendDep, webhook: WebhookDep) -> Response:
    """The number's status callback: the caller's leg changed.

    Of a leg that is not over it says nothing that its own requests do not say.
    """
    leg = webhook.leg
    if not leg.sid or leg.status is None or not leg.status.over:
        return Response(status_code=204)
    if webhook.again is None and await end_at_once(backend, webhook):
        return Response(status_code=204)

    async def handle(context: WebhookContext) -> str:
        call = await call_of_leg(context.work, leg.sid) or await account_for(context)
        if call is not None:
            await caller_left(context.work, call, at=context.at)
        return ""

    return await answer_callback(backend, webhook, handle)
