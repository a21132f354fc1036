"""What the caller did, and what it means for the call: keys, words, silence, a message."""

from collections.abc import Awaitable, Callable, Mapping

from hotline.callcontrol.keypad import QUESTION, hear_keys, is_asked_keys
from hotline.callcontrol.offers import withdraw_offers
from hotline.callcontrol.talks import counselor_lost
from hotline.calls.flow import hear_in_flow
from hotline.calls.model import CallEvent, CallState, Outcome, Urgency
from hotline.calls.moving import enter_queue
from hotline.calls.service import (
    add_call_entry,
    decide_outcome,
    make_urgent,
    move_call,
)
from hotline.lines.flows import flow_of
from hotline.lines.numbers import NO_LINE
from hotline.messages.service import hear_silence, take_message
from hotline.recordings.consent import refuse_recording
from hotline.recordings.service import hear_notice
from hotline.storage.tables import Call, Line
from hotline.web.voice import documents
from hotline.web.voice.addresses import AFTER, NOTICED, PARTED, WAIT, CallerAddress, read_count
from hotline.web.voice.answering import WebhookContext
from hotline.web.voice.arrivals import CARRIED_ON
from hotline.web.voice.callback import ask_to_confirm, promise_callback
from hotline.web.voice.calm import hear_calm_key
from hotline.web.voice.closed import lead_to_people
from hotline.web.voice.how_it_was import ask_after_talk
from hotline.web.voice.rounds import KEY_MESSAGE
from hotline.web.voice.safe_answers import says_danger
from ivr.model import FlowOutcome, Heard, OutcomeKind, Utterance

KEY_DANGER = "9"
KEY_UNRECORDED = "*"  # no menu has it
LEAVING = (CallState.MESSAGE, CallState.CLOSING)
"""Nobody is looked for any more; danger changes that, up to the end of the last words."""
IN_MENU, ELSEWHERE = "key_in_menu", "key_while_waiting"
WAITING_ROUNDS = (WAIT, NOTICED, "callback")
"""Documents that a waiting caller hears: the second ends with the notice that talks are recorded,
the third asks whether a callback is really wanted."""
BLOCKED = "blocked"  # the step at which a caller is turned away whose number is blocked


async def hear_danger(
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
        await enter_queue(context.work, call, at=context.at)
    return Utterance("wait.crisis", call.language) if call.state == CallState.WAITING else None


async def _heard_flow(context: WebhookContext, call: Call) -> documents.CallerWords:
    if call.state != CallState.FLOW:
        return None
    line = await context.work.get_one(Line, call.line_id)
    leg = context.webhook.leg
    heard = Heard(leg.digits, leg.speech)
    said = hear_in_flow(context.work, flow_of(line), call, heard, at=context.at)
    if isinstance(said.then, FlowOutcome):
        closed = await _leave_flow(context, call, said.then)
        return closed or said  # "we connect you" would be no word for a closed line
    return said


async def _leave_flow(
    context: WebhookContext, call: Call, outcome: FlowOutcome
) -> Utterance | None:
    """Returns what is said instead of the flow's words, where the line is closed."""
    add_call_entry(context.work, call, "flow.left", at=context.at, facts={"outcome": outcome.kind})
    if outcome.kind is OutcomeKind.ENQUEUE:
        return await lead_to_people(context.work, call, at=context.at)
    if outcome.kind is OutcomeKind.VOICEMAIL:
        move_call(context.work, call, CallEvent.MESSAGE_STARTED, at=context.at)
    else:
        decide_outcome(context.work, call, Outcome.TURNED_AWAY, at=context.at, step=outcome.reason)
        move_call(context.work, call, CallEvent.DISMISSED, at=context.at)
    return None


async def _heard_wait(context: WebhookContext, call: Call) -> Utterance | None:
    if call.state != CallState.WAITING:
        return None
    call.waits += 1
    digits = context.webhook.leg.digits
    if digits == KEY_UNRECORDED and call.notice_heard_at is not None:
        return await _refuse_recording(context, call)
    if digits == KEY_MESSAGE and call.alarm_step and call.urgency != Urgency.CRISIS:
        move_call(context.work, call, CallEvent.MESSAGE_STARTED, at=context.at)
        await withdraw_offers(context.work, call, at=context.at, reason="leaves_message")
        return None
    line = await context.work.get_one(Line, call.line_id)
    key = await _callback_key(context, call)
    if key is None or digits != key:
        return hear_calm_key(call, digits, key=flow_of(line).calm_key)
    return await ask_to_confirm(context, call, key=key)


async def _refuse_recording(context: WebhookContext, call: Call) -> Utterance:
    """As the notice says that they can: the call goes on, and is not recorded."""
    await refuse_recording(context.work, call, at=context.at)
    call.waits = max(call.waits, 1)  # the first words are over
    return Utterance("recording.declined", call.language)


async def hear_late_refusal(context: WebhookContext, call: Call, address: CallerAddress) -> None:
    """One way, as danger: the key counts also where the call has gone on since it was pressed.

    What was recorded meanwhile is not kept either.
    """
    late = (address.call_id, address.turn) != (call.id, call.turn)
    asked = address.what == NOTICED or call.notice_heard_at is not None
    pressed = context.webhook.leg.digits == KEY_UNRECORDED and address.what in WAITING_ROUNDS
    if late and asked and pressed and call.recording_refused_at is None:
        await refuse_recording(context.work, call, erase=True, at=context.at)


async def _heard_notice(context: WebhookContext, call: Call) -> Utterance | None:
    """That talks are recorded was said to the end, unless a key cut it short, or refused it."""
    if context.webhook.leg.digits == KEY_UNRECORDED:
        return await _refuse_recording(context, call)
    if not context.webhook.leg.digits:
        await hear_notice(context.work, call, at=context.at)
    return await _heard_wait(context, call)


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


async def _conference_over(context: WebhookContext, call: Call) -> Utterance | None:
    """Whoever took the call since is not lost by the end of the talk before."""
    if call.state == CallState.TALKING:
        await counselor_lost(context.work, call, at=context.at)
    return await ask_after_talk(context, call) if call.state == CallState.CLOSING else None


async def _message_taken(context: WebhookContext, call: Call) -> None:
    """Who said nothing is asked once more: a child who cries first may need a second time."""
    if call.state != CallState.MESSAGE:
        return
    if call.outcome is None and await hear_silence(context.work, call, at=context.at):
        return
    move_call(context.work, call, CallEvent.DISMISSED, at=context.at)


async def hear_message(context: WebhookContext, call: Call) -> bool:
    """Where one was left. Before the end of the call is looked at: it may come with that."""
    fields = context.webhook.fields
    seconds = read_count(fields.get("RecordingDuration", "")) or 0
    if seconds > 0:
        sid = fields.get("RecordingSid", "")
        await take_message(context.work, call, sid, seconds, at=context.at)
    return seconds > 0


async def _is_asked_keys(context: WebhookContext, call: Call) -> Utterance | None:
    """The counselor's question by keypad. None where nobody asks any more: back into the talk."""
    asked = call.state == CallState.TALKING and await is_asked_keys(context.work, call)
    return Utterance(QUESTION, call.language) if asked else None


async def _heard_keys(context: WebhookContext, call: Call) -> None:
    await hear_keys(context.work, call, context.webhook.leg.digits, at=context.at)


async def _heard_parting(context: WebhookContext, call: Call) -> None:
    """A blocked caller has heard where help is, and pressed nothing for it."""
    if call.state == CallState.FLOW:
        decide_outcome(context.work, call, Outcome.TURNED_AWAY, at=context.at, step=BLOCKED)
        move_call(context.work, call, CallEvent.DISMISSED, at=context.at)


CHANGES: Mapping[str, Callable[[WebhookContext, Call], Awaitable[documents.CallerWords]]] = {
    "flow": _heard_flow,
    "wait": _heard_wait,
    NOTICED: _heard_notice,
    "callback": _heard_confirmation,
    AFTER: _conference_over,
    "ask": _is_asked_keys,
    "keys": _heard_keys,
    PARTED: _heard_parting,
    "message": _message_taken,
}
