"""The one rule of what may stand in a text, asked wherever a text comes in from outside.

NUL and lone surrogates cannot be stored; other control characters can hide what a text says. What
is written down (files, requests of our own pages and of software) is refused where it holds any;
what a carrier tells of a live call is cleaned, since a caller is on the line.
"""

import re

_FORMULA = re.compile("[\t\r]|[\\s\ufeff\u200b]*[=+@\uff1d\uff0b\uff0d\uff20-]")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def unfit(text: str) -> bool:
    """Whether there is a character in it that no text may hold."""
    return _UNFIT.search(text) is not None


def cleaned(text: str) -> str:
    """The same with a space for each such character."""
    return _UNFIT.sub(" ", text)


def name_of_unfit(text: str) -> str:
    """The first such character, as people can look it up: U+0000."""
    found = _UNFIT.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def plain_cell(text: str) -> str:
    """For a table: what a spreadsheet would calculate is a text to it, by an apostrophe.

    Some read full-width signs as well, and pass over what is not seen before them.
    """
    return f"'{text}" if _FORMULA.match(text) else text
