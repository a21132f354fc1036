"""Every document, word for word, and what must never happen in one.

The golden files are indented for reading; indentation is the only thing not compared.
"""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import twiml
from ivr.model import Voice
from ivr.twiml import Ask, ConferenceJoin, Played, Quiet, Recording
from ivr.voices import Voices
from ivr.wording import Spoken
from tests.golden import GoldenCheck, indented

GOLDEN = Path(__file__).parent / "golden"

HELLO = Spoken("你好，这里是12355。", "cmn")
IN_CANTONESE = Spoken("講廣東話，請撳2。", "yue")
IN_ENGLISH = Spoken("For English, press 5.", "eng")
MUSIC = Played("/static/music.mp3")
NEXT = "/voice/calls/c1/flow?turn=1"
ROUND = "/voice/calls/c1/wait?turn=2"
LEG = "/voice/legs/l1/take"

CALLER_SEAT = ConferenceJoin(
    conference="call-c1",
    action="/voice/calls/c1/after?turn=3",
    label="caller",
    start_on_enter=True,
    end_on_exit=False,
    status_callback="/voice/conferences/c1",
    wait_url="/voice/calls/c1/music",
)
COUNSELOR_SEAT = ConferenceJoin(
    conference="call-c1",
    action="/voice/legs/l1/left",
    label="l1",
    start_on_enter=True,
    end_on_exit=True,
    status_callback="/voice/conferences/c1",
    wait_url="",
)
LISTENER_SEAT = ConferenceJoin(
    conference="call-c1",
    action="/voice/legs/l2/left",
    label="l2",
    start_on_enter=False,
    end_on_exit=False,
    status_callback="/voice/conferences/c1",
    muted=True,
    coach="CA1",
)
MESSAGE = Recording(action="/voice/calls/c1/message", status_callback="/voice/recordings/c1")

DOCUMENTS: dict[str, Callable[[], str]] = {
    "collect_keys": lambda: twiml.collect(
        [HELLO, IN_CANTONESE, IN_ENGLISH], Ask(action=NEXT, timeout_s=6)
    ),
    "collect_speech": lambda: twiml.collect(
        [IN_CANTONESE], Ask(action=NEXT, timeout_s=6, language="yue", hints=("粤语", "cantonese"))
    ),
    "hold": lambda: twiml.hold([HELLO, MUSIC, Quiet(3), IN_ENGLISH], action=ROUND, quiet_s=2),
    "hold_with_nothing_to_say": lambda: twiml.hold([], action=ROUND, quiet_s=0),
    "collect_pin": lambda: twiml.collect_pin([HELLO], action="/voice/station/a1/pin"),
    "ask_for_key": lambda: twiml.ask_for_key([HELLO, Quiet(1), HELLO], action=LEG),
    "join_caller": lambda: twiml.join_conference(CALLER_SEAT),
    "join_counselor": lambda: twiml.join_conference(COUNSELOR_SEAT),
    "join_after_words": lambda: twiml.join_conference(CALLER_SEAT, [HELLO]),
    "join_listening": lambda: twiml.join_conference(LISTENER_SEAT),
    "record_message": lambda: twiml.record_message([HELLO], MESSAGE),
    "say_then_redirect": lambda: twiml.say_then_redirect([HELLO], ROUND),
    "redirect": lambda: twiml.redirect(ROUND),
    "say_then_hang_up": lambda: twiml.say_then_hang_up([HELLO, IN_ENGLISH]),
    "hang_up": twiml.hang_up,
    "reject": twiml.reject,
    "reject_busy": lambda: twiml.reject(busy=True),
    "empty": twiml.empty,
    "fallback": lambda: twiml.fallback(None),
    "fallback_with_duty_phone": lambda: twiml.fallback("02000000010"),
    "ask_duty_phone": lambda: twiml.ask_duty_phone(
        [HELLO],
        twiml.PutThrough(phone="02000000010", action="/after", answered="/voice/duty-phone"),
    ),
    "fallback_elsewhere": lambda: twiml.fallback_elsewhere(
        [HELLO, IN_CANTONESE, IN_ENGLISH],
        ["02000000010", "02000000011"],
        back="https://line.example/voice/incoming",
    ),
}


def read(document: str) -> ET.Element:
    """The document as a tree."""
    return ET.fromstring(document)  # noqa: S314 – our own output


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_what_the_carrier_was_shown_before(name: str, golden: GoldenCheck) -> None:
    golden(GOLDEN / f"{name}.xml", indented(DOCUMENTS[name]()))


def test_every_golden_file_belongs_to_a_document() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_begins_with_its_declaration_and_nests_only_what_may_be_nested(
    name: str,
) -> None:
    document = DOCUMENTS[name]()

    assert document.startswith('<?xml version="1.0" encoding="UTF-8"?><Response')
    assert {part.tag for part in read(document).findall("Gather/*")} <= {"Say", "Play", "Pause"}


SILENT_ENDS = {"hang_up", "reject", "reject_busy", "empty"}


@pytest.mark.parametrize("name", sorted(set(DOCUMENTS) - SILENT_ENDS))
def test_no_document_runs_out_of_verbs(name: str) -> None:
    last = read(DOCUMENTS[name]())[-1]

    assert last.tag in ("Redirect", "Hangup") or (last.tag == "Dial" and last.get("action"))


@pytest.mark.parametrize("quiet_s", [-5, 0, 1, 30])
def test_waiting_never_spins(quiet_s: int) -> None:
    pause = read(twiml.hold([], action=ROUND, quiet_s=quiet_s)).find(".//Pause")

    assert pause is not None
    assert int(pause.get("length", "")) == max(1, quiet_s)


def test_a_menu_that_is_given_no_time_still_listens_for_a_second() -> None:
    gather = read(twiml.collect([HELLO], Ask(action=NEXT, timeout_s=0))).find("Gather")

    assert gather is not None
    assert gather.get("timeout") == "1"


# ── voices ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["cmn", "hak", "nan", "wuu"])
def test_a_language_without_a_voice_is_read_in_mandarin(language: str) -> None:
    assert Voices().of(language) == Voice("cmn-CN", "Polly.Zhiyu-Neural", "cmn-Hans-CN")


def test_a_voice_can_be_replaced_or_added() -> None:
    other = Voice("yue-CN", "Polly.Hiujin-Neural", "yue-Hant-HK")
    hakka = Voice("hak-CN", "Own.Hakka", "cmn-Hans-CN")
    voices = Voices({"yue": other, "hak": hakka})

    said = read(twiml.say_then_hang_up([IN_CANTONESE, Spoken("恁仔细", "hak")], voices))

    assert [say.attrib for say in said.iter("Say")] == [
        {"language": "yue-CN", "voice": "Polly.Hiujin-Neural"},
        {"language": "hak-CN", "voice": "Own.Hakka"},
    ]
    assert voices.of("eng") == Voices().of("eng")


@pytest.mark.parametrize(
    ("written", "read_aloud"),
    [
        ("请拨打110或者120。", "请拨打1 1 0或者1 2 0。"),
        ("你排在第12位", "你排在第12位"),
        ("编号2025-0031", "编号2 0 2 5-0 0 3 1"),
        ("a\x00b\x1fc\tde", "abc\tde"),
    ],
)
def test_long_numbers_are_read_digit_by_digit(written: str, read_aloud: str) -> None:
    assert twiml.readable(written) == read_aloud


@given(st.text())
def test_whatever_a_line_is_called_the_document_can_be_read(name: str) -> None:
    say = read(twiml.say_then_hang_up([Spoken(name, "cmn")])).find("Say")

    assert say is not None


# ── when nothing else works ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("duty_phone", [None, "", "02000000010"])
def test_the_fallback_names_the_emergency_numbers_in_three_languages(
    duty_phone: str | None,
) -> None:
    document = read(twiml.fallback(duty_phone))

    named = {
        say.get("language")
        for say in document.iter("Say")
        if "1 1 0" in (say.text or "") and "1 2 0" in (say.text or "")
    }

    assert named == {"cmn-CN", "yue-HK", "en-US"}
    assert document.findtext("Dial") == (duty_phone or None)
