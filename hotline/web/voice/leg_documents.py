"""What a leg hears that we dialled: counselor, guest, station. Renders, and changes nothing."""

from dataclasses import replace

from hotline.callcontrol.alarm import is_called_in, is_partner
from hotline.callcontrol.help import HELP
from hotline.callcontrol.model import ParticipantRole, Proof, VoiceReach
from hotline.callcontrol.outgoing import is_calling_back
from hotline.callcontrol.participants import conference_name
from hotline.callcontrol.talk import BACK
from hotline.escalations.station_call import PinResult, StationNotice
from hotline.escalations.station_menu import MenuNews, MenuResult
from hotline.storage.tables import Call, Line, Participant
from hotline.web.voice.addresses import once
from hotline.web.voice.documents import say_in
from hotline.web.voice.speaking import by_own_voices
from ivr import twiml
from ivr.twiml import ConferenceJoin, Played, Quiet
from ivr.wording import FALLBACKS, Spoken

PIN_TIMEOUT_S = 10
LEVEL_WORDS = {"imminent": "紧急", "high": "高"}
LEVEL_WORDS_ENGLISH = {"imminent": "imminent", "high": "high"}
MENU_TIMEOUT_S = 8
MENU_ROUNDS = 6
HOLD_MUSIC = "/sounds/hold.wav"
SAID = (BACK,)  # prompts that one participant alone hears in the middle of a talk


# ── the counselor ───────────────────────────────────────────────────────────────────────────────


@by_own_voices
def ask_person(line: Line, leg: Participant, call: Call) -> str:
    """For a telephone: who calls, and the key that says a person is there, and no mailbox.

    A guest most likely speaks the caller's language. Nobody is told a number.
    """
    spoken_in = call.language if leg.role == ParticipantRole.GUEST else "cmn"
    kind = "counselor.call_back" if _calls_back(leg, call) else _kind_of_offer(leg)
    words = (say_in(kind, spoken_in, line=line.name),)
    return twiml.ask_for_key(words, action=f"/voice/legs/{leg.id}/take")


def ask_called_back(leg: Participant, call: Call) -> str:
    """Whom the system calls: nothing tells who we are. Twice, since a phone has to be lifted."""
    words = say_in("called_back.ask", call.language)
    action = once(f"/voice/legs/{leg.id}/take")
    return twiml.ask_for_key((words, Quiet(2), words), action=action)


def _calls_back(leg: Participant, call: Call) -> bool:
    return leg.role == ParticipantRole.COUNSELOR and is_calling_back(call)


def _kind_of_offer(leg: Participant) -> str:
    if is_partner(leg):
        return "partner.offer"
    if leg.role == ParticipantRole.COUNSELOR:
        return "counselor.called_in" if is_called_in(leg) else "counselor.offer"
    wants_help = leg.role == ParticipantRole.SUPERVISOR and leg.name == HELP
    return "supervisor.help" if wants_help else f"{ParticipantRole(leg.role)}.offer"


def counselor_joins(leg: Participant) -> str:
    """Into the conference, before the caller."""
    return twiml.join_conference(_way_in(leg, wait_url=""))


def comes_beside(leg: Participant, language: str, coached: str) -> str:
    """Into a talk that goes on. `coached`: the leg that a coach speaks to."""
    is_guest = leg.role == ParticipantRole.GUEST and leg.proof == Proof.KEY
    words = (say_in("guest.welcome", language),) if is_guest else ()
    coach = coached if leg.voice == VoiceReach.COACH else None
    muted = leg.voice == VoiceReach.MUTED
    return twiml.join_conference(replace(_way_in(leg), muted=muted, coach=coach), words)


def leg_waits(leg_id: str) -> str:
    """They may not come in yet: a moment of quiet, then ask once more."""
    return twiml.hold((), action=once(f"/voice/legs/{leg_id}/answer"))


def said(prompt: str, language: str) -> str:
    """What one participant alone hears. The words of the address may be any text."""
    known = language if language in FALLBACKS else "cmn"
    return twiml.say_only((say_in(prompt, known),)) if prompt in SAID else twiml.empty()


def interpreter_joins(leg: Participant) -> str:
    """Into the talk."""
    words = (say_in("interpreter.welcome", "cmn"),)
    return twiml.join_conference(_way_in(leg), words)


def _way_in(leg: Participant, *, wait_url: str | None = None) -> ConferenceJoin:
    return ConferenceJoin(
        conference=conference_name(leg.call_id),
        action=f"/voice/legs/{leg.id}/left",
        label=leg.id,
        start_on_enter=True,
        end_on_exit=leg.ends_wanted,
        status_callback=f"/voice/conferences/{leg.call_id}",
        wait_url=wait_url,
    )


def leg_sorry(leg_id: str, *, danger: bool) -> str:
    """A fault of ours while somebody listens whom we dialled: a little quiet, then ask once more.

    `danger`: whom we called back pressed the danger key, and it is not stored yet.
    """
    again = f"/voice/legs/{leg_id}/answer{'?danger=1' if danger else ''}"
    return twiml.hold((Quiet(3),), action=once(again))


# ── the station ─────────────────────────────────────────────────────────────────────────────────


def station_notice(attempt_id: str, notice: StationNotice) -> str:
    """The minimum, and a question for the PIN."""
    if notice.already_taken:
        return twiml.say_then_hang_up((say_in("station.already_taken", notice.language),))
    return _ask_pin(attempt_id, _heard(notice), tries=1)


def _heard(notice: StationNotice) -> Spoken:
    english = notice.language == "eng"
    return say_in(
        "station.notice",
        notice.language,
        line=(notice.line_name_en or notice.line_name) if english else notice.line_name,
        number=notice.number,
        level=(LEVEL_WORDS_ENGLISH if english else LEVEL_WORDS)[notice.level],
    )


def after_pin(attempt_id: str, result: PinResult, tries: int, language: str) -> str:
    """What the keys came to."""
    if result is PinResult.TRY_AGAIN:
        return _ask_pin(attempt_id, say_in("station.wrong_pin", language), tries=tries + 1)
    if result is PinResult.ACKNOWLEDGED:
        return _menu(attempt_id, say_in("station.acknowledged", language), language)
    last = {
        PinResult.ALREADY_TAKEN: "station.already_taken",
        PinResult.NO_MORE_TRIES: "station.not_acknowledged",
    }
    return twiml.say_then_hang_up((say_in(last[result], language),))


def _menu(attempt_id: str, before: Spoken, language: str, *, asked: int = 1) -> str:
    """It is acknowledged already: whoever says nothing is let go."""
    action = once(f"/voice/stations/{attempt_id}/menu?asked={asked}")
    words = (before, say_in("station.menu", language))
    return twiml.ask_for_key(words, action=action, timeout_s=MENU_TIMEOUT_S)


def after_menu(attempt_id: str, news: MenuNews, asked: int) -> str:
    """What a key of the menu came to."""
    language = news.notice.language
    ends = {
        MenuResult.ACCEPTED: "station.accepted",
        MenuResult.HANDED_ON: "station.handed_on",
        MenuResult.NOT_THEIRS: "station.already_taken",
    }
    if news.result in ends:
        return twiml.say_then_hang_up((say_in(ends[news.result], language),))
    words = say_in("station.acknowledged", language)
    if news.result is MenuResult.REPEAT:
        words = _heard(news.notice)
    elif news.result is MenuResult.NEXT_STEP and news.next_name:
        words = say_in("station.next", language, who=news.next_name)
    if asked >= MENU_ROUNDS:
        return twiml.say_then_hang_up((words,))
    return _menu(attempt_id, words, language, asked=asked + 1)


def _ask_pin(attempt_id: str, words: Spoken, *, tries: int) -> str:
    action = once(f"/voice/stations/{attempt_id}/pin?tries={tries}")
    return twiml.collect_pin((words,), action=action, timeout_s=PIN_TIMEOUT_S)


def station_sorry(attempt_id: str) -> str:
    """A fault of ours while a station listens: a little quiet, then ask again."""
    action = once(f"/voice/stations/{attempt_id}/answer")
    return twiml.hold((Quiet(3),), action=action)


# ── in the middle of a talk ─────────────────────────────────────────────────────────────────────


def music(call_id: str, language: str) -> str:
    """On hold: music with a word now and then, so that nobody thinks the line is dead.

    The language comes with the address, since no database is asked: it may be any text.
    """
    spoken_in = language if language in FALLBACKS else "cmn"
    words = say_in("hold.music_intro", spoken_in)
    again = f"/voice/calls/{call_id}/music?language={spoken_in}"
    return twiml.say_then_redirect((words, Played(HOLD_MUSIC)), again)
