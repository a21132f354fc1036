"""Whose number a call comes from, by everything that the carrier sends. Pure; nothing raises.

A hotline or a switchboard that passes a caller on puts its own number into `From`, and the
caller's into a header. So `From` counts where it can be somebody's own number; else the first
header that names one. Whoever withholds their number keeps it withheld, whatever a header says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from hotline.numbers import NumberKind, city_and_code, normalised

LONGEST = 1000  # characters of a header that are looked at, and kept
HEADERS = (
    "SipHeader_P-Asserted-Identity",
    "ForwardedFrom",
    "SipHeader_Diversion",
    "SipHeader_History-Info",
)
"""In the order in which they are believed: the network's own word first."""
_LATEST_FIRST = ("SipHeader_Diversion",)  # the last entry is the first who passed it on
_WITHHELD = re.compile(
    r"|anonymous.*|restricted|private|unavailable|blocked|withheld|unknown", re.IGNORECASE
)
_SPELT = ("+266696687", "+7378742833", "+2562533", "+8656696")  # the same words, by keypad letters
_USER = re.compile(r"(?:sips?|tel):([^@;>?:]*)", re.IGNORECASE)
_BETWEEN_ENTRIES = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """`raw`: the number as it was sent; `number`: in one form, None where there is none.

    `sent`: all that the carrier said about it, by field, where that is more than `From`.
    """

    kind: NumberKind
    raw: str
    number: str | None
    sent: Mapping[str, str]


def read_origin(raw: str, fields: Mapping[str, str], *, is_ours: Callable[[str], bool]) -> Origin:
    """Read a voice request. `raw`: its `From`. `is_ours`: whether a number in one form is ours."""
    number = normalised(raw)
    headers = _headers(fields)
    sent = {"From": raw[:LONGEST], **headers} if headers else {}
    if _is_withheld(raw):
        return Origin(kind=NumberKind.WITHHELD, raw=raw, number=None, sent=sent)
    if number is not None and _is_somebodys(number, is_ours):
        return Origin(kind=NumberKind.DIRECT, raw=raw, number=number, sent=sent)
    for candidate in _candidates(headers):
        found = normalised(candidate)
        if found is not None and _is_somebodys(found, is_ours):
            return Origin(kind=NumberKind.FORWARDED, raw=candidate, number=found, sent=sent)
    kind = NumberKind.MALFORMED if number is None else NumberKind.TRUNK
    return Origin(kind=kind, raw=raw, number=number, sent=sent)


def _headers(fields: Mapping[str, str]) -> dict[str, str]:
    """Those that are there. No two networks agree on the case of a header's name."""
    by_name = {name.lower(): value for name, value in fields.items()}
    found = ((name, by_name.get(name.lower(), "").strip()) for name in HEADERS)
    return {name: value[:LONGEST] for name, value in found if value}


def _candidates(headers: Mapping[str, str]) -> Iterator[str]:
    for name, value in headers.items():
        entries = [_bare(entry) for entry in _BETWEEN_ENTRIES.split(value)]
        yield from reversed(entries) if name in _LATEST_FIRST else entries


def _bare(entry: str) -> str:
    """The number in one entry of a header."""
    found = _USER.search(entry)
    return unquote(found[1] if found else entry).strip()


def _is_withheld(raw: str) -> bool:
    user = _bare(raw)
    return _WITHHELD.fullmatch(user) is not None or raw in _SPELT


def _is_somebodys(number: str, is_ours: Callable[[str], bool]) -> bool:
    """Not a short code, in a city or by itself, and not one of ours."""
    return number.startswith("+") and city_and_code(number) is None and not is_ours(number)
