"""What is read out of somebody's words, and what is never in ours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.texting.segments import size_of
from hotline.texting.templates import BY_PEOPLE, WORDS, Template, words_of
from hotline.texting.words import Meaning, language_of, meaning_of

# | meaning  | texts that mean it |
MEANINGS = {
    "stop": ["STOP", "stop.", " Stop ", "退订", "TD", "t", "Ｔ", "回复T", "unsubscribe", "別發"],
    "start": ["START", "恢复", "恢復"],
    "danger": ["我不想活了", "想自杀", "自 杀", "救命", "救命！！", "I want to die", "suicide",
               "HELP", "Help me", "110", "唔想活", "stop 我不想活了", "好，我想死"],
    "yes": ["好", "好的。", "OK", "yes!", "嗯", "得"],
    "no": ["不用了", "不用", "no", "No thanks", "唔使喇", "取消"],
    "time": ["8点", "晚上8:30", "明天下午", "8pm", "tomorrow morning", "放学以后", "周末都可以",
             "聽日下午"],
    "call_me": ["请给我打电话", "can you call me", "回电", "打俾我啦"],
    "other": ["", "😀", "今天爸爸又打我了", "stop it he said", "我不知道怎么说", "不好意思打扰了",
              "谢谢你", "homework is hard today"],
}  # fmt: skip

REVEALING = re.compile(
    "热线|熱線|hotline|helpline|crisis|危机|危機|心理|psych|counsel|咨询|諮詢|辅导|輔導|青少年|youth|"
    "保护|保護|protect|自杀|自殺|suicid|求助|援助|help|support|妇女|婦女|women|儿童|兒童|child|法律|"
    "legal|mental|健康|health|中心|service|服务|服務|匿名|保密|abuse|虐|report|报警|police|[0-9]{3,}",
    re.IGNORECASE,
)
EVERY = [(language, one) for language, words in WORDS.items() for one in words]


@pytest.mark.parametrize(
    ("text", "meaning"), [(text, name) for name, texts in MEANINGS.items() for text in texts]
)
def test_words_mean_what_people_mean_by_them(text: str, meaning: str) -> None:
    assert meaning_of(text) == meaning


@pytest.mark.parametrize(
    ("said", "meaning"), [("STOP", "stop"), ("START", "start"), ("HELP", "danger")]
)
def test_the_carriers_word_counts_where_we_know_none(said: str, meaning: str) -> None:
    assert meaning_of("basta", said_by_carrier=said) == meaning


def test_danger_is_heard_also_where_the_carrier_heard_stop() -> None:
    assert meaning_of("stop, i want to die", said_by_carrier="STOP") is Meaning.DANGER


@given(st.text(max_size=1600))
def test_any_text_means_something(text: str) -> None:
    assert meaning_of(text) in Meaning


@pytest.mark.parametrize(("language", "template"), EVERY)
def test_no_text_of_ours_says_who_we_are(language: str, template: Template) -> None:
    assert not REVEALING.search(words_of(template, language))


@pytest.mark.parametrize(("language", "template"), EVERY)
def test_every_text_of_ours_is_one_message_and_says_how_to_stop_them(
    language: str, template: Template
) -> None:
    words = words_of(template, language)

    assert size_of(words).segments == 1
    assert re.search("[回Reply ]+T", words)
    assert meaning_of("T") is Meaning.STOP


def test_every_language_has_every_text() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(Template)}
    assert words_of(Template.WHEN, "hak") == words_of(Template.WHEN, "cmn")
    assert Template.RECEIVED not in BY_PEOPLE


@pytest.mark.parametrize(
    ("text", "language"),
    [("call me", "eng"), ("打给我", "cmn"), ("打俾我啦", "yue"), ("110", "cmn"), ("😀 hi", "cmn")],
)
def test_an_answer_is_in_the_language_of_the_letters(text: str, language: str) -> None:
    assert language_of(text) == language
