"""Telephone numbers in one form, wherever they come from: a trunk, a file, a setting. Pure.

A trunk in mainland China sends `13800138000`, `013800138000`, `+86138...`, a landline with its
area code, a short code with or without country and city (`12355`, `+8612355`, `020-12355`), any of
them as `sip:` or `tel:`, a word such as `anonymous`, or nothing. Whether a number may be shown in
full is left to whoever shows it.
"""

import re
import unicodedata
from collections.abc import Collection, Container
from enum import StrEnum
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

REGION = "CN"
CHINA = 86
UNKNOWN = "未知"
CAN_RING = frozenset(
    {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE,
     PhoneNumberType.VOIP, PhoneNumberType.PERSONAL_NUMBER}
)  # fmt: skip

# New mobile ranges open faster than the library's tables follow.
_CN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SHORT_CODE = re.compile(r"[1-9][0-9]{2,5}")
_OUR_CODE = r"1[0-9]{2,5}|9[56][0-9]{3,4}"  # 110, 12355, 95588: what a country code may precede
_CODE_WITH_COUNTRY = re.compile(rf"(?:\+|00)86({_OUR_CODE})|86(1[0-9]{{4,5}})")
_CODE_IN_A_CITY = re.compile(
    rf"(?:(?:\+|00)?86)?0?(?P<city>10|2[0-9]|[3-9][0-9]{{2}})(?P<code>{_OUR_CODE})"
)
_DIGITS = re.compile(r"\+?([0-9]+)")
_BRACKETED = re.compile(r"[^<]*<([^<>]*)>.*")
_URI_USER = re.compile(r"(?:sips?|tel):(?://)?([^@;?:]*)", re.IGNORECASE)
_BETWEEN_DIGITS = re.compile(r"[\s().\-‐-―−]")


class NumberKind(StrEnum):
    """What is known of a caller's number."""

    DIRECT = "direct"  # as `From` says
    FORWARDED = "forwarded"  # from a header; `From` is of whoever passed the call on
    WITHHELD = "withheld"
    MALFORMED = "malformed"
    TRUNK = "trunk"  # only that of whoever passed the call on: the caller cannot be located


OF_A_PERSON = (NumberKind.DIRECT, NumberKind.FORWARDED)
"""Kinds of number that stand for one caller: behind any other there may be many."""


# ── one form ────────────────────────────────────────────────────────────────────────────────────


def normalised(raw: str) -> str | None:
    """E.164; a short code such as 12355 as it is; None where there is no usable number.

    A short code with its city is written as E.164 too: 020-12355 is `+862012355`.
    """
    text = _bare(raw)
    return _with_code(text) or _in_full(text)


def as_dialled(raw: str) -> str:
    """The same for a number of ours, which may also be an extension or lack its area code.

    Of those the digits; empty where the text is no number at all.
    """
    digits = _DIGITS.fullmatch(_bare(raw))
    return normalised(raw) or (digits[1] if digits else "")


def city_and_code(number: str) -> tuple[str, str] | None:
    """Of a normalised short code in a city: `("20", "12355")`."""
    found = _CODE_IN_A_CITY.fullmatch(number) if number.startswith(f"+{CHINA}") else None
    return (found["city"], found["code"]) if found else None


def city_of(number: str) -> str | None:
    """The area code of a normalised number in China: `20`. None: it names no city."""
    in_a_city = city_and_code(number)
    if in_a_city or not number.startswith(f"+{CHINA}"):
        return in_a_city[0] if in_a_city else None
    parsed = phonenumbers.parse(number)
    area = phonenumbers.length_of_geographical_area_code(parsed)
    return phonenumbers.national_significant_number(parsed)[:area] or None


def _bare(raw: str) -> str:
    """Without width, brackets, address and what is put between digits to read them better."""
    text = unicodedata.normalize("NFKC", raw).strip()
    text = _BRACKETED.sub(r"\1", text).strip()
    found = _URI_USER.match(text)
    return _BETWEEN_DIGITS.sub("", unquote(found[1]) if found else text)


def _with_code(text: str) -> str | None:
    """A short code, by itself, with its country or with its city."""
    if _SHORT_CODE.fullmatch(text):
        return text
    in_china = _CODE_WITH_COUNTRY.fullmatch(text)
    if in_china:
        return in_china[1] or in_china[2]
    in_a_city = _CODE_IN_A_CITY.fullmatch(text)
    return f"+{CHINA}{in_a_city['city']}{in_a_city['code']}" if in_a_city else None


def _in_full(text: str) -> str | None:
    if text[:7].lower() == "client:":
        return None
    number = _parsed(text)
    if number is None or not _plausible(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _parsed(text: str) -> PhoneNumber | None:
    if _CN_MOBILE.fullmatch(text):
        text = f"+{CHINA}{text}"  # else the library reads 17900 as a prefix for calls abroad
    try:
        return phonenumbers.parse(text, REGION)
    except NumberParseException:
        return None


def _plausible(number: PhoneNumber) -> bool:
    return phonenumbers.is_valid_number(number) or _is_chinese_mobile(number)


def _is_chinese_mobile(number: PhoneNumber) -> bool:
    national = phonenumbers.national_significant_number(number)
    return number.country_code == CHINA and bool(_CN_MOBILE.fullmatch(national))


# ── a way back ──────────────────────────────────────────────────────────────────────────────────


def can_be_rung(number: str, *, ours: Container[str], countries: Collection[str]) -> bool:
    """Whether somebody can be called back at a normalised number.

    Not at a short code (the police, a hotline), in a city or by itself; not at a number of ours,
    which a trunk sends for callers who hide theirs; not at one that only takes calls for a
    company; not in a country that is none of `countries` ("CN", "HK").
    """
    if not number.startswith("+") or city_and_code(number) or number in ours:
        return False
    parsed = phonenumbers.parse(number)
    if _is_chinese_mobile(parsed):
        return REGION in countries
    known = phonenumbers.region_code_for_number(parsed) in countries
    return known and phonenumbers.number_type(parsed) in CAN_RING


def is_service(number: str) -> bool:
    """Whether a normalised number is a public one: the police, an ambulance, a hotline.

    Also in a city, as who answers from elsewhere dials it (0755-110). Other short numbers may be
    extensions, or somebody's.
    """
    return re.fullmatch(_OUR_CODE, number) is not None or city_and_code(number) is not None


# ── on a screen ─────────────────────────────────────────────────────────────────────────────────


def as_people_dial(number: str) -> str:
    """What is dialled in China: 02000000201 for `+862000000201`. Others as they are."""
    known = normalised(number)
    if known is None or not known.startswith(f"+{CHINA}"):
        return known or number
    city, national = city_of(known), known.removeprefix(f"+{CHINA}")
    return f"0{national}" if city else national


def masked(raw: str | None) -> str:
    """For a screen: `138****8000`, `0755****1234`, `+852****4567`, `12355`, or 未知."""
    number = normalised(raw or "")
    if number is None:
        return UNKNOWN
    in_a_city = city_and_code(number)
    if in_a_city or not number.startswith("+"):
        return f"0{in_a_city[0]}-{in_a_city[1]}" if in_a_city else number
    parsed = phonenumbers.parse(number)
    national = phonenumbers.national_significant_number(parsed)
    tail = min(4, len(national) // 2)  # some countries have numbers of five digits
    return f"{_lead(parsed, national)}****{national[-tail:]}"


def _lead(number: PhoneNumber, national: str) -> str:
    """What tells region or network, and no person."""
    if number.country_code != CHINA:
        return f"+{number.country_code}"
    area = phonenumbers.length_of_geographical_area_code(number)
    return f"0{national[:area]}" if area else national[:3]
