"""A set of colours, as a file of the configuration says it: names, visits, who is told. Pure."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from hotline.storage.documents import DocumentFault, VersionedDocument
from hotline.visits.model import StationAbove

FILE = Path(__file__).with_name("default.yaml")
YEAR_DAYS = 366

ID = re.compile("[a-z]{2,20}")
ID_RULE = "a name of 2 to 20 small letters, such as red"


def _colour_id(value: object) -> str:
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    raise PydanticCustomError("wrong_form", "Write {rule}.", {"rule": ID_RULE})


ColourId = Annotated[str, BeforeValidator(_colour_id)]
ColourWord = Annotated[str, Field(min_length=1, max_length=30)]
DaysApart = Annotated[int, Field(ge=1, le=YEAR_DAYS)]
Hours = Annotated[int, Field(ge=1, le=720)]


class _ColourPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ColourNameFile(_ColourPart):
    """A word in both languages."""

    zh: ColourWord
    en: ColourWord


class ColourFile(_ColourPart):
    """One colour. `shade`: how its chip looks."""

    id: ColourId
    name: ColourNameFile
    means: ColourNameFile
    shade: Literal["red", "orange", "yellow", "blue", "green"]
    visit_every_days: DaysApart


class ToldFile(_ColourPart):
    """One who is told of what is overdue."""

    who: Annotated[StationAbove, Strict(strict=False)]
    after_hours: int = Field(ge=0, le=720)


class OverdueFile(_ColourPart):
    """Who is told of what is overdue, how often, and between which hours of the day."""

    tell: list[ToldFile] = Field(min_length=1, max_length=4)
    repeat_hours: int = Field(default=24, ge=1, le=168)
    from_hour: int = Field(default=8, ge=0, le=23)
    until_hour: int = Field(default=20, ge=1, le=24)


class FamilyFile(_ColourPart):
    """How long a child that came back to the family is followed, and how often at least."""

    from_months: int = Field(default=3, ge=1, le=36)
    until_months: int = Field(default=12, ge=1, le=36)
    visit_every_days: DaysApart = 30


class FlagsProposeFile(_ColourPart):
    """Which colour a flag proposes by itself, by its level. It counts when a station confirms."""

    imminent: ColourId | None = None
    high: ColourId | None = None


class ColourSet(VersionedDocument, _ColourPart):
    """The whole set, the gravest colour first."""

    colours: list[ColourFile] = Field(min_length=2, max_length=6)
    flags_propose: FlagsProposeFile = FlagsProposeFile()
    confirm_within_hours: Hours = 24
    retry_within_hours: Hours = 24
    overdue: OverdueFile
    family: FamilyFile = FamilyFile()

    def is_graver(self, one: str, than: str) -> bool:
        """Whether a colour stands above another one; above one that the set does not have, yes."""
        ids = [colour.id for colour in self.colours]
        return one in ids and (than not in ids or ids.index(one) < ids.index(than))

    def colour(self, colour_id: str) -> ColourFile | None:
        """The colour of this id. None: the set has no such colour."""
        return next((one for one in self.colours if one.id == colour_id), None)


def read_colours(document: Mapping[str, Any]) -> ColourSet:
    """The set a document describes. Raises pydantic's `ValidationError` with every fault."""
    return ColourSet.model_validate(document)


@cache
def default_colours() -> ColourSet:
    """Guangdong's: of a folder that names none."""
    return read_colours(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def colour_faults(told: ColourSet) -> Iterator[DocumentFault]:
    """What each value alone does not show."""
    yield from _odd_colours(told)
    overdue = told.overdue
    for level, proposed in told.flags_propose.model_dump().items():
        if proposed is not None and told.colour(proposed) is None:
            said = f"there is no colour {proposed}: name one of the list."
            yield DocumentFault(("flags_propose", level), said)
    for place, one in enumerate(overdue.tell[1:], start=1):
        before = overdue.tell[place - 1]
        if one.after_hours <= before.after_hours:
            said = f"{one.who} is told no later than {before.who}: give it more `after_hours`."
            yield DocumentFault(("overdue", "tell", place), said)
    if overdue.from_hour >= overdue.until_hour:
        yield DocumentFault(("overdue", "until_hour"), "the day ends before it begins.")
    if told.family.from_months > told.family.until_months:
        yield DocumentFault(
            ("family", "until_months"), "the longest time is shorter than the least."
        )


def _odd_colours(told: ColourSet) -> Iterator[DocumentFault]:
    known: set[str] = set()
    days = 0
    for place, one in enumerate(told.colours):
        if one.id in known:
            said = f"the colour {one.id} stands here a second time."
            yield DocumentFault(("colours", place, "id"), said)
        if one.visit_every_days < days:
            said = f"{one.id} is less grave than the one above it, and visited more often."
            yield DocumentFault(("colours", place, "visit_every_days"), said)
        known.add(one.id)
        days = max(days, one.visit_every_days)
