"""Which sounds stand for a prompt: all of it recorded, or none of it played."""

import pytest

from ivr.model import Voice
from ivr.recorded import RecordedPrompts, ScriptPart, parts_of
from ivr.twiml import say_only, say_then_hang_up
from ivr.voices import Voices, speaking_with
from ivr.wording import spoken

PROMPTS = {
    "cmn": {"hello": "你好。", "wait.place": "你排在第{place}位。", "greeting": "这里是{line}。"},
    "yue": {"hello": "你好呀。", "wait.place": "你排第{place}位。", "greeting": "呢度係{line}。"},
}
LINE = {"line": "热线"}


def recorded(language: str, *keys: str, name: str = "") -> RecordedPrompts:
    urls = {(language, key): f"/{language}/{key}" for key in keys}
    return RecordedPrompts(urls, {(language, name): f"/{language}/name"} if name else {})


def test_a_prompt_with_gaps_is_recorded_in_parts_and_signs_alone_are_not() -> None:
    assert parts_of("hello", "你好。") == (ScriptPart("hello", "你好。"),)
    assert parts_of("p", "第{place}位，{line}。") == (
        ScriptPart("p.1", "第"),
        ScriptPart(gap="place"),
        ScriptPart("p.2", "位，"),
        ScriptPart(gap="line"),
    )


def test_what_somebody_recorded_in_hakka_is_played_to_callers_of_that_language() -> None:
    voices = Voices(recorded=recorded("hak", "hello"))

    document = say_only([spoken(PROMPTS, "hello", "hak")], voices)

    assert "<Play>/hak/hello</Play>" in document
    assert "<Say" not in document


def test_a_prompt_of_which_one_part_is_missing_is_said_whole_by_who_stands_in() -> None:
    voices = Voices(recorded=recorded("hak", "wait.place.1", "value.digit.3"))

    document = say_only([spoken(PROMPTS, "wait.place", "hak", {"place": 3})], voices)

    assert "<Play" not in document
    assert '<Say language="cmn-CN" voice="Polly.Zhiyu-Neural">你排在第3位。</Say>' in document


def test_a_number_is_played_as_it_is_said_and_a_text_of_digits_one_by_one() -> None:
    digits, words = ("value.digit.1", "value.digit.2"), ("value.number.10", "value.number.100")
    known = recorded("hak", "wait.place.1", "wait.place.2", *digits, *words)
    text = PROMPTS["cmn"]["wait.place"]

    def played(place: int | str) -> list[str]:
        sounds = known.sounds("hak", "wait.place", text, {"place": place})
        return [address.rpartition(".")[2] for address in sounds[1:-1]]

    assert played(2) == ["2"]
    assert played(12) == ["10", "2"]
    assert played(120) == ["1", "100", "2", "10"]
    assert played("12") == ["1", "2"]


@pytest.mark.parametrize("place", [3, 13, 1000, "7", ""])
def test_of_a_number_that_is_not_recorded_whole_nothing_is_played(place: int | str) -> None:
    known = recorded("hak", "wait.place.1", "wait.place.2", "value.number.10")

    assert known.sounds("hak", "wait.place", PROMPTS["cmn"]["wait.place"], {"place": place}) == ()


def test_a_name_is_played_where_it_is_recorded_as_it_is_written_now() -> None:
    words = spoken(PROMPTS, "greeting", "hak", LINE)
    before = Voices(recorded=recorded("hak", "greeting.1", name="另一条热线"))
    now = Voices(recorded=recorded("hak", "greeting.1", name="热线"))

    assert before.delivery(words).language == "cmn"
    assert now.delivery(words).sounds == ("/hak/greeting.1", "/hak/name")


def test_a_recording_wins_over_a_voice_unless_the_settings_say_otherwise() -> None:
    words, known = spoken(PROMPTS, "hello", "yue"), recorded("yue", "hello")

    assert Voices(recorded=known).delivery(words).sounds == ("/yue/hello",)
    assert Voices(recorded=known, recorded_first=False).delivery(words).sounds == ()


def test_a_recording_in_mandarin_stands_in_only_for_who_has_no_voice() -> None:
    voices = Voices(recorded=recorded("cmn", "hello"))

    assert voices.delivery(spoken(PROMPTS, "hello", "hak")).sounds == ("/cmn/hello",)
    assert voices.delivery(spoken(PROMPTS, "hello", "yue")).sounds == ()


def test_a_voice_that_is_named_for_hakka_reads_what_stands_there_to_be_read() -> None:
    voices = Voices({"hak": Voice("hak-CN", "Own.Hakka", "cmn-Hans-CN")})

    document = say_only([spoken(PROMPTS, "hello", "hak")], voices)

    assert '<Say language="hak-CN" voice="Own.Hakka">你好。</Say>' in document


def test_documents_are_made_with_the_voices_of_the_block_they_are_made_in() -> None:
    words = spoken(PROMPTS, "hello", "hak")

    with speaking_with(Voices(recorded=recorded("hak", "hello"))):
        inside = say_then_hang_up([words])

    assert "<Play>/hak/hello</Play>" in inside
    assert "<Play" not in say_then_hang_up([words])
