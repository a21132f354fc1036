"""Numbers as trunks send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.telephony.numbers import masked, normalised


@pytest.mark.parametrize(
    "raw",
    [
        "+8613800138000",
        "13800138000",
        "013800138000",
        "8613800138000",
        "008613800138000",
        " 138 0013 8000 ",
        "１３８００１３８０００",
        "sip:13800138000@trunk.example;user=phone",
        "SIPS:+8613800138000@trunk.example",
        "tel:+8613800138000",
    ],
)
def test_every_spelling_of_a_mobile_number_is_one_number(raw: str) -> None:
    assert normalised(raw) == "+8613800138000"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("075582101234", "+8675582101234"),
        ("(0755) 8210-1234", "+8675582101234"),
        ("02083116688", "+862083116688"),
        ("+85291234567", "+85291234567"),
        ("4001234567", "+864001234567"),
        ("+8615400000000", "+8615400000000"),  # a range the library does not know yet
        ("17900001000", "+8617900001000"),  # the library would read 17900 as a way to call abroad
    ],
)
def test_landlines_and_foreign_numbers_are_normalised(raw: str, number: str) -> None:
    assert normalised(raw) == number


@pytest.mark.parametrize("code", ["110", "12355", "95588", "100860"])
def test_a_short_code_is_kept_as_it_is(code: str) -> None:
    assert normalised(code) == code
    assert masked(code) == code


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "+",
        "anonymous",
        "Anonymous",
        "unknown",
        "restricted",
        "client:li",
        "client:13800138000",
        "sip:anonymous@anonymous.invalid",
        "+266696687",  # ANONYMOUS on the keypad, as Twilio sends it
        "+2562533",  # BLOCKED
        "+7378742833",  # RESTRICTED
        "+8656696",  # UNKNOWN
        "+86282452253",  # UNAVAILABLE, almost a landline in Chengdu
        "82101234",  # a landline without its area code
        "99887766554433",
    ],
)
def test_a_withheld_or_unusable_number_is_none(raw: str) -> None:
    assert normalised(raw) is None
    assert masked(raw) == "未知"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("13800138000", "138****8000"),
        ("+8615400000000", "154****0000"),
        ("075582101234", "0755****1234"),
        ("02083116688", "020****6688"),
        ("4001234567", "400****4567"),
        ("+85291234567", "+852****4567"),
        ("+14155552671", "+1****2671"),
        (None, "未知"),
    ],
)
def test_a_masked_number_shows_network_or_region_and_the_last_digits(
    raw: str | None, shown: str
) -> None:
    assert masked(raw) == shown


@given(st.text() | st.text(alphabet="+0123456789 ;@sip:ext", max_size=25))
def test_no_text_at_all_can_break_the_reading_of_a_number(raw: str) -> None:
    number = normalised(raw)

    assert number is None or number.removeprefix("+").isdecimal()
    assert masked(raw)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mask_never_shows_more_than_seven_digits_of_a_mobile_number(raw: str) -> None:
    assert masked(raw) == f"{raw[:3]}****{raw[-4:]}"
