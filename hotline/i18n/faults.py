"""Faults and warnings of the configuration in the reader's language.

The checks know one language, that of the files' keys. `locales/zh/faults.po` has each of their
sentences with `{places}`, in Chinese with the same places; what stands in a place may be a piece
with a Chinese form of its own (`fault_pieces.po`). Names in backquotes stay as the file has them.
"""

import re
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

from hotline.i18n.catalog import speaks_chinese

PLACE = re.compile(r"\{([a-z_]+)\}")
MAY_BE_EMPTY = "hint"
SENTENCES, PIECES = "faults.po", "fault_pieces.po"
ENGLISH_WORD = re.compile(r"\b[A-Za-z]{3}\b")
WORDS = {
    "Mon": "周一",
    "Tue": "周二",
    "Wed": "周三",
    "Thu": "周四",
    "Fri": "周五",
    "Sat": "周六",
    "Sun": "周日",
    "and": "和",
}


def fault_in_words(said: str) -> str:
    """One sentence of the checks in the language of the block; what is unknown stays as it is."""
    return (_translated(SENTENCES, said) or said) if speaks_chinese() else said


def chinese_forms(name: str) -> list[tuple[str, str]]:
    """Every sentence, or piece, with its Chinese form: in the order in which they are tried."""
    file = files("hotline.i18n").joinpath("locales", "zh", name)
    with file.open("rb") as opened:
        messages = read_po(opened, locale="zh")
    return [(str(one.id), str(one.string)) for one in messages if one.id]


def _translated(name: str, said: str) -> str | None:
    for pattern, chinese in _compiled(name):
        if found := pattern.fullmatch(said):
            values = {place: _piece(value) for place, value in found.groupdict().items()}
            return chinese.format(**values)
    return None


def _piece(said: str) -> str:
    known = _translated(PIECES, said)
    return known or ENGLISH_WORD.sub(lambda word: WORDS.get(word[0], word[0]), said)


@cache
def _compiled(name: str) -> list[tuple[re.Pattern[str], str]]:
    return [(_pattern(english), chinese) for english, chinese in chinese_forms(name)]


def _pattern(english: str) -> re.Pattern[str]:
    """Each place matches any text; `{{` is a brace of the sentence itself."""
    parts = PLACE.split(english.replace("{{", "\0").replace("}}", "\1"))
    plain = [re.escape(part.replace("\0", "{").replace("\1", "}")) for part in parts[::2]]
    places = [f"(?P<{name}>.{'*' if name == MAY_BE_EMPTY else '+?'})" for name in parts[1::2]]
    return re.compile("".join(map("".join, zip(plain, [*places, ""], strict=True))), re.DOTALL)
