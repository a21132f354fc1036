"""From a prompt's key to the words: which language it is really said in, and what is filled in.

The texts (language → key → text) are handed in; the package's own are in `prompts/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.model import Utterance
from ivr.numerals import HUNDRED, MOST, in_words

FALLBACKS: Mapping[str, tuple[str, ...]] = {
    "yue": ("cmn",),
    "hak": ("cmn",),
    "nan": ("cmn",),
    "eng": ("cmn",),
}
"""Who has no text of their own is spoken to in Mandarin, which every school teaches."""

MENU_DANGER, MENU_HUMAN, MENU_AGAIN = "menu.danger", "menu.human", "menu.again"
MENU_PROMPTS = (MENU_DANGER, MENU_HUMAN, MENU_AGAIN)
"""What every menu says of itself."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A prompt's text for one language, its gaps open. `own`: it is written in that language."""

    language: str
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class SaidPrompt:
    """Which prompt words come from. `wordings`: the wished language first, then who stands in."""

    key: str
    wordings: tuple[Wording, ...]
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words, and the language they are written in: that chooses the voice.

    `prompt`: where they come from, so that a recording may stand for them.
    """

    text: str
    language: str
    prompt: SaidPrompt | None = field(default=None, compare=False, repr=False)


def chain(language: str) -> tuple[str, ...]:
    """The language, then those that may stand in for it."""
    return (language, *FALLBACKS.get(language, ()))


def written_language(language: str, texts: Mapping[str, object]) -> str:
    """The first language of the chain that has texts at all; else the language itself."""
    return next((code for code in chain(language) if code in texts), language)


def spoken(
    prompts: Mapping[str, Mapping[str, str]],
    key: str,
    language: str,
    values: Mapping[str, str | int] | None = None,
) -> Spoken:
    """The words of a prompt, filled in. Raises `KeyError`: no such prompt, or a value missing."""
    filled = values or {}
    for code in chain(language):
        text = prompts.get(code, {}).get(key)
        if text is not None:
            said = SaidPrompt(key, wordings(prompts, key, language), filled)
            return Spoken(fill_in(text, filled, code), code, said)
    raise KeyError(key)


def fill_in(text: str, values: Mapping[str, str | int], language: str) -> str:
    """A text with its gaps filled. Raises `KeyError`: a value is missing."""
    return text.format_map(_Said(values, language))


class _Said(dict[str, str | int]):
    """What fills a text: asked name by name, since the values may have defaults."""

    def __init__(self, values: Mapping[str, str | int], language: str) -> None:
        """`language`: in which counts are said."""
        super().__init__()
        self._values, self._language = values, language

    def __missing__(self, name: str) -> str | int:
        """A count that a voice would read digit by digit stands in words."""
        value = self._values[name]
        if isinstance(value, int) and HUNDRED <= value <= MOST:
            return in_words(value, self._language)
        return value


def wordings(
    prompts: Mapping[str, Mapping[str, str]], key: str, language: str
) -> tuple[Wording, ...]:
    """What is read for a prompt in a language and in those that may stand in for it.

    A language without texts is spoken from the first that stands in: whoever records it says
    that text in their own words.
    """
    found: list[Wording] = []
    for code in chain(language):
        own = prompts.get(code, {}).get(key)
        script = own or next(
            (prompts[other][key] for other in chain(code) if key in prompts.get(other, {})), None
        )
        if script is not None:
            found.append(Wording(code, script, own is not None))
    return tuple(found)


def spoken_reply(
    prompts: Mapping[str, Mapping[str, str]],
    say: tuple[Utterance, ...],
    values: Mapping[str, str | int] | None = None,
) -> tuple[Spoken, ...]:
    """The words of a reply. `values` must hold `line`, the name callers know the line by."""
    return tuple(
        spoken(
            prompts,
            part.prompt,
            part.language,
            {**(values or {}), "digit": part.digit, **dict(part.values)},
        )
        for part in say
    )
