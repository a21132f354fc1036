"""Counts in words, as a voice says them."""

import pytest

from ivr.numerals import MOST, in_words
from ivr.wording import fill_in


@pytest.mark.parametrize(
    ("number", "cmn", "eng"),
    [
        (0, "零", "zero"),
        (1, "一", "one"),
        (2, "两", "two"),
        (10, "十", "ten"),
        (12, "十二", "twelve"),
        (20, "二十", "twenty"),
        (30, "三十", "thirty"),
        (90, "九十", "ninety"),
        (105, "一百零五", "one hundred and five"),
        (110, "一百一十", "one hundred and ten"),
        (180, "一百八十", "one hundred and eighty"),
        (365, "三百六十五", "three hundred and sixty-five"),
        (1000, "一千", "one thousand"),
        (1001, "一千零一", "one thousand and one"),
        (1095, "一千零九十五", "one thousand and ninety-five"),
        (1460, "一千四百六十", "one thousand four hundred and sixty"),
        (10000, "一万", "ten thousand"),
        (10950, "一万零九百五十", "ten thousand nine hundred and fifty"),
        (36500, "三万六千五百", "thirty-six thousand five hundred"),
    ],
)
def test_a_count_is_said_in_words(number: int, cmn: str, eng: str) -> None:
    assert (in_words(number, "cmn"), in_words(number, "eng")) == (cmn, eng)


@pytest.mark.parametrize("language", ["hak", "nan"])
def test_who_has_no_texts_of_their_own_hears_it_in_mandarin(language: str) -> None:
    assert in_words(2, language) == in_words(2, "cmn")


def test_cantonese_is_written_in_its_own_signs() -> None:
    assert (in_words(2, "yue"), in_words(20000, "yue")) == ("兩", "二萬")


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_what_no_rule_can_say_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        in_words(number, "cmn")


def test_no_two_counts_are_said_alike() -> None:
    for language in ("cmn", "eng", "yue"):
        said = [in_words(number, language) for number in range(3000)]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("place", "said"), [(7, "第7位"), (99, "第99位"), (120, "第一百二十位"), ("120", "第120位")]
)
def test_a_count_of_three_digits_is_filled_in_as_words_and_a_telephone_number_is_not(
    place: int | str, said: str
) -> None:
    assert fill_in("第{place}位", {"place": place}, "cmn") == said
