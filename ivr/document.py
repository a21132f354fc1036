"""What may stand in a flow file. Unknown keys are refused: they are typing errors.

The context of a validation are the names of all steps, in which every target is looked up; without
them it is not. How the steps hang together is looked at by `ivr.checks`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from ivr.model import DANGER, HUMAN, Language
from ivr.speech import plain

FlowPath = tuple[str | int, ...]
UrgencyWord = Literal["routine", "crisis"]

MAX_CHOICES = 5  # besides 0 and 9: more cannot be remembered by ear
WAYS = ("next", "choices", "enqueue", "voicemail", "hang_up")
NO_SUCH_STEP = "no_such_step"

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


def flow_fault(where: FlowPath, message: str) -> InitErrorDetails:
    """A fault that no type of value could have told."""
    return InitErrorDetails(type=PydanticCustomError("flow", message), loc=where, input=None)


def _name_of_step(name: str) -> str:
    if _NAME.fullmatch(name):
        return name
    raise PydanticCustomError(
        "flow",
        f"`{name}` cannot be a step's name: use small letters a-z, digits, `_` and `-`,"
        " beginning with a letter.",
    )


def _known_step(name: str, names: ValidationInfo) -> str:
    if not names.context or name in names.context:
        return name
    known = {"given": name, "known": names.context}
    raise PydanticCustomError(NO_SUCH_STEP, "There is no step `{given}`.", known)


def _with_something_to_hear(word: str) -> str:
    if plain(word):
        return word.casefold()
    told = f"“{word}” has nothing in it that can be said: write a word."
    raise PydanticCustomError("flow", told)


def _free_key(digit: str) -> str:
    if digit in (HUMAN, DANGER):
        raise PydanticCustomError(
            "flow",
            f"Key {digit} has one meaning in every menu ({HUMAN}: a human, {DANGER}: danger)"
            " and works without being listed. Remove this choice.",
        )
    if digit not in tuple("12345678"):
        told = f"`{digit}` is no key a choice can have: use one digit from 1 to 8."
        raise PydanticCustomError("flow", told)
    return digit


def _with_texts_as_keys(value: object) -> object:
    """YAML reads the key of `1: …` as a number; a database gives it back as a text."""
    if not isinstance(value, Mapping):
        return value
    return {str(key): inner for key, inner in value.items()}


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
SpokenWord = Annotated[Text, AfterValidator(_with_something_to_hear)]
StepName = Annotated[str, AfterValidator(_name_of_step)]
KnownStep = Annotated[Text, AfterValidator(_known_step)]
CarriersLanguage = Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*$")]
ChoiceKey = Annotated[str, AfterValidator(_free_key)]
TextKeys = BeforeValidator(_with_texts_as_keys)


class _FlowPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PhraseFile(_FlowPart):
    """A prompt; with a language of its own `{prompt: KEY, language: CODE}`."""

    prompt: Text
    language: Language | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_a_key(cls, value: Any) -> Any:
        return value if isinstance(value, Mapping) else {"prompt": value}


PhraseList = Annotated[
    list[PhraseFile],
    BeforeValidator(lambda value: value if isinstance(value, list) else [value]),
    Field(min_length=1),
]


class ChoiceFile(_FlowPart):
    """What one key means."""

    say: PhraseFile | None = Field(
        description="name the prompt that tells the caller about this key; null: not told"
    )
    next: KnownStep = Field(description="name the step that follows")
    language: Language | None = None
    urgency: UrgencyWord | None = None
    topic: Text | None = None
    age_group: Literal["child", "teen", "adult"] | None = None
    gender: Literal["f", "m"] | None = None
    also: list[Language] | None = None
    place: Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$")] | None = None
    words: list[SpokenWord] = []


def _told_apart(choices: dict[str, ChoiceFile]) -> dict[str, ChoiceFile]:
    faults = list(_shared_words(choices))
    if len(choices) > MAX_CHOICES:
        told = (
            f"{len(choices)} choices are too many to remember by ear: keep at most {MAX_CHOICES}."
        )
        faults.append(flow_fault((), told))
    if faults:
        raise ValidationError.from_exception_data("choices", faults)
    return choices


def _shared_words(choices: Mapping[str, ChoiceFile]) -> Iterator[InitErrorDetails]:
    owner: dict[str, str] = {}
    for digit, choice in choices.items():
        for at, word in enumerate(choice.words):
            first = owner.setdefault(plain(word), digit)
            if first != digit:
                told = f"“{word}” already means key {first}. A word can mean one key only."
                yield flow_fault((digit, "words", at), told)


class QueueFile(_FlowPart):
    """`enqueue: routine`, or with a topic `enqueue: {urgency: routine, topic: school}`."""

    urgency: UrgencyWord = "routine"
    topic: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_an_urgency(cls, value: Any) -> Any:
        return value if isinstance(value, Mapping) else {"urgency": value}


class StepFile(_FlowPart):
    """One step. `silence` and `timeout_s` belong to `choices`."""

    say: PhraseList = []
    next: KnownStep = ""
    choices: Annotated[
        dict[ChoiceKey, ChoiceFile],
        TextKeys,
        Field(min_length=1),
        AfterValidator(_told_apart),
    ] = {}
    silence: KnownStep = ""
    timeout_s: int = Field(default=6, ge=3, le=15)
    enqueue: QueueFile = QueueFile()
    voicemail: Literal[True] = True
    hang_up: Text = ""

    @property
    def ways(self) -> list[str]:
        """How it goes on: exactly one once it is read."""
        return [way for way in WAYS if way in self.model_fields_set]

    @model_validator(mode="after")
    def _goes_on_in_one_way(self) -> Self:
        faults = list(_misfits(self, self.ways))
        if faults:
            raise ValidationError.from_exception_data("step", faults)
        return self


def _misfits(step: StepFile, ways: Sequence[str]) -> Iterator[InitErrorDetails]:
    if len(ways) != 1:
        yield flow_fault(
            (),
            "A step goes on in exactly one way: give it one of"
            f" {', '.join(f'`{way}`' for way in WAYS)}; it has {len(ways)}.",
        )
        return
    for key in sorted({"silence", "timeout_s"} & step.model_fields_set):
        if ways != ["choices"]:
            yield flow_fault((key,), f"`{key}` means nothing beside `{ways[0]}`. Remove it.")
    if ways == ["choices"] and not step.silence:
        yield flow_fault(("silence",), "`silence` is missing: name the step that follows.")
    if ways[0] in ("next", "hang_up") and not step.say:
        told = f"`say` is missing: a step with `{ways[0]}` has something to say."
        yield flow_fault(("say",), told)


class VoiceFile(_FlowPart):
    """How the carrier names a voice, its language, and the language to listen in (`gather`)."""

    voice: Text
    language: CarriersLanguage
    gather: CarriersLanguage | None = None


class FlowFile(_FlowPart):
    """A whole flow. `voices`: where this line speaks with others than the installation."""

    name: Text
    language: Language = "cmn"
    start: KnownStep
    danger_words: list[SpokenWord] = []
    voices: dict[Language, VoiceFile] = {}
    steps: Annotated[dict[StepName, StepFile], TextKeys, Field(min_length=1)]
