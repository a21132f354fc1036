"""What a leg hears in the state its call is in. Renders, and changes nothing.

Each document for a caller carries the call's next turn in its address, so that a request can be
told from its repeat, and late input from fresh.
"""

import re

from hotline.callcontrol.alarm import is_called_in
from hotline.callcontrol.model import ParticipantRole
from hotline.callcontrol.participants import conference_name
from hotline.calls.model import CallState, Outcome, Urgency
from hotline.escalations.station_call import PinResult, StationNotice
from hotline.i18n.prompts import spoken_prompts
from hotline.lines.flows import flow_of
from hotline.settings import Settings
from hotline.storage.tables import Call, Line, Participant
from hotline.web.voice.addresses import CallerAddress, once
from ivr import twiml
from ivr.model import DANGER, Collect, FlowReply, Utterance
from ivr.twiml import Ask, ConferenceJoin, Quiet, Sound
from ivr.wording import FALLBACKS, Spoken, spoken, spoken_reply

WAIT_ROUND_S = 12  # how long a caller waits between two rounds: short, since it is how a lost
# redirect is made good
PIN_TIMEOUT_S = 10
CONFIRM = "callback.confirm"
LEVEL_WORDS = {"imminent": "紧急", "high": "高"}

CallerWords = FlowReply | Utterance | None
"""What the flow says, or the answer to a key of somebody who waits. None: neither."""


# ── small parts ─────────────────────────────────────────────────────────────────────────────────


def _say(key: str, language: str, **values: str | int) -> Spoken:
    return spoken(spoken_prompts(), key, language, values)


def _next(call: Call, what: str) -> str:
    """The address of what follows, with the call's next turn."""
    address = CallerAddress(call_id=call.id, what=what, turn=call.turn, language=call.language)
    return address.text()


def is_newest(document: str, call: Call) -> bool:
    """Whether nothing was said to the caller since this document."""
    return re.search(rf"\?turn={call.turn}\b", document) is not None


# ── the flow ────────────────────────────────────────────────────────────────────────────────────


def flow_document(line: Line, call: Call, reply: FlowReply) -> str:
    """What the flow says, and what it listens for."""
    sounds = _words(line, *reply.say)
    action = _next(call, "flow")
    if isinstance(reply.then, Collect):
        ask = Ask(
            action=action,
            timeout_s=reply.then.timeout_s,
            language=reply.then.language,
            hints=reply.then.hints,
        )
        return twiml.collect(sounds, ask)
    return twiml.say_then_redirect(sounds, action)


# ── the caller, by state ────────────────────────────────────────────────────────────────────────


def for_caller(line: Line, call: Call, said: CallerWords = None, *, kept: bool = False) -> str:
    """What the caller's leg hears now. In the flow, that is what the flow said: never None.

    `kept`: the caller is kept for a woman or a man.
    """
    before = _words(line, *said.say) if isinstance(said, FlowReply) else ()
    match CallState(call.state), said:
        case CallState.FLOW, FlowReply():
            return flow_document(line, call, said)
        case CallState.WAITING, _:
            return _round(line, call, said, before, kept=kept)
        case ((CallState.CONNECTING | CallState.TALKING), _):
            return _join(call)
        case CallState.MESSAGE, _:
            return _record(call, before)
        case CallState.CLOSING, _:
            return _goodbye(call, before)
        case _:
            return twiml.hang_up()


def _words(line: Line, *said: Utterance) -> tuple[Sound, ...]:
    return spoken_reply(spoken_prompts(), said, {"line": line.name})


def _round(
    line: Line, call: Call, said: CallerWords, before: tuple[Sound, ...], *, kept: bool
) -> str:
    """A round of waiting: the answer to a key, or what is said now and then."""
    answer = said if isinstance(said, Utterance) else None
    words = _words(line, answer) if answer else before + _words_of_round(line, call, kept=kept)
    asked = answer is not None and answer.prompt == CONFIRM
    action = _next(call, "callback" if asked else "wait")
    return twiml.hold(words, action=action, quiet_s=WAIT_ROUND_S)


def _words_of_round(line: Line, call: Call, *, kept: bool) -> tuple[Sound, ...]:
    key = flow_of(line).free_key
    return tuple(_say(one, call.language, digit=key) for one in _wait_keys(call, kept=kept))


def _wait_keys(call: Call, *, kept: bool) -> list[str]:
    """What a round of waiting says: reassurance first, the choices now and then."""
    if call.waits == 0 and call.joined_at is not None:
        return ["after.dropped"]
    nobody = call.alarm_step > 0  # whoever is left is being rung
    if call.urgency == Urgency.CRISIS:
        return ["wait.danger_alarm" if nobody else "wait.crisis"] if call.waits % 2 == 0 else []
    if nobody:
        return ["wait.nobody", "wait.choices"] if call.waits % 2 == 0 else []
    if call.waits == 0:
        return ["wait.first", *(_wish_held(call) if kept else ()), "wait.choices"]
    return ["wait.still", "wait.choices"] if call.waits % 4 == 0 else []


def _wish_held(call: Call) -> list[str]:
    """Who is kept for a woman or a man is told so, and that it does not last."""
    return ["wait.woman" if call.wished_gender == "f" else "wait.man"]


def _join(call: Call) -> str:
    way_in = ConferenceJoin(
        conference=conference_name(call.id),
        action=_next(call, "after"),
        label=ParticipantRole.CALLER,
        start_on_enter=True,
        end_on_exit=True,
        status_callback=f"/voice/conferences/{call.id}",
    )
    return twiml.join_conference(way_in)


def _record(call: Call, before: tuple[Sound, ...]) -> str:
    sounds = before or (_say("message.please_leave", call.language),)
    action = _next(call, "message")
    status = f"/voice/calls/{call.id}/recording?line={call.line_id}"
    keys = f"#{DANGER}"
    return twiml.record_message(
        sounds, twiml.Recording(action=action, status_callback=status, finish_on_key=keys)
    )


def _goodbye(call: Call, before: tuple[Sound, ...]) -> str:
    """The last words: nobody is hung up without any."""
    key = {
        Outcome.CALLBACK_OWED: "callback.promised",
        Outcome.MESSAGE_LEFT: "message.thanks",
        Outcome.TALKED: "after.goodbye",
    }.get(Outcome(call.outcome or Outcome.HUNG_UP), "sorry")
    return twiml.say_then_hang_up(before or (_say(key, call.language),))


# ── the counselor ───────────────────────────────────────────────────────────────────────────────


def ask_person(line: Line, leg: Participant) -> str:
    """For a telephone: who calls, and the key that says a person is there, and no mailbox."""
    words = (_say(_kind_of_offer(leg), "cmn", line=line.name),)
    return twiml.ask_for_key(words, action=f"/voice/legs/{leg.id}/take")


def _kind_of_offer(leg: Participant) -> str:
    if leg.role == ParticipantRole.INTERPRETER:
        return "interpreter.offer"
    return "counselor.called_in" if is_called_in(leg) else "counselor.offer"


def counselor_joins(leg: Participant) -> str:
    """Into the conference, before the caller."""
    return twiml.join_conference(_way_in(leg, wait_url=""))


def interpreter_joins(leg: Participant) -> str:
    """Into the talk."""
    words = (_say("interpreter.welcome", "cmn"),)
    return twiml.join_conference(_way_in(leg), words)


def _way_in(leg: Participant, *, wait_url: str | None = None) -> ConferenceJoin:
    return ConferenceJoin(
        conference=conference_name(leg.call_id),
        action=f"/voice/legs/{leg.id}/left",
        label=leg.role,
        start_on_enter=True,
        end_on_exit=ParticipantRole(leg.role).ends_talk,
        status_callback=f"/voice/conferences/{leg.call_id}",
        wait_url=wait_url,
    )


def leg_sorry(leg_id: str) -> str:
    """A fault of ours while a counselor listens: a little quiet, then ask once more."""
    return twiml.hold((Quiet(3),), action=once(f"/voice/legs/{leg_id}/answer"))


def hang_up() -> str:
    """End a leg of ours."""
    return twiml.hang_up()


# ── the station ─────────────────────────────────────────────────────────────────────────────────


def station_notice(attempt_id: str, notice: StationNotice) -> str:
    """The minimum, and a question for the PIN."""
    key = "station.already_taken" if notice.already_taken else "station.notice"
    words = _say(
        key,
        notice.language,
        line=notice.line_name,
        number=notice.number,
        level=LEVEL_WORDS[notice.level],
    )
    if notice.already_taken:
        return twiml.say_then_hang_up((words,))
    return _ask_pin(attempt_id, words, tries=1)


def after_pin(attempt_id: str, result: PinResult, tries: int) -> str:
    """What the keys came to."""
    if result is PinResult.TRY_AGAIN:
        return _ask_pin(attempt_id, _say("station.wrong_pin", "cmn"), tries=tries + 1)
    last = {
        PinResult.ACKNOWLEDGED: "station.acknowledged",
        PinResult.ALREADY_TAKEN: "station.already_taken",
        PinResult.NO_MORE_TRIES: "station.not_acknowledged",
    }
    return twiml.say_then_hang_up((_say(last[result], "cmn"),))


def _ask_pin(attempt_id: str, words: Spoken, *, tries: int) -> str:
    action = once(f"/voice/stations/{attempt_id}/pin?tries={tries}")
    return twiml.collect_pin((words,), action=action, timeout_s=PIN_TIMEOUT_S)


def station_sorry(attempt_id: str) -> str:
    """A fault of ours while a station listens: a little quiet, then ask again."""
    action = once(f"/voice/stations/{attempt_id}/answer")
    return twiml.hold((Quiet(3),), action=action)


# ── at the edges ────────────────────────────────────────────────────────────────────────────────


def sorry(settings: Settings) -> str:
    """For a caller of a number that is none of ours: an apology, and the duty phone."""
    return twiml.fallback(settings.duty_phone or None)


def on_the_way_in(call: Call) -> str:
    """A round of waiting ended just when somebody took the call.

    The switchboard's redirect is on its way. Whoever went in without it would be torn out by it,
    so it is given its time; where it was lost, the caller goes in after that.
    """
    return twiml.hold((Quiet(2),), action=_next(call, "join"))


def music(call_id: str, language: str) -> str:
    """On hold: quiet rounds with a word, so that nobody thinks the line is dead.

    The language comes with the address, since no database is asked: it may be any text.
    """
    spoken_in = language if language in FALLBACKS else "cmn"
    words = _say("hold.music_intro", spoken_in)
    again = f"/voice/calls/{call_id}/music?language={spoken_in}"
    return twiml.say_then_redirect((words, Quiet(WAIT_ROUND_S)), again)
