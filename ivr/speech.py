"""What was said, in one form: the same words compare as equal however they were written.

A recogniser writes the same sentence in full or half width, with or without spaces and full stops,
in simplified or traditional characters; the words of a flow are written by people, who do too.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from ivr.model import Language

if TYPE_CHECKING:
    from opencc import OpenCC

ONLY_CANTONESE = frozenset("唔嘅咗喺冇佢哋嚟啲嘢噉瞓攞畀")
"""In their plain form. Mandarin writes all of these in other ways."""


def plain(text: str) -> str:
    """Letters and digits only: half width, small, simplified, nothing between them.

    Each character is simplified by itself. By whole phrases, a word could come out otherwise
    inside a sentence than alone, and would not be found in it.
    """
    width = unicodedata.normalize("NFKC", text).casefold()
    told = [sign for sign in width if sign.isalnum()]
    simplified: str = _simplified().convert("\n".join(told))
    return simplified.replace("\n", "")


def longest_said(speech: str, words: Iterable[str]) -> str:
    """The longest of these words that occurs in the speech, as the flow writes it; or nothing."""
    said = plain(speech)
    spoken = (word for word in words if plain(word) in said)
    return max(spoken, key=lambda word: len(plain(word)), default="")


def language_of(speech: str) -> Language | None:
    """What is spoken, where it shows: words that only Cantonese writes, or no Chinese at all."""
    said = plain(speech)
    if any(sign in ONLY_CANTONESE for sign in said):
        return "yue"
    return "eng" if said.isascii() and any(sign.isalpha() for sign in said) else None


@cache
def _simplified() -> "OpenCC":
    from opencc import OpenCC  # noqa: PLC0415 – its dictionaries are read where speech is heard

    return OpenCC("t2s")
