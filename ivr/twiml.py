"""Every document that is given to the carrier. The only importer of `twilio.twiml`.

URLs are handed in, relative to the document or absolute. What is said comes as `Spoken`.
A caller's document never ends by running out of verbs: that would be a hang-up.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.voices import VOICES, Voices, present_voices
from ivr.wording import Spoken

CONFERENCE_EVENTS = "start end join leave hold mute"
LONGEST_TALK_S = 24 * 60 * 60  # the carrier's maximum: we end no talk because of time
MIN_QUIET_S = 1

_LONG_NUMBER = re.compile(r"[0-9]{3,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


# ── what is heard ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Played:
    """A sound file."""

    url: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """Silence, in whole seconds."""

    seconds: int


Sound = Spoken | Played | Quiet


def readable(text: str) -> str:
    """As a voice should read it: 110 digit by digit. What XML cannot hold is dropped."""
    return _LONG_NUMBER.sub(lambda found: " ".join(found.group()), _CONTROL.sub("", text))


def _add(parent: VoiceResponse | Gather, sounds: Iterable[Sound], voices: Voices | None) -> None:
    for sound in sounds:
        match sound:
            case Spoken():
                _add_words(parent, sound, voices or present_voices())
            case Played(url):
                parent.play(url)
            case _:
                parent.pause(length=max(MIN_QUIET_S, sound.seconds))


def _add_words(parent: VoiceResponse | Gather, words: Spoken, voices: Voices) -> None:
    said = voices.delivery(words)
    for url in said.sounds:
        parent.play(url)
    if not said.sounds:
        voice = voices.of(said.language)
        parent.say(readable(said.text), language=voice.say_language, voice=voice.voice)


# ── asking and waiting ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How to listen. Speech is listened to where there are `hints`, in `language`."""

    action: str
    timeout_s: int
    language: str = "cmn"
    hints: tuple[str, ...] = ()


def collect(sounds: Iterable[Sound], ask: Ask, voices: Voices | None = None) -> str:
    """Ask for one key, or speech. Silence is reported too."""
    listening = {}
    if ask.hints:
        listening = {
            "input": "dtmf speech",
            "language": (voices or present_voices()).of(ask.language).gather_language,
            "hints": ",".join(ask.hints),
        }
    gather = _gather(ask.action, ask.timeout_s, num_digits=1, **{"input": "dtmf", **listening})
    _add(gather, sounds, voices)
    return _reported(gather, ask.action)


def hold(
    sounds: Iterable[Sound],
    *,
    action: str,
    quiet_s: int = MIN_QUIET_S,
    voices: Voices | None = None,
) -> str:
    """One round of waiting, then `action` again. The last pause keeps it from spinning."""
    gather = _gather(action, MIN_QUIET_S, num_digits=1, input="dtmf")
    _add(gather, (*sounds, Quiet(quiet_s)), voices)
    return _reported(gather, action)


def collect_pin(
    sounds: Iterable[Sound], *, action: str, timeout_s: int = 10, voices: Voices | None = None
) -> str:
    """Ask for keys up to the hash key. No keys are reported too."""
    gather = _gather(action, timeout_s, finish_on_key="#", input="dtmf")
    _add(gather, sounds, voices)
    return _reported(gather, action)


def ask_for_key(
    sounds: Iterable[Sound], *, action: str, timeout_s: int = 8, voices: Voices | None = None
) -> str:
    """Ask whoever answered for one key; hang up if none comes: a mailbox cannot press one."""
    response = VoiceResponse()
    gather = Gather(action=action, method="POST", timeout=timeout_s, num_digits=1, input="dtmf")
    _add(gather, sounds, voices)
    response.append(gather)
    response.hangup()
    return _xml(response)


def _gather(action: str, timeout_s: int, **how: str | int) -> Gather:
    return Gather(
        action=action,
        method="POST",
        timeout=max(MIN_QUIET_S, timeout_s),
        action_on_empty_result=True,
        **how,
    )


def _reported(gather: Gather, action: str) -> str:
    """The redirect is for carriers that do not know `actionOnEmptyResult`."""
    response = VoiceResponse()
    response.append(gather)
    response.redirect(action, method="POST")
    return _xml(response)


# ── talking ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceJoin:
    """A leg's place in a conference.

    `action` is asked when the leg comes out of it. `wait_url` is played until the conference
    starts: "" is silence, None the carrier's music. `coach` is the SID of the only leg that hears
    this one. `status_callback` counts for the first leg in the conference only: give it to all.
    """

    conference: str
    action: str
    label: str
    start_on_enter: bool
    end_on_exit: bool
    status_callback: str
    wait_url: str | None = None
    muted: bool = False
    coach: str | None = None


def join_conference(
    way_in: ConferenceJoin, before: Iterable[Sound] = (), voices: Voices | None = None
) -> str:
    """Put the leg into its conference, after what it is to hear before."""
    response = VoiceResponse()
    _add(response, before, voices)
    dial = Dial(action=way_in.action, method="POST", time_limit=LONGEST_TALK_S)
    dial.conference(
        way_in.conference,
        start_conference_on_enter=way_in.start_on_enter,
        end_conference_on_exit=way_in.end_on_exit,
        beep="false",
        participant_label=way_in.label,
        status_callback=way_in.status_callback,
        status_callback_event=CONFERENCE_EVENTS,
        status_callback_method="POST",
        wait_url=way_in.wait_url,
        muted=way_in.muted or None,
        coach=way_in.coach,
    )
    response.append(dial)
    return _xml(response)


# ── messages and ends ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """How to take a message. `timeout_s`: silence that ends it; a crying child is silent long."""

    action: str
    status_callback: str
    max_length_s: int = 300
    timeout_s: int = 10
    finish_on_key: str = "#"


def record_message(
    sounds: Iterable[Sound], recording: Recording, voices: Voices | None = None
) -> str:
    """Ask for a message and take it. The redirect reports an empty one."""
    response = VoiceResponse()
    _add(response, sounds, voices)
    response.record(
        action=recording.action,
        method="POST",
        max_length=recording.max_length_s,
        timeout=recording.timeout_s,
        finish_on_key=recording.finish_on_key,
        recording_status_callback=recording.status_callback,
        recording_status_callback_method="POST",
    )
    response.redirect(recording.action, method="POST")
    return _xml(response)


def press_keys(keys: str, *, after_s: int, apart_s: int) -> str:
    """Press keys for the other end, twice, since its first question may come late; then leave."""
    response = VoiceResponse()
    for pause in (after_s, apart_s):
        response.pause(length=pause)
        response.play(digits=keys)
    response.pause(length=apart_s)
    response.hangup()
    return _xml(response)


def say_then_redirect(sounds: Iterable[Sound], url: str, voices: Voices | None = None) -> str:
    """Say something and ask `url` what comes next."""
    response = VoiceResponse()
    _add(response, sounds, voices)
    response.redirect(url, method="POST")
    return _xml(response)


def redirect(url: str) -> str:
    """Ask `url` what comes next."""
    return say_then_redirect((), url)


def say_then_hang_up(sounds: Iterable[Sound], voices: Voices | None = None) -> str:
    """The last words."""
    response = VoiceResponse()
    _add(response, sounds, voices)
    response.hangup()
    return _xml(response)


def say_only(sounds: Iterable[Sound], voices: Voices | None = None) -> str:
    """Words for somebody in a conference, who stays in it."""
    response = VoiceResponse()
    _add(response, sounds, voices)
    return _xml(response)


def hang_up() -> str:
    """End a leg without words: never a caller's."""
    return say_then_hang_up(())


def reject(*, busy: bool = False) -> str:
    """Do not answer at all: never a caller."""
    response = VoiceResponse()
    response.reject(reason="busy" if busy else "rejected")
    return _xml(response)


def empty() -> str:
    """Nothing to do: the answer to a report."""
    return _xml(VoiceResponse())


# ── when nothing else works ─────────────────────────────────────────────────────────────────────

_FAULT = Spoken("对不起，我们的系统暂时出了问题，这不是你的错。", "cmn")
_CONNECTING = Spoken("请不要挂断，我们正在为你接通值班的老师。", "cmn")
EMERGENCY = (
    Spoken("如果你现在有危险，请马上拨打110报警，或者拨打120叫救护车。", "cmn"),
    Spoken("如果你而家有危險，請即刻打110報警，或者打120叫救護車。", "yue"),
    Spoken("If you are in danger, please call 110 for the police or 120 for an ambulance.", "eng"),
)
_CALL_AGAIN = Spoken("其他时候，请过一会儿再打来，我们很想听你说。", "cmn")


def fallback(duty_phone: str | None) -> str:
    """When nothing of ours works: needs no prompt file, no database, no settings but the number."""
    response = VoiceResponse()
    _add(response, [_FAULT], VOICES)
    if duty_phone:
        _add(response, [EMERGENCY[0], _CONNECTING], VOICES)
        # Without an action the next verb follows, whether or not somebody answered.
        response.dial(duty_phone, timeout=60, time_limit=LONGEST_TALK_S)
    _add(response, [*EMERGENCY, _CALL_AGAIN], VOICES)
    response.hangup()
    return _xml(response)


def fallback_elsewhere(words: Iterable[Sound], phones: Iterable[str], *, back: str) -> str:
    """Static, for a host of its own: words, one phone after the other, then `back` to us.

    No key can be heard there: so the numbers for danger come first, and a phone is rung before the
    words are said in further languages. `words`: in the line's languages, one at the least.
    """
    first, *others = words
    response = VoiceResponse()
    _add(response, [*EMERGENCY, first], VOICES)
    for phone in phones:
        response.dial(phone, timeout=30, time_limit=LONGEST_TALK_S)
        _add(response, others, VOICES)
        others = []
    _add(response, others, VOICES)
    _add(response, [Quiet(5)], VOICES)  # where nobody can be dialled, it must not spin
    response.redirect(back, method="POST")
    return _xml(response)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutThrough:
    """Whom to ring, where to ask after that (`action`), and whom to tell that they picked up."""

    phone: str
    action: str
    answered: str
    ring_s: int = 30


def ask_duty_phone(
    sounds: Iterable[Sound], through: PutThrough, voices: Voices | None = None
) -> str:
    """Nobody can take this caller in: ring whoever is on duty.

    A key that is pressed meanwhile is reported at once; without one the phone is rung.
    """
    response, action = VoiceResponse(), through.action
    gather = Gather(action=action, method="POST", timeout=MIN_QUIET_S, num_digits=1, input="dtmf")
    _add(gather, sounds, voices)
    response.append(gather)
    dial = Dial(action=action, method="POST", timeout=through.ring_s, time_limit=LONGEST_TALK_S)
    dial.number(
        through.phone,
        status_callback=through.answered,
        status_callback_event="answered",
        status_callback_method="POST",
    )
    response.append(dial)
    return _xml(response)


def _xml(response: VoiceResponse) -> str:
    return str(response.to_xml())
