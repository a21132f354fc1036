"""Telephone numbers as they come from trunks: normalised where possible, masked for screens.

A trunk in mainland China sends `13800138000`, `013800138000`, `+86138...`, a landline with its
area code, a word such as `anonymous`, or nothing. Whether a number may be shown in full is left
to whoever shows it.
"""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

REGION = "CN"
CHINA = 86
UNKNOWN = "未知"

_SHORT_CODE = re.compile(r"[0-9]{3,6}")
# New mobile ranges open faster than the library's tables follow.
_CN_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_SIP_USER = re.compile(r"sips?:([^@;]*)", re.IGNORECASE)


def normalised(raw: str) -> str | None:
    """E.164; a short code such as 12355 as it is; None where there is no usable number."""
    text = _without_sip(raw.strip())
    if text[:7].lower() == "client:":
        return None
    if _SHORT_CODE.fullmatch(text):
        return text
    number = _parsed(text)
    if number is None or not _plausible(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def masked(raw: str | None) -> str:
    """For a screen: `138****8000`, `0755****1234`, `+852****4567`, `12355`, or 未知."""
    number = normalised(raw or "")
    if number is None:
        return UNKNOWN
    if not number.startswith("+"):
        return number
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


def _without_sip(text: str) -> str:
    found = _SIP_USER.match(text)
    return found.group(1) if found else text


def _parsed(text: str) -> PhoneNumber | None:
    if _CN_MOBILE.fullmatch(text):
        text = f"+{CHINA}{text}"  # else the library reads 17900 as a prefix for calls abroad
    try:
        return phonenumbers.parse(text, REGION)
    except NumberParseException:
        return None


def _plausible(number: PhoneNumber) -> bool:
    if phonenumbers.is_valid_number(number):
        return True
    national = phonenumbers.national_significant_number(number)
    return number.country_code == CHINA and bool(_CN_MOBILE.fullmatch(national))
