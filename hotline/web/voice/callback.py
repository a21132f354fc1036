"""A caller who waits asks to be called back: whether that can be, and the promise itself.

The promise ends the call and cannot be taken back. So it is made only for a number at which
somebody can be reached, and only when the key is pressed again where that was asked.
"""

from hotline.callbacks.model import Why
from hotline.callbacks.service import owe_callback, owed_to_caller
from hotline.callcontrol.offers import withdraw_offers
from hotline.calls.model import CallEvent, Outcome
from hotline.calls.returning import number_of, tries_at
from hotline.calls.service import add_call_entry, decide_outcome, move_call
from hotline.lines.numbers import can_call_back
from hotline.storage.tables import Call, Line
from hotline.web.voice.answering import WebhookContext
from hotline.web.voice.documents import CONFIRM
from ivr.model import Utterance

NO_NUMBER, NO_WAY = "callback.no_number", "callback.not_possible"


async def ask_to_confirm(context: WebhookContext, call: Call, *, key: str) -> Utterance:
    """The question before the promise; or that there can be none, and the caller keeps waiting."""
    hindrance = await _hindrance(context, call)
    if hindrance is None:
        return Utterance(CONFIRM, call.language, key)
    add_call_entry(
        context.work, call, "callback.impossible", at=context.at, facts={"why": hindrance}
    )
    return Utterance(hindrance, call.language)


async def promise_callback(context: WebhookContext, call: Call) -> None:
    """We owe this caller a call; nobody is rung for them any more. Their place in line is kept."""
    decide_outcome(context.work, call, Outcome.CALLBACK_OWED, at=context.at)
    move_call(context.work, call, CallEvent.DISMISSED, at=context.at)
    await owe_callback(context.work, owed_to_caller(call), why=Why.ASKED, at=context.at)
    await withdraw_offers(context.work, call, at=context.at, reason="callback_promised")


async def _hindrance(context: WebhookContext, call: Call) -> str | None:
    """The prompt that says why there is no way back; None: there is one."""
    if not call.from_index:
        return NO_NUMBER
    line = await context.work.get_one(Line, call.line_id)
    number = number_of(context.backend.vault, call)
    if number is None:
        return NO_NUMBER
    duty_phone = context.backend.settings.duty_phone
    tries = (await tries_at(context.work, [call.from_index]))[call.from_index]
    if tries.marked or tries.guardian:  # a promise that nobody may keep
        return NO_WAY
    can = await can_call_back(context.work, line, number, duty_phone=duty_phone)
    return None if can else NO_WAY
