"""The texts themselves: complete in every language, sayable, and right about what matters."""

from string import Formatter

import pytest

from ivr.model import Utterance
from ivr.wording import Spoken, spoken, spoken_reply, written_language

Prompts = dict[str, dict[str, str]]

HOUSE_KEYS = [
    "connecting",
    "closed",
    "closed_now.message",
    "closed_now.partner",
    "partner.offer",
    "sorry",
    "technical",
    "duty_phone",
    "elsewhere",
    "greeting.youth_12355",
    "greeting.mental_12356",
    "greeting.women_12338",
    "greeting.legal_12348",
    "greeting.civil_12349",
    "greeting.child_protection",
    "choice.violence",
    "choice.child_in_need",
    "greeting.line",
    "menu.danger",
    "menu.human",
    "menu.again",
    "menu.to_human",
    "language.cmn",
    "language.yue",
    "language.hak",
    "language.nan",
    "language.eng",
    "wait.first",
    "wait.woman",
    "wait.man",
    "wait.place",
    "wait.still",
    "wait.soon",
    "wait.minute",
    "wait.minutes",
    "wait.within",
    "wait.calm",
    "wait.choices",
    "wait.crisis",
    "wait.nobody",
    "wait.danger_alarm",
    "calm.welcome",
    "calm.breathe_in",
    "calm.breathe_out",
    "calm.look",
    "calm.listen",
    "calm.shoulders",
    "calm.kind",
    "calm.end",
    "calm.back",
    "callback.confirm",
    "callback.promised",
    "callback.not_possible",
    "callback.no_number",
    "hold.music_intro",
    "counselor.offer",
    "counselor.called_in",
    "counselor.too_late",
    "counselor.call_back",
    "interpreter.offer",
    "interpreter.welcome",
    "colleague.offer",
    "supervisor.offer",
    "supervisor.dropped",
    "supervisor.dropped_heard",
    "supervisor.flagged",
    "supervisor.flagged_heard",
    "supervisor.report",
    "supervisor.report_heard",
    "supervisor.help",
    "guest.offer",
    "guest.welcome",
    "called_back.ask",
    "called_back.confirmed",
    "called_back.welcome",
    "called_back.goodbye",
    "talk.back",
    "talk.ask_keys",
    "caller.blocked",
    "after.abusive",
    "after.ask_how_it_was",
    "after.will_call_back",
    "after.sent_on",
    "after.dropped",
    "after.goodbye",
    "recording.notice",
    "recording.declined",
    "message.please_leave",
    "message.kept_for",
    "message.thanks",
    "station.notice",
    "station.wrong_pin",
    "station.acknowledged",
    "station.already_taken",
    "station.not_acknowledged",
    "station.menu",
    "station.accepted",
    "station.handed_on",
    "station.next",
]


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize("language", ["cmn", "yue", "eng"])
def test_every_text_of_the_house_is_written(prompts: Prompts, language: str) -> None:
    assert sorted(prompts[language]) == sorted(HOUSE_KEYS)


@pytest.mark.parametrize("key", HOUSE_KEYS)
def test_a_text_asks_for_the_same_values_in_every_language(prompts: Prompts, key: str) -> None:
    asked = [placeholders(texts[key]) for texts in prompts.values()]

    assert asked == [asked[0]] * 3


@pytest.mark.parametrize("language", ["cmn", "yue", "eng"])
@pytest.mark.parametrize(
    "key",
    [
        "closed",
        "closed_now.message",
        "closed_now.partner",
        "sorry",
        "technical",
        "wait.crisis",
        "message.thanks",
        "caller.blocked",
        "after.abusive",
    ],
)
def test_who_cannot_be_helped_at_once_is_told_the_emergency_numbers(
    prompts: Prompts, language: str, key: str
) -> None:
    text = prompts[language][key]

    assert "110" in text
    assert "120" in text


@pytest.mark.parametrize("language", ["cmn", "yue", "eng"])
@pytest.mark.parametrize("promise", ["分钟", "分鐘", "minute", "second", "秒"])
def test_no_waiting_time_is_promised(prompts: Prompts, language: str, promise: str) -> None:
    # said only where it is likely true
    measured = {"wait.soon", "wait.minute", "wait.minutes", "wait.within"}

    assert not [
        key for key, text in prompts[language].items() if promise in text and key not in measured
    ]


@pytest.mark.parametrize(
    ("language", "now"),
    [("cmn", "照现在的情况"), ("yue", "照而家嘅情況"), ("eng", "As things are now")],
)
def test_a_wait_is_told_as_it_looks_now(prompts: Prompts, language: str, now: str) -> None:
    told = [prompts[language][f"wait.{one}"] for one in ("soon", "minute", "minutes", "within")]

    assert all(text.startswith(now) for text in told)


def test_a_text_is_filled_in(prompts: Prompts) -> None:
    assert spoken(prompts, "wait.place", "eng", {"place": 3}) == Spoken(
        "You are number 3 in line. Thank you for waiting.", "eng"
    )


@pytest.mark.parametrize("language", ["hak", "nan"])
def test_a_language_without_texts_is_spoken_to_in_mandarin(prompts: Prompts, language: str) -> None:
    assert spoken(prompts, "connecting", language) == Spoken("找到人了，正在为你接通。", "cmn")


def test_a_prompt_that_nobody_wrote_is_an_error(prompts: Prompts) -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        spoken(prompts, "no.such", "eng")


def test_a_value_that_nobody_gave_is_an_error(prompts: Prompts) -> None:
    with pytest.raises(KeyError, match="place"):
        spoken(prompts, "wait.place", "eng")


def test_a_single_missing_text_is_said_in_the_language_that_stands_in() -> None:
    prompts = {"cmn": {"sorry": "对不起"}, "yue": {}}

    assert spoken(prompts, "sorry", "yue") == Spoken("对不起", "cmn")


def test_the_written_language_is_the_first_that_has_texts(prompts: Prompts) -> None:
    assert written_language("yue", prompts) == "yue"
    assert written_language("hak", prompts) == "cmn"
    assert written_language("wuu", prompts) == "wuu"


def test_a_turn_is_put_into_words_with_the_name_of_the_line(prompts: Prompts) -> None:
    say = (Utterance("greeting.line", "eng"), Utterance("language.yue", "yue", "2"))

    assert spoken_reply(prompts, say, {"line": "the test line"}) == (
        Spoken("Hello, this is the test line. Whatever it is, you can talk to us.", "eng"),
        Spoken("廣東話撳2。", "yue"),
    )
