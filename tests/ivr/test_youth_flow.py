"""The flow of 12355 as it is deployed."""

from typing import Any

import pytest

from ivr.flow import parse
from ivr.interpreter import begin, proceed
from ivr.model import CRISIS, ROUTINE, Flow, FlowOutcome, Heard, OutcomeKind
from ivr.wording import Spoken, spoken_reply

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

    assert "12355" in words[0].text
    assert "危险" in words[1].text
    assert "9" in words[1].text


def test_each_language_is_offered_in_the_nearest_voice_there_is(
    flow: Flow, prompts: Prompts
) -> None:
    words = spoken_reply(prompts, begin(flow).say)

    assert words[2:7] == (
        Spoken("说普通话，请按1。", "cmn"),
        Spoken("講廣東話，請撳2。", "yue"),
        Spoken("说客家话，请按3。", "cmn"),
        Spoken("说潮汕话，请按4。", "cmn"),
        Spoken("For English, press 5.", "eng"),
    )


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
