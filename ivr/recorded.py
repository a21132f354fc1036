"""Prompts that somebody spoke: which sounds stand for one, if all of it was spoken.

A prompt with gaps is recorded in parts: the words between its gaps, and what fills them. Words of
numbers and names have sounds of their own. Where one part is missing nothing of the prompt is
played, so that no sentence begins in one language and ends in another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter

from ivr.counting import TEN, said_one_by_one

DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class ScriptPart:
    """Words to read aloud under a key of their own; or a gap, by the name of its value."""

    key: str = ""
    words: str = ""
    gap: str = ""


def parts_of(key: str, text: str) -> tuple[ScriptPart, ...]:
    """The parts of a prompt in order. Without gaps it is one part, under its own key."""
    pieces = [(words, gap) for words, gap, _, _ in Formatter().parse(text)]
    if not any(gap for _, gap in pieces):
        return (ScriptPart(key, text),)
    parts: list[ScriptPart] = []
    for words, gap in pieces:
        if any(letter.isalnum() for letter in words):  # a full stop alone is not spoken
            number = 1 + sum(bool(part.key) for part in parts)
            parts.append(ScriptPart(f"{key}.{number}", words.strip()))
        if gap:
            parts.append(ScriptPart(gap=gap))
    return tuple(parts)


def digit_key(digit: str) -> str:
    """The key under which a digit is recorded."""
    return f"value.digit.{digit}"


def number_key(number: int) -> str:
    """The key under which the word of a number is recorded: ten, twenty, hundred."""
    return f"value.number.{number}" if number >= TEN else digit_key(str(number))


@dataclass(frozen=True, slots=True)
class RecordedPrompts:
    """What is recorded at one moment, in the words that stand in the texts at that moment.

    `urls`: (language, key) → address. `names`: (language, a name as it is written) → address.
    """

    urls: Mapping[tuple[str, str], str] = field(default_factory=dict)
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def sounds(
        self, language: str, key: str, text: str, values: Mapping[str, str | int]
    ) -> tuple[str, ...]:
        """The addresses of a whole prompt, in order; none where any part is missing."""
        found: list[str | None] = []
        for part in parts_of(key, text):
            if part.gap:
                found += self._value(language, values[part.gap])
            else:
                found.append(self.urls.get((language, part.key)))
        whole = tuple(address for address in found if address is not None)
        return whole if len(whole) == len(found) else ()

    def _value(self, language: str, value: str | int) -> Iterable[str | None]:
        """A number as it is said; a text of digits, read digit by digit; else a name."""
        if isinstance(value, int):
            words = said_one_by_one(value, language)
            return [self.urls.get((language, number_key(one))) for one in words] or [None]
        if value and not value.strip(DIGITS):
            return [self.urls.get((language, digit_key(digit))) for digit in value]
        return [self.names.get((language, value))]


NOTHING_RECORDED = RecordedPrompts()
