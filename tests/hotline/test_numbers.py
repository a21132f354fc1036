"""Numbers as trunks send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.numbers import as_dialled, as_people_dial, can_be_rung, city_of, masked, normalised


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
        "<sip:%2B8613800138000@trunk.example>;tag=1",
        '"a child" <tel:138-0013-8000>',
        "＋８６ １３８ ００１３ ８０００",
    ],
)
def test_every_spelling_of_a_mobile_number_is_one_number(raw: str) -> None:
    assert normalised(raw) == "+8613800138000"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("075582101234", "+8675582101234"),
        ("(0755) 8210-1234", "+8675582101234"),
        ("02080000000", "+862080000000"),
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
    ("raw", "number"),
    [
        ("+8612355", "12355"),
        ("008612355", "12355"),
        ("8612355", "12355"),
        ("+86110", "110"),
        ("sip:95588@trunk.example", "95588"),
        ("020-12355", "+862012355"),
        ("0755 12355", "+8675512355"),
        ("+86755110", "+86755110"),
        ("020110", "+8620110"),
        ("8666012355", "+8666012355"),
    ],
)
def test_a_short_code_loses_its_country_and_keeps_its_city(raw: str, number: str) -> None:
    assert normalised(raw) == number


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
        ("02080000000", "020****0000"),
        ("4001234567", "400****4567"),
        ("+85291234567", "+852****4567"),
        ("+14155552671", "+1****2671"),
        ("+8675512355", "0755-12355"),
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


# ── ours, and theirs ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "number"),
    [("82101234", "82101234"), ("020-12355", "+862012355"), ("line 7", ""), ("", "")],
)
def test_a_number_of_ours_may_also_lack_its_area_code(raw: str, number: str) -> None:
    assert as_dialled(raw) == number


@pytest.mark.parametrize(
    ("number", "city"),
    [("+862080000000", "20"), ("+8675512355", "755"), ("+8613800138000", None), ("12355", None)],
)
def test_a_number_names_its_city(number: str, city: str | None) -> None:
    assert city_of(number) == city


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("+862000000201", "02000000201"),
        ("+8615400000203", "15400000203"),
        ("+8675512355", "075512355"),
        ("+85291234567", "+85291234567"),
        ("12355", "12355"),
        ("client:li", "client:li"),
    ],
)
def test_people_read_a_number_as_they_would_dial_it(number: str, dialled: str) -> None:
    assert as_people_dial(number) == dialled


@pytest.mark.parametrize(
    "number", ["+8613800138000", "+8615400000000", "+8675582101234", "+862080000000"]
)
def test_mobiles_and_landlines_in_china_can_be_called_back(number: str) -> None:
    assert can_be_rung(number, ours=(), countries=["CN"])


@pytest.mark.parametrize(
    "raw",
    [
        *("110", "119", "120", "122", "12345", "12355", "95588", "+8612355", "020-12345"),
        *("0755110", "4001234567", "8008208820", "+85291234567", "+14155552671"),
    ],
)
def test_the_police_a_hotline_a_company_and_other_countries_are_not_called_back(raw: str) -> None:
    assert not can_be_rung(normalised(raw) or "", ours=(), countries=["CN"])


def test_a_number_of_ours_is_not_called_back() -> None:
    assert not can_be_rung("+862080000000", ours={"+862080000000"}, countries=["CN"])


@pytest.mark.parametrize(("countries", "can"), [(["CN", "HK"], True), (["CN"], False)])
def test_other_countries_are_called_back_where_a_line_says_so(
    countries: list[str], *, can: bool
) -> None:
    assert can_be_rung("+85291234567", ours=(), countries=countries) == can


def test_who_calls_from_home_is_not_called_back_where_a_line_serves_others_only() -> None:
    assert not can_be_rung("+8613800138000", ours=(), countries=["HK"])
