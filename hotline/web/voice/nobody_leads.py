"""No switchboard has led for a while: whoever waits is put through to the duty phone by ourselves.

Meanwhile the call is `closing`, so that a switchboard that comes back cannot tear anybody out of
that talk. Who comes back from it, heard or not, is in the queue again, at the place of before.
"""

from sqlalchemy import text

from hotline.calls.duty_phone import BACK_FROM_IT, WITH_DUTY_PHONE, leave_duty_phone
from hotline.calls.model import CallEvent, CallState, Urgency
from hotline.calls.moving import enter_queue
from hotline.calls.service import add_call_entry, move_call
from hotline.storage.tables import Call, Line
from hotline.web.voice.addresses import CallerAddress
from hotline.web.voice.answering import WebhookContext
from hotline.web.voice.safe_answers import RING_EVERY as RING_AGAIN_EVERY
from hotline.web.voice.safe_answers import ask_duty_phone

# By the database's own clock, as the lease. A new leader needs five seconds, a restart ten.
NOBODY = text(
    "select from leadership where name = 'switchboard'"
    " and expires_at < clock_timestamp() - interval '30 s'"
)

RING_EVERY = {Urgency.CRISIS: 2, Urgency.ROUTINE: RING_AGAIN_EVERY}
"""Rounds between two tries: a phone that is busy answers at once, and a try is no place to wait."""


async def put_through_if_nobody_leads(context: WebhookContext, call: Call) -> str | None:
    """A document for a caller who waits. None: somebody leads, or there is no duty phone."""
    if call.state != CallState.WAITING or not _is_time_to_ring(call):
        return None
    line = await context.work.get_one(Line, call.line_id)
    duty_phone = line.duty_phone or context.backend.settings.duty_phone
    if not duty_phone or (await context.work.sql(NOBODY, {})).first() is None:
        return None
    move_call(context.work, call, CallEvent.DISMISSED, at=context.at, why=WITH_DUTY_PHONE)
    add_call_entry(context.work, call, "call.to_duty_phone", at=context.at)
    call.step, call.turn = WITH_DUTY_PHONE, call.turn + 1
    again = CallerAddress(call_id=call.id, what="wait", turn=call.turn, language=call.language)
    return ask_duty_phone(duty_phone, again)


def _is_time_to_ring(call: Call) -> bool:
    return call.step != BACK_FROM_IT or call.waits % RING_EVERY[Urgency(call.urgency)] == 0


async def take_back(context: WebhookContext, call: Call) -> None:
    """Back from the duty phone. Without a word of ours about a talk, they are looked for again."""
    if call.state == CallState.CLOSING and call.step == WITH_DUTY_PHONE and call.outcome is None:
        leave_duty_phone(call, at=context.at)
        call.step, call.waits = BACK_FROM_IT, 0
        await enter_queue(context.work, call, at=context.at)
