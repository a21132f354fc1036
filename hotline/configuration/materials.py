"""Scripts and referral places of a folder: what may stand in them, and what is wrong with them.

`scripts/NAME.yaml` is one script, `referrals.yaml` all places. A folder may have neither.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from hotline.configuration.faults import read_shape
from hotline.configuration.files import Document, read_document
from hotline.configuration.receivers import (
    MaterialPart,
    NoteFile,
    ReceiverFile,
    Sentence,
    VerifiedOn,
)
from hotline.configuration.schema import (
    HoursFile,
    LineFile,
    Number,
    NumberOrNone,
    Slug,
    StationFile,
)
from hotline.errors import ConfigError
from hotline.records.model import Topic
from hotline.stations.divisions import division_name
from ivr.model import Language

REFERRALS = "referrals.yaml"
MaterialRead = TypeVar("MaterialRead")
MaterialShape = TypeVar("MaterialShape", bound=BaseModel)

Title = Annotated[str, Field(min_length=2, max_length=60)]
Sentences = Annotated[list[Sentence], Field(min_length=1, max_length=14)]
PlaceKind = Literal[
    "emergency",
    "hospital",
    "counselling",
    "protection",
    "shelter",
    "legal_aid",
    "welfare",
    "school",
    "care_post",
    "youth_post",
    "volunteers",
    "social_work",
    "other",
]


class TitleFile(MaterialPart):
    """A name in both languages."""

    zh: Title
    en: Title


class SayFile(MaterialPart):
    """The sentences, one for one in both languages."""

    zh: Sentences
    en: Sentences

    @model_validator(mode="after")
    def _same_in_both(self) -> Self:
        if len(self.zh) != len(self.en):
            told = "Write each sentence in both languages: `zh` and `en` have different numbers."
            raise PydanticCustomError("languages", told)
        return self


class ScriptFile(MaterialPart):
    """One script. `lines`, `topics`: what it is meant for; without them, for all."""

    title: TitleFile
    kind: Literal["talk", "self_help"] = "talk"
    fits: Literal["any", "danger"] = "any"
    position: Annotated[int, Field(ge=1, le=999)] = 500
    lines: list[Slug] = Field(default=[])
    topics: list[str] = Field(default=[])
    say: SayFile
    see: list[Slug] = Field(default=[])


class PlaceFile(MaterialPart):
    """Where a caller can be sent. `districts`: six digits; without them, the whole country.

    `verified_on`: when somebody last rang the number. `receives`: it takes referrals from us.
    """

    id: Slug
    name: TitleFile
    kinds: list[PlaceKind] = Field(min_length=1)
    districts: list[str] = Field(default=[])
    hours: list[HoursFile] = Field(default=[])
    holidays: Literal["as_usual", "closed", "as_sunday"] = "as_usual"
    number: Number
    duty_phone: NumberOrNone = ""
    verified_on: VerifiedOn = None
    languages: list[Language] = Field(min_length=1)
    notes: NoteFile
    receives: ReceiverFile | None = None


class PlacesFile(MaterialPart):
    """referrals.yaml"""

    places: list[PlaceFile]


@dataclass(frozen=True, slots=True)
class Materials:
    """What counselors have at hand: scripts by id, and places in their order."""

    scripts: dict[str, ScriptFile] = field(default_factory=dict)
    places: Sequence[PlaceFile] = ()


def load_materials(
    folder: Path, lines: Sequence[LineFile], stations: Sequence[StationFile]
) -> Materials:
    """Read and check them. Raises `ConfigError` with every fault by file and line."""
    faults: list[str] = []
    read: dict[str, tuple[Document, ScriptFile]] = {}
    for file in sorted(folder.glob("scripts/*.yaml")):
        name = file.relative_to(folder).as_posix()
        found = _noting(faults, partial(_read, folder, name, ScriptFile))
        if found is not None:
            read[file.stem] = found
    names = {file.stem for file in folder.glob("scripts/*.yaml")}
    for document, script in read.values():
        faults += _script_faults(document, script, {line.id for line in lines}, names)
    places: Sequence[PlaceFile] = ()
    if (folder / REFERRALS).exists():
        listed = _noting(faults, partial(_read, folder, REFERRALS, PlacesFile))
        if listed is not None:
            places = listed[1].places
            faults += _place_faults(listed[0], places)
            faults += _receiver_faults(listed, {station.id for station in stations})
    if faults:
        raise ConfigError("\n".join(faults))
    return Materials({name: script for name, (_, script) in read.items()}, places)


def _noting(faults: list[str], read: Callable[[], MaterialRead]) -> MaterialRead | None:
    try:
        return read()
    except ConfigError as fault:
        faults.append(fault.public)
        return None


def _read(folder: Path, name: str, shape: type[MaterialShape]) -> tuple[Document, MaterialShape]:
    document = read_document(folder, name)
    return document, read_shape(document, shape, shape.model_validate)


def _script_faults(
    document: Document, script: ScriptFile, lines: set[str], names: set[str]
) -> Iterator[str]:
    for at, line in enumerate(script.lines):
        if line not in lines:
            where = document.where(("lines", at))
            yield f"{where}: line {line} is not in lines.yaml: add it or correct it."
    for at, topic in enumerate(script.topics):
        if topic not in set(Topic):
            where = document.where(("topics", at))
            yield f"{where}: there is no topic {topic}. Use one of: {', '.join(Topic)}."
    for at, name in enumerate(script.see):
        if name not in names:
            where = document.where(("see", at))
            yield f"{where}: there is no script {name}: write it or correct it."


def _place_faults(document: Document, places: Sequence[PlaceFile]) -> Iterator[str]:
    ids = [place.id for place in places]
    for at, place in enumerate(places):
        if place.id in ids[:at]:
            where = document.where(("places", at, "id"))
            yield f"{where}: {place.id} stands here a second time: remove one."
        for number, code in enumerate(place.districts):
            if len(code) != len("440106") or not division_name(code):
                where = document.where(("places", at, "districts", number))
                yield f"{where}: there is no division {code}: give six digits, such as 440106."


def _receiver_faults(listed: tuple[Document, PlacesFile], stations: set[str]) -> Iterator[str]:
    """What is wrong with those who take referrals, beside the stations."""
    for at, place in enumerate(listed[1].places):
        station = place.receives.station if place.receives else ""
        if station and station not in stations:
            where = listed[0].where(("places", at, "receives", "station"))
            yield f"{where}: there is no station {station}: add it or correct it."
