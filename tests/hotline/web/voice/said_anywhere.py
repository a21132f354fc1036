"""Every document that is the same on each line, by moment; and those of whom we dial."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

from hotline.callcontrol.help import HELP
from hotline.callcontrol.keypad import QUESTION
from hotline.callcontrol.model import ParticipantRole, Proof, VoiceReach
from hotline.callcontrol.talk import BACK
from hotline.callers.abuse import ABUSIVE
from hotline.calls.model import CallState, Direction, Outcome
from hotline.escalations.station_call import PinResult, StationNotice
from hotline.escalations.station_menu import MenuNews, MenuResult
from hotline.lines.known import KnownLines
from hotline.quality.by_key import WILL_CALL
from hotline.storage.tables import Call, Line, Participant
from hotline.web.deps import Backend
from hotline.web.voice import documents, dropped, leg_documents, supervisor
from hotline.web.voice.addresses import CallerAddress
from hotline.web.voice.callback import NO_NUMBER, NO_WAY
from hotline.web.voice.safe_answers import ask_duty_phone, safe_answer
from hotline.web.voice.webhook import Webhook
from ivr.model import Utterance
from tests.fakes import NOON
from tests.hotline.web.voice.said_on_lines import a_call, shipped_lines

ANSWERS = {  # to a key of somebody who waits
    "calm words are over": "calm.back",
    "no callback: no number": NO_NUMBER,
    "no callback: a number that cannot be rung": NO_WAY,
    "recording is refused": "recording.declined",
    "danger": "wait.crisis",
}
LAST_WORDS = {
    "a callback is promised": Outcome.CALLBACK_OWED,
    "a message is left": Outcome.MESSAGE_LEFT,
    "a talk is over": Outcome.TALKED,
    "nobody can be reached": Outcome.HUNG_UP,
}
DUTY_PHONE = "02000000010"


def said_anywhere(language: str) -> dict[str, str]:
    """What callers hear in one language, whichever line they called."""
    return {
        **dict(_said_while_waiting(language)),
        **dict(_said_around_a_talk(language)),
        **dict(_last_words(language)),
        **dict(_said_to_whom_we_call(language)),
        **dict(_said_without_database(language)),
    }


def _line() -> Line:
    return shipped_lines()["youth-12355"]


def _youth(language: str, **values: Any) -> Call:
    return a_call("youth-12355", language, **values)


def _said_while_waiting(language: str) -> Iterator[tuple[str, str]]:
    for moment, prompt in ANSWERS.items():
        yield moment, documents.for_caller(_line(), _youth(language), Utterance(prompt, language))
    for wished in "fm":
        first = _youth(language, waits=0, wished_gender=wished)
        yield f"kept for {wished}", documents.for_caller(_line(), first, kept=True)
    danger = _youth(language, urgency="crisis", alarm_step=1, waits=2)
    yield "danger, and phones are rung", documents.for_caller(_line(), danger)


def _said_around_a_talk(language: str) -> Iterator[tuple[str, str]]:
    talking = _youth(language, state=CallState.TALKING)
    yield "somebody took the call while a round ended", documents.on_the_way_in(talking)
    yield "into the talk", documents.for_caller(_line(), talking)
    asked = Utterance(QUESTION, language)
    yield "a question by keypad", documents.for_caller(_line(), talking, asked)
    yield "on hold", leg_documents.music("c1", language)
    yield "back from hold", leg_documents.said(BACK, language)
    broke = _youth(language, waits=0, joined_at=NOON)
    yield "the counselor's line broke", documents.for_caller(_line(), broke)
    sent_on = _youth(language, waits=0, joined_at=NOON, step="sent_on")
    yield "sent on", documents.for_caller(_line(), sent_on)


def _last_words(language: str) -> Iterator[tuple[str, str]]:
    for moment, outcome in LAST_WORDS.items():
        over = _youth(language, state=CallState.CLOSING, outcome=outcome)
        yield moment, documents.for_caller(_line(), over)
    talked = _youth(language, state=CallState.CLOSING, outcome=Outcome.TALKED)
    asked = {"how was it, on a line that asks": documents.HOW_WAS_IT, "it was not good": WILL_CALL}
    for moment, prompt in asked.items():
        yield moment, documents.for_caller(_line(), talked, Utterance(prompt, language))
    abusive = _youth(language, state=CallState.CLOSING, outcome_step=ABUSIVE)
    yield "ended for abuse", documents.for_caller(_line(), abusive)
    no_words = _youth(language, state=CallState.MESSAGE)
    yield "a message, asked for by key 8", documents.for_caller(_line(), no_words)


def _said_to_whom_we_call(language: str) -> Iterator[tuple[str, str]]:
    ours = _youth(language, direction=Direction.OUT)
    yield "rung by the system", leg_documents.ask_called_back(_leg(ParticipantRole.CALLER), ours)
    confirmed = Utterance("called_back.confirmed", language)
    yield "it is them", documents.for_caller(_line(), ours, confirmed)
    yield "rung by a counselor", documents.is_called_back(ours)
    over = _youth(
        language, direction=Direction.OUT, state=CallState.CLOSING, outcome=Outcome.TALKED
    )
    yield "a call of ours is over", documents.for_caller(_line(), over)
    guest = _leg(ParticipantRole.GUEST, proof=Proof.KEY)
    yield "a guest is asked", leg_documents.ask_person(_line(), guest, ours)
    yield "a guest comes in", leg_documents.comes_beside(guest, language, "")


def _said_without_database(language: str) -> Iterator[tuple[str, str]]:
    known = CallerAddress(call_id="c1", what="wait", turn=4, language=language)
    yield "our fault, the call is known", _safe("", known)
    yield "our fault, and danger", _safe("9", known)
    unknown = CallerAddress(language=language, rounds=5)
    yield "our fault, the call is not known", _safe("", unknown)
    yield "nobody leads", ask_duty_phone(DUTY_PHONE, known)


def _safe(digits: str, address: CallerAddress) -> str:
    """Of a backend is read what is known of lines, and the settings."""
    knows = SimpleNamespace(lines=KnownLines(), settings=SimpleNamespace(duty_phone=""))
    webhook = Webhook("/voice/incoming", "", b"", {"Digits": digits, "To": "12355"})
    return safe_answer(cast("Backend", knows), webhook, address)


# ── whom we dial ────────────────────────────────────────────────────────────────────────────────


def said_to_whom_we_dial() -> dict[str, str]:
    """Counselors, colleagues, interpreters and stations: in Mandarin, whoever calls."""
    return {**dict(_said_to_people()), **dict(_said_to_stations())}


def _leg(role: ParticipantRole, **values: Any) -> Participant:
    return Participant(id="l1", call_id="c1", role=role, address="tel", created_at=NOON, **values)


def _said_to_people() -> Iterator[tuple[str, str]]:
    call = _youth("cmn")
    lifted = {
        "counselor: an offer": _leg(ParticipantRole.COUNSELOR, offer_id="o1"),
        "called in: nobody at work can answer": _leg(ParticipantRole.COUNSELOR),
        "partner": _leg(ParticipantRole.COUNSELOR, name="合作热线"),
        "interpreter": _leg(ParticipantRole.INTERPRETER),
        "colleague": _leg(ParticipantRole.COLLEAGUE),
        "supervisor": _leg(ParticipantRole.SUPERVISOR),
        "supervisor: help is wanted": _leg(ParticipantRole.SUPERVISOR, name=HELP),
    }
    for whom, leg in lifted.items():
        yield f"{whom}: the phone is lifted", leg_documents.ask_person(_line(), leg, call)
    yield "supervisor: a child was dropped", dropped.ask_to_hear("d1", _line().name)
    yield "supervisor: has heard of it", dropped.has_heard()
    yield "supervisor: a flag nobody has seen", supervisor.ask_to_look("d1", _line().name)
    yield "supervisor: will look at it", supervisor.will_look()
    counselor = _leg(ParticipantRole.COUNSELOR, ends_wanted=True)
    yield "counselor: into the talk", leg_documents.counselor_joins(counselor)
    interpreter = _leg(ParticipantRole.INTERPRETER)
    yield "interpreter: into the talk", leg_documents.interpreter_joins(interpreter)
    coach = _leg(ParticipantRole.SUPERVISOR, voice=VoiceReach.COACH)
    yield "supervisor: whispers", leg_documents.comes_beside(coach, "cmn", "CA-l2")
    listens = _leg(ParticipantRole.SUPERVISOR, voice=VoiceReach.MUTED)
    yield "supervisor: listens", leg_documents.comes_beside(listens, "cmn", "")
    yield "may not come in yet", leg_documents.leg_waits("l1")
    yield "our fault", leg_documents.leg_sorry("l1", danger=False)
    yield "our fault, after the danger key", leg_documents.leg_sorry("l1", danger=True)


def _said_to_stations() -> Iterator[tuple[str, str]]:
    for taken in (False, True):
        notice = StationNotice(
            line_name=_line().name,
            line_name_en=_line().name_en,
            number="20260001",
            level="high",
            language="cmn",
            already_taken=taken,
        )
        moment = "taken already" if taken else "a case"
        yield f"station: {moment}", leg_documents.station_notice("a1", notice)
    for result in PinResult:
        if result is not PinResult.ALREADY_TAKEN:
            yield f"station: {result}", leg_documents.after_pin("a1", result, 1, "cmn")
    for key in MenuResult:
        news = MenuNews(result=key, notice=notice, next_name="市值班")
        yield f"station: {key}", leg_documents.after_menu("a1", news, 1)
    yield "station: our fault", leg_documents.station_sorry("a1")
