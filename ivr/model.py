"""The words of a flow: steps, and what one reply of it means for the caller.

A flow is data that `ivr.flow` has checked; `ivr.interpreter` walks it. What is said is named by
prompt key and language; the texts come from whoever renders the reply (`ivr.wording`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal

Language = Literal["cmn", "yue", "hak", "nan", "eng"]
ROUTINE, CRISIS = "routine", "crisis"

HUMAN = "0"
DANGER = "9"
"""The same two keys in every menu; no flow can take them away."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How the carrier names a language: to speak it, by whom, and to listen to it."""

    say_language: str
    voice: str
    gather_language: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A prompt in a flow. Without a language it is said in the caller's."""

    prompt: str
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say something and go on."""

    say: tuple[Phrase, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one key means. `words` are what a caller may say instead. `say` None: it is not told.

    `gender`: the caller would rather talk to a woman or to a man. `also`: the languages that who
    chooses this understands beside the chosen one; None: it says nothing of that. `place`: where
    they are, as a division's six digits.
    """

    say: Phrase | None
    next: str
    language: str | None = None
    urgency: str | None = None
    topic: str | None = None
    age_group: str | None = None
    gender: str | None = None
    also: tuple[str, ...] | None = None
    place: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Ask once. Silence, 0 and a second wrong key all go to `silence`, which is a human queue."""

    say: tuple[Phrase, ...]
    choices: Mapping[str, Choice]
    silence: str
    timeout_s: int

    @property
    def words(self) -> tuple[str, ...]:
        """Everything this menu understands when spoken."""
        return tuple(word for choice in self.choices.values() for word in choice.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """To a human. A choice that said crisis is never lowered here."""

    say: tuple[Phrase, ...]
    urgency: str
    topic: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail:
    """To the recorder."""

    say: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    """Turn the caller away, with words and a reason that the record keeps."""

    say: tuple[Phrase, ...]
    reason: str


Step = Say | Menu | Enqueue | Voicemail | HangUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A checked flow. `danger_words` count as key 9 wherever a menu listens to speech.

    `voices`: those that this line speaks with, by language; for all others it has none of its own.
    """

    name: str
    language: str
    start: str
    steps: Mapping[str, Step]
    danger_words: tuple[str, ...] = ()
    voices: Mapping[str, Voice] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language a caller of this flow can be in, the flow's own first."""
        menus = (step for step in self.steps.values() if isinstance(step, Menu))
        chosen = (c.language for menu in menus for c in menu.choices.values() if c.language)
        return tuple(dict.fromkeys((self.language, *chosen)))

    @property
    def free_key(self) -> str:
        """The first key from 2 to 8 that no menu of this flow uses.

        What is asked while waiting and cannot be taken back is asked by it: a key that was pressed
        for the menu, and comes late or twice, must not mean that. A menu has five choices at most.
        """
        return self._free_keys()[0]

    @property
    def calm_key(self) -> str:
        """The next such key: to listen to calming words while waiting."""
        return self._free_keys()[1]

    def _free_keys(self) -> list[str]:
        menus = (step for step in self.steps.values() if isinstance(step, Menu))
        used = {digit for menu in menus for digit in menu.choices}
        return [digit for digit in "2345678" if digit not in used]


def exits(step: Step) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where a step can lead: path of the key that says so inside the step, and the target."""
    if isinstance(step, Say):
        yield ("next",), step.next
    elif isinstance(step, Menu):
        for digit, choice in step.choices.items():
            yield ("choices", digit, "next"), choice.next
        yield ("silence",), step.silence


@dataclass(frozen=True, slots=True)
class Position:
    """Where a caller stands between two webhooks. `misses`: wrong keys so far."""

    step: str
    misses: int = 0


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """What the flow has learned about the caller so far."""

    language: str
    urgency: str = ROUTINE
    topic: str | None = None
    age_group: str | None = None
    gender: str | None = None
    also: tuple[str, ...] | None = None
    place: str | None = None

    def after(self, choice: Choice) -> "CallerFacts":
        """The same caller, having chosen."""
        return replace(
            self,
            language=choice.language or self.language,
            urgency=choice.urgency or self.urgency,
            topic=choice.topic or self.topic,
            age_group=choice.age_group or self.age_group,
            gender=choice.gender or self.gender,
            also=self.also if choice.also is None else choice.also,
            place=choice.place or self.place,
        )


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing to say. `digit` fills `{digit}` in the text of a choice, `values` anything else."""

    prompt: str
    language: str
    digit: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: keys, or recognised speech, or nothing."""

    digits: str = ""
    speech: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Wait for one key, or for speech where `hints` are given. `language` is the listener's."""

    timeout_s: int
    language: str
    hints: tuple[str, ...] = ()

    @property
    def speech(self) -> bool:
        """Whether speech is listened to."""
        return bool(self.hints)


class OutcomeKind(StrEnum):
    """How a flow can end."""

    ENQUEUE = "enqueue"
    VOICEMAIL = "voicemail"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOutcome:
    """What the flow hands over. `reason` is empty unless the kind is `hang_up`.

    `gender`: of the counselor the caller wishes for. `also`, `place`: as in `Choice`.
    """

    kind: OutcomeKind
    language: str
    urgency: str = ROUTINE
    topic: str | None = None
    age_group: str | None = None
    gender: str | None = None
    also: tuple[str, ...] | None = None
    place: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReply:
    """One answer to the carrier: say this, then wait for input or leave the flow.

    `position` is what to keep; with an outcome it names the step the flow ended at.
    """

    say: tuple[Utterance, ...]
    position: Position
    then: Collect | FlowOutcome
