"""Who says a prompt: a recording, the carrier's voice for its language, or who stands in.

Chosen once for all documents, so that a page can show what callers hear by asking the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

from ivr.model import Voice
from ivr.recorded import NOTHING_RECORDED, RecordedPrompts
from ivr.wording import SaidPrompt, Spoken, Wording, chain, fill_in

DEFAULT_VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        "cmn": Voice("cmn-CN", "Polly.Zhiyu-Neural", "cmn-Hans-CN"),
        "yue": Voice("yue-HK", "Google.yue-HK-Standard-A", "yue-Hant-HK"),
        "eng": Voice("en-US", "Polly.Joanna", "en-US"),
    }
)


def listens_in(code: str, spoken: str) -> str:
    """How the carrier names a language to listen to; often another name than to speak it."""
    return DEFAULT_VOICES[code].gather_language if code in DEFAULT_VOICES else spoken


@dataclass(frozen=True, slots=True)
class HowSaid:
    """How words reach a caller: in which language, as which sounds. No sounds: by the voice."""

    language: str
    text: str
    sounds: tuple[str, ...] = ()


class Voices:
    """Our languages → the carrier's voices, and what somebody recorded instead.

    No carrier speaks Hakka or Teochew: recordings do, else Mandarin stands in.
    """

    def __init__(
        self,
        overrides: Mapping[str, Voice] = MappingProxyType({}),
        recorded: RecordedPrompts = NOTHING_RECORDED,
        *,
        recorded_first: bool = True,
    ) -> None:
        """`overrides` replace or add voices by our language code.

        `recorded_first`: a recording is played also where a voice could speak.
        """
        self._overrides, self._known = overrides, {**DEFAULT_VOICES, **overrides}
        self._recorded, self._recorded_first = recorded, recorded_first

    def with_own(self, own: Mapping[str, Voice]) -> "Voices":
        """The same, but for the voices that one line has of its own."""
        named = {**self._overrides, **own}
        return Voices(named, self._recorded, recorded_first=self._recorded_first) if own else self

    def of(self, language: str) -> Voice:
        """The voice for this language, or for the one that stands in for it."""
        codes = (*chain(language), "cmn")
        return next(self._known[code] for code in codes if code in self._known)

    def has(self, language: str) -> bool:
        """Whether there is a voice of its own for this language."""
        return language in self._known

    def delivery(self, words: Spoken) -> HowSaid:
        """How words are said: recorded or spoken in the wished language, else by who stands in."""
        prompt = words.prompt
        if prompt is not None:
            for wording in prompt.wordings:
                sounds = self._sounds(prompt, wording)
                if sounds or self._speaks(wording):
                    text = fill_in(wording.text, prompt.values, wording.language)
                    return HowSaid(wording.language, text, sounds)
        return HowSaid(words.language, words.text)

    def _sounds(self, prompt: SaidPrompt, wording: Wording) -> tuple[str, ...]:
        if not self._recorded_first and self._speaks(wording):
            return ()
        return self._recorded.sounds(wording.language, prompt.key, wording.text, prompt.values)

    def _speaks(self, wording: Wording) -> bool:
        """A voice reads its own language only, unless somebody named it for another on purpose."""
        return self.has(wording.language) and (wording.own or wording.language in self._overrides)


VOICES = Voices()

_present: ContextVar[Voices] = ContextVar("voices", default=VOICES)


@contextmanager
def speaking_with(voices: Voices) -> Iterator[None]:
    """Within the block, documents are made with these voices where none are handed in."""
    token = _present.set(voices)
    try:
        yield
    finally:
        _present.reset(token)


def present_voices() -> Voices:
    """Those of the block that is being run; else the ones that every carrier has."""
    return _present.get()
