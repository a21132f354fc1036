"""A password or PIN that others would try is refused, in both languages, with what is better."""

import re

import pytest

from hotline.errors import Invalid
from hotline.staff.strength import ADVICE, refuse_weak_password, refuse_weak_pin

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WEAK = ["hotline-demo", "Guangdong12355", "passwordpassword", "qwertyuiopasdf", "aaaaaaaaaaaaa"]
WEAK += ["abcdefghijklm", "11111111111112", "drowssapdrowssap", "P@ssw0rdP@ssw0rd", "2026-11-2812"]


def refused(password: str, *about: str) -> str:
    with pytest.raises(Invalid) as told:
        refuse_weak_password(password, about)
    return told.value.public


@pytest.mark.parametrize("password", WEAK)
def test_a_password_that_can_be_guessed_is_refused_with_advice_in_both_languages(
    password: str,
) -> None:
    chinese, _, english = refused(password).partition("Nothing was changed.")

    assert CHINESE.search(chinese.removeprefix("这个密码太容易猜：").partition("什么")[0])
    assert len(english.removeprefix(" This password is too easy to guess: ").split()) > 3


def test_a_password_made_of_what_others_know_of_the_person_is_refused() -> None:
    assert "too easy to guess" in refused("wongkayan1988", "wongkayan")


def test_a_short_password_is_refused_however_strange() -> None:
    assert "at least 12 characters" in refused("x9$Qv!2zK")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "korrekt9 pferde-batterie",
        "木棉花开在旧城墙边上的第三天",
        "x" * 3 + "7$kLw9!qZ" * 20,
    ],
)
def test_a_good_password_is_taken_however_long(password: str) -> None:
    refuse_weak_password(password, ["li", "李明慧"])


def test_all_advice_is_known_in_chinese() -> None:
    assert all(CHINESE.search(said) for said in ADVICE.values())


@pytest.mark.parametrize(
    "pin",
    ["1230", "1231", "1232", "1233", "4711", "123456", "111222", "198706", "20261128", "159357"],
)
def test_a_pin_that_would_be_tried_first_is_refused(pin: str) -> None:
    with pytest.raises(Invalid, match="6 to 8 digits"):
        refuse_weak_pin(pin)


@pytest.mark.parametrize("pin", ["482913000", "48291a", "", "４８２９１３"])
def test_what_no_telephone_can_type_in_time_is_no_pin(pin: str) -> None:
    with pytest.raises(Invalid, match="6 to 8 digits"):
        refuse_weak_pin(pin)


@pytest.mark.parametrize("pin", ["482913", "730264", "90417358"])
def test_a_good_pin_is_taken(pin: str) -> None:
    refuse_weak_pin(pin)
