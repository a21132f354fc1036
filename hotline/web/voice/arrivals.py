"""Whose call it is that asks: one we know, a new one, or one that nobody wrote down in time.

Every signed form of a caller's leg says enough to write the call down late: in = out, whatever
failed before. No id of ours that is unknown is asked for again: nobody can make it known.
"""

import json
from contextlib import suppress
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError

from hotline.callers.where import PlaceSource, division_of
from hotline.calls.model import CallEvent, CallState, Outcome
from hotline.calls.service import (
    add_call_entry,
    call_of_leg,
    decide_outcome,
    lock_call,
    move_call,
)
from hotline.errors import Invalid, NotFound
from hotline.lines.numbers import NO_LINE, line_of_number, no_line
from hotline.numbers import OF_A_PERSON, masked
from hotline.storage.sealed import seal_cell
from hotline.storage.tables import Call, Line
from hotline.telephony.origin import read_origin
from hotline.web.deps import Backend
from hotline.web.voice.addresses import CallerAddress
from hotline.web.voice.answering import WebhookContext
from hotline.web.voice.webhook import Webhook

log = structlog.get_logger()

ARRIVED = "call.arrived"
CARRIED_ON = "key_carried_on"  # pressed while we failed
NOT_TAKEN_IN = "not_taken_in"  # the step of a caller whom no flow has met


async def call_asking(context: WebhookContext, address: CallerAddress) -> Call | None:
    """By our id or by the carrier's. None: not written down yet, or lost with a database."""
    if address.call_id:
        with suppress(NotFound):
            return await lock_call(context.work, address.call_id)
    return await call_of_leg(context.work, context.webhook.leg.sid)


async def line_dialled(context: WebhookContext) -> Line:
    """The line behind the number that was dialled; a number of none is counted at `NO_LINE`."""
    leg, work = context.webhook.leg, context.work
    line_id = await line_of_number(work, leg.called)
    line = await work.get_one(Line, line_id or await no_line(work))
    if line_id is None:
        log.error("call.number_unknown", sid=leg.sid)
    else:
        context.backend.lines.remember(leg.called, line)
    return line


async def write_down(context: WebhookContext, line: Line) -> Call | None:
    """A new call, or the one that another request about this leg has just written."""
    leg, work = context.webhook.leg, context.work
    if not leg.sid:  # a call that could never be told from another
        raise Invalid
    if is_ours(context.webhook):
        return None
    try:
        async with work.begin_nested():
            call = new_call(context.backend, context.webhook, line.id, at=context.at)
            work.add(call)
            await work.flush()
    except IntegrityError:
        return await call_of_leg(work, leg.sid)
    add_call_entry(work, call, ARRIVED, at=context.at)
    log.info("call.arrived", call_id=call.id, line_id=line.id)
    if line.id == NO_LINE:
        _turn_away(context, call)
    return call


def is_ours(webhook: Webhook) -> bool:
    """Whether we dialled this leg: nobody called."""
    return webhook.fields.get("Direction", "").startswith("outbound")


def _turn_away(context: WebhookContext, call: Call) -> None:
    """A number of no line: counted as that."""
    step = "number_unknown"
    decide_outcome(context.work, call, Outcome.TURNED_AWAY, at=context.at, step=step)
    move_call(context.work, call, CallEvent.DISMISSED, at=context.at)


def new_call(backend: Backend, webhook: Webhook, line_id: str, *, at: datetime) -> Call:
    """The row of a call as its first request tells of it. Not stored yet."""
    leg = webhook.leg
    origin = read_origin(leg.caller_raw, webhook.fields, is_ours=backend.lines.is_ours)
    call = Call(
        carrier_sid=leg.sid,
        line_id=line_id,
        state=CallState.FLOW,
        step=NOT_TAKEN_IN,
        from_masked=masked(origin.raw),
        number_kind=origin.kind,
        arrived_at=at,
        heard_at=at,
    )
    if origin.kind in OF_A_PERSON and origin.number:
        call.place_code, call.place_source = division_of(origin.number), PlaceSource.NUMBER
    vault = backend.vault
    call.from_sealed = seal_cell(vault, call, "from_sealed", origin.raw)
    call.from_index = vault.index(origin.number or "")
    if origin.sent:
        sent = json.dumps(dict(origin.sent), ensure_ascii=False)
        call.sent_sealed = seal_cell(vault, call, "sent_sealed", sent)
    return call


async def account_for(context: WebhookContext) -> Call | None:
    """A caller who left before we could take them in counts all the same: in = out."""
    if not context.webhook.leg.called:  # nobody dialled us: a leg of somebody else
        return None
    return await write_down(context, await line_dialled(context))


async def call_of_message(context: WebhookContext, line_id: str) -> Call | None:
    """For a message whose call was lost with a database: only the address says which line."""
    line = await context.work.get(Line, line_id)
    if line is None or not context.webhook.leg.sid:
        return None
    call = await write_down(context, line)
    if call is not None:
        move_call(context.work, call, CallEvent.MESSAGE_STARTED, at=context.at)
    return call
