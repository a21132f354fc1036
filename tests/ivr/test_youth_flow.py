"""The flow of 12355 as it is deployed."""

from typing import Any

import pytest

from ivr.flow import parse
from ivr.interpreter import begin, proceed
from ivr.model import CRISIS, ROUTINE, Collect, Flow, FlowOutcome, Heard, OutcomeKind
from ivr.twiml import readable
from ivr.wording import Spoken, spoken_reply

# Slow on purpose: a voice of a carrier reads four to five signs a second, with a pause after each
# sentence.
CHINESE_SIGNS_A_SECOND, ENGLISH_WORDS_A_SECOND = 3.75, 2.5
SILENT_CHILD_WAITS_S, LISTENING_S = 15, 5

Raw = dict[str, Any]
Prompts = dict[str, dict[str, str]]


@pytest.fixture
def flow(youth: Raw, prompts: Prompts) -> Flow:
    """Parsed, with its prompts checked."""
    return parse(youth, prompts=prompts)


def outcome(flow: Flow, heard: Heard) -> FlowOutcome:
    """What one answer to the menu leads to."""
    then = proceed(flow, begin(flow).position, heard).then
    assert isinstance(then, FlowOutcome)
    return then


def test_a_child_hears_who_we_are_then_what_to_do_in_danger(flow: Flow, prompts: Prompts) -> None:
    words = spoken_reply(prompts, begin(flow).say)

    assert "青少年服务台" in words[0].text
    assert "危险" in words[1].text
    assert "9" in words[1].text


def test_each_language_is_offered_in_the_nearest_voice_there_is(
    flow: Flow, prompts: Prompts
) -> None:
    words = spoken_reply(prompts, begin(flow).say)

    assert words[2:6] == (
        Spoken("廣東話撳2。", "yue"),
        Spoken("客家话按3。", "cmn"),
        Spoken("潮汕话按4。", "cmn"),
        Spoken("English, 5.", "eng"),
    )


def seconds_to_say(words: Spoken) -> float:
    """How long a calm voice reads it: signs of Chinese, words of English."""
    text = readable(words.text)
    if words.language == "eng":
        return len(text.split()) / ENGLISH_WORDS_A_SECOND
    return sum(sign.isalnum() for sign in text) / CHINESE_SIGNS_A_SECOND


def test_a_silent_child_hears_within_fifteen_seconds_that_somebody_is_looked_for(
    flow: Flow, prompts: Prompts
) -> None:
    asked = begin(flow)
    assert isinstance(asked.then, Collect)

    read = sum(map(seconds_to_say, spoken_reply(prompts, asked.say)))
    answer = proceed(flow, asked.position, Heard())

    assert read + asked.then.timeout_s <= SILENT_CHILD_WAITS_S
    assert asked.then.timeout_s == LISTENING_S
    assert isinstance(answer.then, FlowOutcome)
    assert "这就去找人" in spoken_reply(prompts, answer.say)[0].text


@pytest.mark.parametrize(
    ("key", "language"), [("1", "cmn"), ("2", "yue"), ("3", "hak"), ("4", "nan"), ("5", "eng")]
)
def test_a_key_asks_for_a_counselor_of_that_language(flow: Flow, key: str, language: str) -> None:
    assert outcome(flow, Heard(digits=key)) == FlowOutcome(
        kind=OutcomeKind.ENQUEUE, language=language, urgency=ROUTINE
    )


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("我讲粤语", "yue"),
        ("廣東話", "yue"),
        ("Cantonese please", "yue"),
        ("客家话", "hak"),
        ("潮汕话", "nan"),
        ("English", "eng"),
        ("普通话", "cmn"),
        ("喂你好", "cmn"),
    ],
)
def test_a_language_can_be_asked_for_in_words(flow: Flow, words: str, language: str) -> None:
    assert outcome(flow, Heard(speech=words)).language == language


@pytest.mark.parametrize("heard", [Heard(digits="9"), Heard(speech="我不想活了")])
def test_danger_is_a_crisis(flow: Flow, heard: Heard) -> None:
    assert outcome(flow, heard).urgency == CRISIS


@pytest.mark.parametrize("heard", [Heard(), Heard(digits="0")])
def test_a_silent_child_reaches_a_human_in_mandarin(flow: Flow, heard: Heard) -> None:
    assert outcome(flow, heard) == FlowOutcome(kind=OutcomeKind.ENQUEUE, language="cmn")
