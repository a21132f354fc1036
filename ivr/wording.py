"""From a prompt's key to the words: which language it is really said in, and what is filled in.

The texts (language → key → text) are handed in; the package's own are in `prompts/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.model import Utterance

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
class Spoken:
    """Words, and the language they are written in: that chooses the voice."""

    text: str
    language: str


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
    for code in chain(language):
        text = prompts.get(code, {}).get(key)
        if text is not None:
            return Spoken(text.format_map(values or {}), code)
    raise KeyError(key)


def spoken_reply(
    prompts: Mapping[str, Mapping[str, str]],
    say: tuple[Utterance, ...],
    values: Mapping[str, str | int] | None = None,
) -> tuple[Spoken, ...]:
    """The words of a reply. `values` must hold `line`, the name callers know the line by."""
    return tuple(
        spoken(prompts, part.prompt, part.language, {**(values or {}), "digit": part.digit})
        for part in say
    )
