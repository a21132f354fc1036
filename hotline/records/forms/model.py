"""What may stand in a form's file, and what a form is once it was read. Pure.

A form is sections of fields. Each word stands in Chinese and in English; each answer that is chosen
has a code, which statistics count by.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hotline.records.forms.lists import NAMED_LISTS

FieldKind = Literal["choice", "several", "yes_no_unknown", "number", "date", "text", "place"]
KEY_RULE = "a name of at most 40 small letters, digits and `_`, beginning with a letter"
CODE_RULE = "a code of at most 40 small letters, digits and `_`, in quotes where it is a number"
YES, NO, UNKNOWN = "yes", "no", "unknown"


def _of_form(pattern: str, rule: str) -> BeforeValidator:
    def check(value: object) -> str:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise PydanticCustomError("wrong_form", "Write {rule}.", {"rule": rule})

    return BeforeValidator(check)


def _codes(value: object) -> list[str]:
    """One code or a list of them. YAML reads yes and no without quotes as true and false."""
    said = value if isinstance(value, list) else [value]
    codes = [{True: YES, False: NO}[one] if isinstance(one, bool) else one for one in said]
    if codes and all(isinstance(one, str) for one in codes):
        return list(map(str, codes))
    raise PydanticCustomError("condition", "Write codes of answers as a list: [code, code].")


def _options(value: object) -> object:
    """Spelled out, or the name of a list that several forms share."""
    if not isinstance(value, str):
        return value
    if value in NAMED_LISTS:
        return list(NAMED_LISTS[value])
    told = "There is no list `{given}`."
    raise PydanticCustomError("list", told, {"given": value, "known": sorted(NAMED_LISTS)})


Key = Annotated[str, _of_form("[a-z][a-z0-9_]{0,39}", KEY_RULE)]
Code = Annotated[str, _of_form("[a-z0-9_]{1,40}", CODE_RULE)]
Codes = Annotated[list[str], BeforeValidator(_codes)]
Condition = dict[str, Codes]
"""Field → codes: of every field named, one of the codes was chosen. Empty: always."""


class _FormPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FormWords(_FormPart):
    """In both languages."""

    zh: str = Field(min_length=1, description="every word stands in Chinese and in English")
    en: str = Field(min_length=1, description="every word stands in Chinese and in English")

    def __getitem__(self, language: str) -> str:
        """In one of them."""
        return self.zh if language == "zh" else self.en


class FinerOption(_FormPart):
    """A part of an option. Its whole code is that of both, with a dot between."""

    code: Code
    label: FormWords


class Option(FinerOption):
    """An answer to choose. `more`: finer ones below it."""

    more: list[FinerOption] = []

    @property
    def codes(self) -> Iterator[tuple[str, FormWords]]:
        """Its own whole code, and those below it."""
        yield self.code, self.label
        yield from ((f"{self.code}.{one.code}", one.label) for one in self.more)


YES_NO_UNKNOWN = (
    Option(code=YES, label=FormWords(zh="是", en="Yes")),
    Option(code=NO, label=FormWords(zh="否", en="No")),
    Option(code=UNKNOWN, label=FormWords(zh="不清楚", en="Unknown")),
)
PLACES_WITHOUT_A_CODE = (
    Option(code="outside", label=FormWords(zh="省外", en="Outside the province")),
    Option(code=UNKNOWN, label=FormWords(zh="不清楚", en="Unknown")),
)


class FormField(_FormPart):
    """One question. `required`: whenever it is shown; `required_when`: only then.

    `personal`: what can point to a person; it is sealed. Texts are sealed in any case.
    `most`: how many of several; `least`, `greatest`: of numbers; `longest`: of texts.
    """

    key: Key
    kind: FieldKind
    label: FormWords
    hint: FormWords | None = None
    options: Annotated[list[Option], BeforeValidator(_options)] = []
    most: int | None = Field(default=None, ge=1, le=20)
    least: float | None = Field(default=None, ge=-1_000_000, le=1_000_000)
    greatest: float | None = Field(default=None, ge=-1_000_000, le=1_000_000)
    longest: int | None = Field(default=None, ge=1, le=200)
    required: bool = False
    required_when: Condition = {}
    shown_when: Condition = {}
    personal: bool = False

    @property
    def choices(self) -> Sequence[Option]:
        """What is offered to choose from, whatever the kind."""
        if self.kind == "yes_no_unknown":
            return YES_NO_UNKNOWN
        return PLACES_WITHOUT_A_CODE if self.kind == "place" else self.options

    @property
    def is_chosen(self) -> bool:
        """Whether it is answered by codes of the form, so that conditions can ask for them."""
        return self.kind in ("choice", "several", "yes_no_unknown")

    @property
    def codes(self) -> Mapping[str, FormWords]:
        """Every code that can be chosen, with its word."""
        return dict(pair for one in self.choices for pair in one.codes)


class FormSection(_FormPart):
    """Fields that belong together, folded as one."""

    key: Key
    title: FormWords
    shown_when: Condition = {}
    fields: list[FormField] = Field(min_length=1)


class FormDefinition(_FormPart):
    """A whole form. `narrative_required_when`: the contacts that are not finished without words."""

    name: FormWords
    narrative_required_when: Condition = {}
    sections: list[FormSection] = Field(min_length=1)

    @property
    def fields(self) -> Iterator[FormField]:
        """All questions, in order."""
        for section in self.sections:
            yield from section.fields

    @property
    def by_key(self) -> Mapping[str, FormField]:
        """All questions by their names."""
        return {field.key: field for field in self.fields}

    @property
    def document(self) -> dict[str, Any]:
        """As it is kept: complete, whatever lists it named."""
        return self.model_dump(mode="json", exclude_defaults=True)


def read_form(data: Mapping[str, Any]) -> FormDefinition:
    """A form of a file or of the database. Raises pydantic's `ValidationError`."""
    return FormDefinition.model_validate(data)
