"""How many messages a text is cut into at the carrier, and in which alphabet. Pure.

GSM-7 as 3GPP TS 23.038 has it: letters of the basic table take one septet, those of the extension
two, which are not cut apart. One letter outside both makes the whole text UCS-2, where letters
beyond U+FFFF take two units, which are not cut apart either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
BEYOND_BMP = 0xFFFF


class Encoding(StrEnum):
    """The alphabet of a whole text."""

    GSM = "gsm"
    UCS2 = "ucs2"


SINGLE = {Encoding.GSM: 160, Encoding.UCS2: 70}
JOINED = {Encoding.GSM: 153, Encoding.UCS2: 67}  # a header that joins the parts takes the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSize:
    """`units`: septets or 16-bit units. `segments`: messages that are sent, and paid for."""

    encoding: Encoding
    units: int
    segments: int


def size_of(body: str) -> TextSize:
    """What a text takes. An empty one is sent as one message."""
    encoding = encoding_of(body)
    letters = list(_units(body, encoding))
    units = sum(letters)
    if units <= SINGLE[encoding]:
        return TextSize(encoding=encoding, units=units, segments=1)
    return TextSize(encoding=encoding, units=units, segments=_parts(letters, JOINED[encoding]))


def encoding_of(body: str) -> Encoding:
    """GSM-7 where every letter is in it."""
    return Encoding.GSM if BASIC.union(EXTENSION).issuperset(body) else Encoding.UCS2


def _units(body: str, encoding: Encoding) -> Iterator[int]:
    """The room of each letter, in order."""
    for letter in body:
        wide = letter in EXTENSION if encoding is Encoding.GSM else ord(letter) > BEYOND_BMP
        yield 2 if wide else 1


def _parts(letters: list[int], room: int) -> int:
    """Filled one after the other; a letter that does not fit begins the next part."""
    parts, used = 1, 0
    for units in letters:
        if used + units > room:
            parts, used = parts + 1, 0
        used += units
    return parts
