"""How numbers are said, word by word."""

import pytest

from ivr.counting import GREATEST, parts_beside_digits, said_one_by_one

CHINESE = dict(zip(range(10), "零一二三四五六七八九", strict=True)) | {10: "十", 100: "百"}
IN_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred"
)
ENGLISH = dict(zip((*range(20), *range(20, 101, 10)), IN_ENGLISH.split(), strict=True))


@pytest.mark.parametrize(
    ("number", "chinese", "english"),
    [
        (0, "零", "zero"),
        (2, "二", "two"),
        (9, "九", "nine"),
        (10, "十", "ten"),
        (11, "十一", "eleven"),
        (19, "十九", "nineteen"),
        (20, "二十", "twenty"),
        (21, "二十一", "twenty one"),
        (99, "九十九", "ninety nine"),
        (100, "一百", "one hundred"),
        (101, "一百零一", "one hundred one"),
        (105, "一百零五", "one hundred five"),
        (110, "一百一十", "one hundred ten"),
        (111, "一百一十一", "one hundred eleven"),
        (120, "一百二十", "one hundred twenty"),
        (121, "一百二十一", "one hundred twenty one"),
        (200, "二百", "two hundred"),
        (999, "九百九十九", "nine hundred ninety nine"),
    ],
)
def test_a_number_is_said_as_people_say_it(number: int, chinese: str, english: str) -> None:
    for language in ("cmn", "yue", "hak", "nan"):
        assert "".join(CHINESE[one] for one in said_one_by_one(number, language)) == chinese
    assert " ".join(ENGLISH[one] for one in said_one_by_one(number, "eng")) == english


@pytest.mark.parametrize("number", [-1, GREATEST + 1])
def test_what_nobody_says_in_these_words_is_not_put_together(number: int) -> None:
    assert said_one_by_one(number, "cmn") == said_one_by_one(number, "eng") == ()


@pytest.mark.parametrize("language", ["cmn", "yue", "hak", "nan", "eng"])
def test_every_number_is_made_of_digits_and_words_that_are_recorded(language: str) -> None:
    words = {*range(10), *parts_beside_digits(language)}

    said = [said_one_by_one(number, language) for number in range(GREATEST + 1)]

    assert all(one and words.issuperset(one) for one in said)
    assert len(set(said)) == len(said), "two numbers would sound alike"
