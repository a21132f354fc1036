"""What a leg hears in the state its call is in. Renders, and changes nothing.

Each document for a caller carries the call's next turn in its address, so that a request can be
told from its repeat, and late input from fresh.
"""

import re

from hotline.callcontrol.keypad import QUESTION
from hotline.callcontrol.model import ParticipantRole
from hotline.callcontrol.participants import conference_name
from hotline.callers.abuse import ABUSIVE
from hotline.calls.model import CallState, Direction, Outcome
from hotline.calls.places import PlaceNews
from hotline.i18n.prompts import spoken_prompts
from hotline.lines.flows import flow_of
from hotline.lines.names import name_heard
from hotline.lines.recording import recording_rule
from hotline.quality.by_key import WILL_CALL
from hotline.settings import Settings
from hotline.storage.tables import Call, Line
from hotline.web.voice.addresses import AFTER, NOTICED, PARTED, RATED, CallerAddress
from hotline.web.voice.rounds import WAIT_ROUND_S, Prompted, RoundSound, WaitRound, round_of
from hotline.web.voice.speaking import by_own_voices
from ivr import twiml
from ivr.model import DANGER, Collect, FlowReply, Utterance
from ivr.twiml import Ask, ConferenceJoin, Quiet, Sound
from ivr.wording import Spoken, spoken, spoken_reply

CONFIRM = "callback.confirm"
PLEASE_LEAVE = "message.please_leave"  # says that it is recorded, and who hears it
KEPT_FOR = "message.kept_for"
HOW_WAS_IT = "after.ask_how_it_was"
AFTER_TALK = (HOW_WAS_IT, WILL_CALL)
PARTING_TIMEOUT_S = 4
RATING_TIMEOUT_S = 5
KEYS_TIMEOUT_S = 10  # somebody who is afraid, and must find a key in the dark

CallerWords = FlowReply | Utterance | None
"""What the flow says, or the answer to a key of somebody who waits. None: neither."""


# ── small parts ─────────────────────────────────────────────────────────────────────────────────


def say_in(key: str, language: str, **values: str | int) -> Spoken:
    """A prompt in a language."""
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
    """What the flow says, and what it listens for: the danger key from the first word, always."""
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
    return twiml.hold(sounds, action=action)


# ── the caller, by state ────────────────────────────────────────────────────────────────────────


@by_own_voices
def for_caller(
    line: Line,
    call: Call,
    said: CallerWords = None,
    *,
    kept: bool = False,
    news: PlaceNews | None = None,
    notice: str | None = None,
) -> str:
    """What the caller's leg hears now. In the flow, that is what the flow said: never None.

    `kept`: the caller is kept for a woman or a man. `news`: of the place in line, where it is time
    for them. `notice`: the prompt that says that talks are recorded, where it is to be said now.
    """
    before = _words(line, *said.say) if isinstance(said, FlowReply) else ()
    match CallState(call.state), said:
        case CallState.FLOW, FlowReply():
            return flow_document(line, call, said)
        case CallState.WAITING, _:
            heard = round_of(call, flow_of(line), news, kept=kept)
            return (
                _answer_to_key(line, call, said)
                if isinstance(said, Utterance)
                else _round(line, call, before, heard, notice=notice)
            )
        case ((CallState.CONNECTING | CallState.TALKING), _):
            return _into_talk(line, call, said, notice)
        case CallState.MESSAGE, _:
            told = _words(line, said) if isinstance(said, Utterance) else before
            return _record(line, call, told, noticed=_says(said, PLEASE_LEAVE))
        case CallState.CLOSING, _:
            return _last_words(line, call, said, before)
        case _:
            return twiml.hang_up()


def _words(line: Line, *said: Utterance) -> tuple[Sound, ...]:
    """Each with the line's name in its own language."""
    named = ((one, {"line": name_heard(line, one.language)}) for one in said)
    return tuple(
        words
        for one, line_name in named
        for words in spoken_reply(spoken_prompts(), (one,), line_name)
    )


def _answer_to_key(line: Line, call: Call, said: Utterance) -> str:
    """For somebody who waits."""
    action = _next(call, "callback" if said.prompt == CONFIRM else "wait")
    return twiml.hold(_words(line, said), action=action, quiet_s=WAIT_ROUND_S)


def _round(
    line: Line, call: Call, before: tuple[Sound, ...], heard: WaitRound, *, notice: str | None
) -> str:
    """A round of waiting, after the last words of the flow; with the notice at its end."""
    sounds = (*before, *(_sound(call, one) for one in heard.sounds))
    if notice:
        sounds, action = (*sounds, *_notice(line, call, notice)), _next(call, NOTICED)
        return twiml.hold(sounds, action=action, quiet_s=WAIT_ROUND_S)
    return twiml.hold(sounds, action=_next(call, "wait"), quiet_s=heard.quiet_s)


def _sound(call: Call, heard: RoundSound) -> Sound:
    if isinstance(heard, Prompted):
        return say_in(heard.prompt, call.language, **heard.values)
    return heard


def _notice(line: Line, call: Call, notice: str) -> tuple[Sound, ...]:
    return _words(line, Utterance(notice, call.language))


def _notice_at_door(line: Line, call: Call, notice: str) -> str:
    """The counselor is there already, and hears the caller as soon as this is said."""
    return twiml.hold(_notice(line, call, notice), action=_next(call, NOTICED))


def _into_talk(line: Line, call: Call, said: CallerWords, notice: str | None) -> str:
    """To the counselor, by way of what is to be heard or asked before."""
    if isinstance(said, Utterance) and said.prompt == QUESTION:
        return _ask_keys(line, call, said)
    words = _words(line, said) if isinstance(said, Utterance) else ()
    return _notice_at_door(line, call, notice) if notice else _join(call, words)


def _ask_keys(line: Line, call: Call, question: Utterance) -> str:
    """For a caller who cannot speak: out of the talk for one key, and back with it or without."""
    ask = Ask(action=_next(call, "keys"), timeout_s=KEYS_TIMEOUT_S)
    return twiml.collect(_words(line, question), ask)


def is_called_back(call: Call) -> str:
    """Whom we called: words that say nothing of who we are, and into the talk."""
    return _join(call, (say_in("called_back.welcome", call.language),))


def _join(call: Call, words: tuple[Sound, ...] = ()) -> str:
    way_in = ConferenceJoin(
        conference=conference_name(call.id),
        action=_next(call, AFTER),
        label=ParticipantRole.CALLER,
        start_on_enter=True,
        end_on_exit=True,
        status_callback=f"/voice/conferences/{call.id}",
    )
    return twiml.join_conference(way_in, words)


def _says(said: CallerWords, prompt: str) -> bool:
    """Whether a prompt is among what the flow says."""
    return isinstance(said, FlowReply) and any(one.prompt == prompt for one in said.say)


def _record(line: Line, call: Call, told: tuple[Sound, ...], *, noticed: bool) -> str:
    """`told`: why there is nobody to talk to. `noticed`: and that a message is recorded.

    Nothing is recorded of which the caller was not told, whatever a flow says before; nor of which
    they do not know how long it is kept.
    """
    asked = () if noticed else (say_in(PLEASE_LEAVE, call.language),)
    kept = say_in(KEPT_FOR, call.language, days=recording_rule(line).keep_days)
    sounds = (*told, *asked, kept)
    action = _next(call, "message")
    status = f"/voice/calls/{call.id}/recording?line={call.line_id}"
    keys = f"#{DANGER}"
    return twiml.record_message(
        sounds, twiml.Recording(action=action, status_callback=status, finish_on_key=keys)
    )


@by_own_voices
def part_with(line: Line, call: Call, prompt: str) -> str:
    """Short words to somebody who is put through no more, and a last ear for danger."""
    ask = Ask(action=_next(call, PARTED), timeout_s=PARTING_TIMEOUT_S)
    return twiml.collect(_words(line, Utterance(prompt, call.language)), ask)


def _last_words(line: Line, call: Call, said: CallerWords, before: tuple[Sound, ...]) -> str:
    if isinstance(said, Utterance) and said.prompt in AFTER_TALK:
        return _after_talk(line, call, said)
    return _goodbye(line, call, before)


def _after_talk(line: Line, call: Call, said: Utterance) -> str:
    """The question how it was, which any key and silence end; or the words after it."""
    words = _words(line, said)
    if said.prompt != HOW_WAS_IT:
        return twiml.say_then_hang_up(words)
    return twiml.collect(words, Ask(action=_next(call, RATED), timeout_s=RATING_TIMEOUT_S))


def _goodbye(line: Line, call: Call, before: tuple[Sound, ...]) -> str:
    """The last words: nobody is hung up without any, but for a mailbox, which keeps them."""
    if call.outcome_step == ABUSIVE:
        return part_with(line, call, "after.abusive")
    if call.outcome == Outcome.NOT_REACHED:
        return twiml.hang_up()
    talked = "called_back.goodbye" if call.direction == Direction.OUT else "after.goodbye"
    key = {
        Outcome.CALLBACK_OWED: "callback.promised",
        Outcome.MESSAGE_LEFT: "message.thanks",
        Outcome.TALKED: talked,
    }.get(Outcome(call.outcome or Outcome.HUNG_UP), "sorry")
    return twiml.say_then_hang_up(before or (say_in(key, call.language),))


# ── at the edges ────────────────────────────────────────────────────────────────────────────────


def sorry(settings: Settings) -> str:
    """For a caller of a number that is none of ours: an apology, and the duty phone."""
    return twiml.fallback(settings.duty_phone or None)


def on_the_way_in(call: Call) -> str:
    """A round of waiting, or the talk before, ended just when somebody took the call.

    The switchboard's redirect is on its way. Whoever went in without it would be torn out by it,
    so it is given its time; where it was lost, the caller goes in after that.
    """
    return twiml.hold((Quiet(2),), action=_next(call, "join"))


def ask_as_caller(call: Call) -> str:
    """For the leg of somebody whom we called: they are a caller like any other by now."""
    return twiml.hold((), action=_next(call, "wait"))


def hang_up() -> str:
    """End a leg of ours."""
    return twiml.hang_up()
