"""What is said means the same however a recogniser, or the writer of a flow, spells it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ivr.flow import parse
from ivr.interpreter import begin, proceed
from ivr.model import CRISIS, FlowOutcome, Heard
from ivr.speech import ONLY_CANTONESE, longest_said, plain

Raw = dict[str, Any]


def outcome(raw: Raw, speech: str) -> FlowOutcome:
    """Where these words lead from the beginning."""
    flow = parse(raw)
    then = proceed(flow, begin(flow).position, Heard(speech=speech)).then
    assert isinstance(then, FlowOutcome)
    return then


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("自杀", "我想自殺"),
        ("自殺", "我想自杀。"),
        ("跳樓", "我要跳 楼"),
        ("不想活", "不，想，活"),
        ("help me", "Ｈｅｌｐ　ｍｅ！"),
        ("help me", "help-me"),
        ("help me", "helpme please"),
        ("ＨＥＬＰ ＭＥ", "please help me."),
        ("唔想生", "我唔 想 生喇"),
        ("我說救命", "我説救命啊"),
        ("救命", "救\u200b命"),
    ],
)
def test_words_of_danger_are_heard_in_every_spelling(raw: Raw, written: str, said: str) -> None:
    raw["danger_words"] = [written]

    assert outcome(raw, said).urgency == CRISIS


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("廣東話", "广东话，谢谢"),
        ("粤语", "粵 語"),
        ("Mandarin", "ＭＡＮＤＡＲＩＮ"),
        ("客家話", "讲客家话。"),
    ],
)
def test_a_choice_is_understood_in_every_spelling(raw: Raw, written: str, said: str) -> None:
    raw["steps"]["menu"]["choices"][2]["words"] = [written]

    assert outcome(raw, said).language == "yue"


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("我唔想生", "yue"),
        ("佢打我", "yue"),
        ("Kill myself!", "eng"),
        ("我不想活了", "cmn"),
        ("110", "cmn"),
    ],
)
def test_whoever_speaks_is_answered_in_the_language_they_speak(
    raw: Raw, said: str, language: str
) -> None:
    raw["danger_words"] += ["唔想生", "不想活", "kill myself"]
    raw["steps"]["menu"]["choices"][4]["language"] = "eng"

    assert outcome(raw, said).language == language


def test_a_language_that_was_asked_for_counts_more_than_the_one_it_was_asked_in(raw: Raw) -> None:
    raw["steps"]["menu"]["choices"][3]["words"] = ["hakka"]
    raw["steps"]["menu"]["choices"][4]["language"] = "eng"

    assert outcome(raw, "Hakka, please").language == "hak"


def test_a_language_that_the_flow_does_not_serve_is_not_spoken(raw: Raw) -> None:
    assert outcome(raw, "Help me").language == "cmn"


@given(st.sampled_from(sorted(ONLY_CANTONESE)))
def test_the_signs_of_cantonese_are_in_their_plain_form(sign: str) -> None:
    assert plain(sign) == sign


def test_of_two_words_the_one_that_says_more_counts_however_they_are_spelt() -> None:
    assert longest_said("學校裡的事", ("学 校", "学校里")) == "学校里"


def test_a_recogniser_is_told_the_words_as_they_were_written(raw: Raw) -> None:
    raw["danger_words"] = ["自殺", "Help Me"]

    assert parse(raw).danger_words == ("自殺", "help me")


def test_one_word_in_two_spellings_cannot_mean_two_keys(raw: Raw) -> None:
    raw["steps"]["menu"]["choices"][2]["words"] = ["學 校"]

    with pytest.raises(ValidationError, match="already means key 1"):
        parse(raw)


def test_a_word_without_anything_to_say_is_refused(raw: Raw) -> None:
    raw["danger_words"] = ["！？"]

    with pytest.raises(ValidationError, match="nothing in it that can be said"):
        parse(raw)


@given(st.text(max_size=30))
def test_any_text_has_one_plain_form_and_keeps_it(text: str) -> None:
    once = plain(text)

    assert plain(once) == once
    assert once.isalnum() or once == ""


@given(st.text(max_size=10), st.text(max_size=10))
def test_whatever_stands_around_a_word_does_not_hide_it(before: str, after: str) -> None:
    assert longest_said(f"{before} 救 命{after}", ("救命",)) == "救命"
