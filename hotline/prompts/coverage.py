"""How each prompt reaches callers: recorded, by a voice, or in the language that stands in. Pure.

It asks what answers callers too (`ivr.voices`), so a page cannot show anything else than is heard.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hotline.i18n.prompts import spoken_prompts
from hotline.prompts.scripts import NamedLine
from ivr.counting import parts_beside_digits
from ivr.recorded import DIGITS
from ivr.voices import HowSaid, Voices
from ivr.wording import spoken

EXAMPLE = "3"
COUNTED = ("place", "minutes")
NOT_RECORDED = {"days": "1,095", "level": "高", "hours": "8:30–17:30", "partner": "12345…"}
"""Words of the house's own, which change: a voice says what they stand in."""


class HeardAs(StrEnum):
    """How a prompt in one language is said."""

    RECORDED = "recorded"
    VOICE = "voice"
    STAND_IN = "stand_in"


@dataclass(frozen=True, slots=True)
class PromptHeard:
    """One prompt as callers of a language hear it. `sounds` are addresses, none for a voice."""

    key: str
    how: HeardAs
    language: str
    text: str
    sounds: tuple[str, ...]


def heard(key: str, language: str, line: NamedLine, voices: Voices) -> PromptHeard:
    """How one prompt is said. Recorded means: whatever digit or number stands in its gaps.

    Text and sounds are an example, with one digit in each gap.
    """
    filled = [_said(key, language, line, voices, one) for one in _fillings(language)]
    least = min(filled, key=lambda said: (said.language == language, bool(said.sounds)))
    how = HeardAs.RECORDED if least.sounds else HeardAs.VOICE
    if least.language != language:
        how = HeardAs.STAND_IN
    sounds = _said(key, language, line, voices, EXAMPLE).sounds if least.sounds else ()
    words = spoken(spoken_prompts(), key, least.language, _values(line, least.language, EXAMPLE))
    return PromptHeard(key, how, least.language, words.text, sounds)


def _fillings(language: str) -> Iterator[str | int]:
    """All digits at once, then each number that has a word of its own."""
    yield DIGITS
    yield from parts_beside_digits(language)


def _said(key: str, language: str, line: NamedLine, voices: Voices, filling: str | int) -> HowSaid:
    return voices.delivery(
        spoken(spoken_prompts(), key, language, _values(line, language, filling))
    )


def _values(line: NamedLine, language: str, filling: str | int) -> Mapping[str, str | int]:
    """Numbers are counted; whatever else is filled in is digits, or nobody records it."""
    digits = str(filling) if isinstance(filling, str) else DIGITS
    counted = dict.fromkeys(COUNTED, filling)
    return defaultdict(lambda: digits, {**counted, **NOT_RECORDED, "line": line.script(language)})


def count_heard(
    keys: Iterable[str], language: str, line: NamedLine, voices: Voices
) -> Mapping[HeardAs, int]:
    """How many prompts of a language are said in which way."""
    counted = Counter(heard(key, language, line, voices).how for key in keys)
    return {how: counted[how] for how in HeardAs}
