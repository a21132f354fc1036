"""What is to be read aloud, by key and language: parts of prompts, numbers, line names. Pure.

Hakka and Teochew have no texts of their own: whoever records them says the Mandarin words in
their language. No spelling of a dialect is made up here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from hotline.i18n.prompts import spoken_prompts
from ivr.counting import ENGLISH, PARTS_CHINESE, PARTS_ENGLISH
from ivr.model import Flow, Language, Menu
from ivr.recorded import number_key, parts_of
from ivr.wording import wordings

LANGUAGES: tuple[str, ...] = get_args(Language)
DIGITS = tuple(range(10))
CHINESE_WORDS = dict(zip((*DIGITS, *PARTS_CHINESE), "零一二三四五六七八九十百", strict=True))
IN_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred"
)
ENGLISH_WORDS = dict(zip((*DIGITS, *PARTS_ENGLISH), IN_ENGLISH.split(), strict=True))
OF_FLOWS = ("greeting.", "language.")  # said only where a flow says so; all others anywhere


@dataclass(frozen=True, slots=True)
class NamedLine:
    """What callers know a line by."""

    id: str
    name: str
    name_en: str

    @property
    def key(self) -> str:
        """The key under which the name is recorded."""
        return f"line.{self.id}"

    def script(self, language: str) -> str:
        """What is read aloud for it."""
        return self.name_en if language == ENGLISH and self.name_en else self.name


def scripts_in(language: str, lines: Iterable[NamedLine]) -> Mapping[str, str]:
    """Key → the words to read aloud, of everything that can be recorded in a language."""
    found = {key: words for prompt in prompt_keys() for key, words in _parts(prompt, language)}
    found |= {number_key(number): word for number, word in number_words(language).items()}
    return found | {line.key: line.script(language) for line in lines}


def number_words(language: str) -> Mapping[int, str]:
    """What numbers are made of, as it is read aloud: digits, and ten and more."""
    return ENGLISH_WORDS if language == ENGLISH else CHINESE_WORDS


def prompt_keys() -> tuple[str, ...]:
    """All prompts there are."""
    return tuple(spoken_prompts()["cmn"])


def script_of(prompt: str, language: str) -> str:
    """The words of a prompt for whoever records it, its gaps open."""
    return wordings(spoken_prompts(), prompt, language)[0].text


def _parts(prompt: str, language: str) -> Iterator[tuple[str, str]]:
    for part in parts_of(prompt, script_of(prompt, language)):
        if part.key:
            yield part.key, part.words


def keys_of_flow(flow: Flow) -> tuple[str, ...]:
    """The prompts that people on a line with this flow can hear."""
    said = {phrase.prompt for step in flow.steps.values() for phrase in step.say}
    for step in flow.steps.values():
        if isinstance(step, Menu):
            said |= {choice.say.prompt for choice in step.choices.values() if choice.say}
    return tuple(key for key in prompt_keys() if key in said or not key.startswith(OF_FLOWS))
