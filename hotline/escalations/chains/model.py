"""What a chain file may say, and what an escalation keeps of it. Pure."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

from hotline.escalations.model import Level


class Receiver(StrEnum):
    """Whom a step rings, by what they are to the escalation and not by name."""

    STATION = "station"  # whoever is on duty at the responsible station
    DEPUTY = "deputy"  # the next contact there
    HEAD = "head"  # the last contact there
    PARENT = "parent"  # whoever is on duty at the station above
    CITY = "city"
    PROVINCE = "province"
    POLICE = "police"  # the contacts of the nearest station that is marked so
    AMBULANCE = "120"
    SUPERVISOR = "supervisor"  # of the line


EMERGENCY = frozenset({Receiver.POLICE, Receiver.AMBULANCE})


FlagKind = Literal[
    "mandatory_report", "no_caregiver", "domestic_violence", "missing", "harm_to_others", "medical"
]
"""What kind of danger; domain research 30."""


DEADLINES: Mapping[Level, float] = {Level.IMMINENT: 300.0, Level.HIGH: 1800.0}  # domain 38 (P)


class _ChainPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


def _as_written(value: object) -> object:
    """Without quotes 120 is a number to YAML; here it can only be the ambulance."""
    return str(value) if type(value) is int else value


Called = Annotated[Receiver, Strict(strict=False), BeforeValidator(_as_written)]
ChainTitle = Annotated[str, Field(min_length=2, max_length=60)]


class ChainNameFile(_ChainPart):
    """A name in both languages."""

    zh: ChainTitle
    en: ChainTitle


class ChainStepFile(_ChainPart):
    """Everybody who is rung at the same time, and how long they may take."""

    ring: list[Called] = Field(
        min_length=1, max_length=9, description="name whom it rings, such as `station`"
    )
    within_s: float = Field(default=120, ge=30, le=3600)


class SupervisorsFile(_ChainPart):
    """Seconds from the flag until a supervisor's phone rings, and the next one's."""

    first_s: float = Field(default=30, ge=5, le=600)
    next_s: float = Field(default=60, ge=10, le=900)


class RescueFile(_ChainPart):
    """`confirmed`: it stays open until the emergency service has confirmed that they are there."""

    confirmed: bool = False
    every_s: float = Field(default=900, ge=60, le=3600)


class ChainFile(_ChainPart):
    """A chain: for every flag of a level, or for those of one `kind`."""

    name: ChainNameFile
    level: Annotated[Level, Strict(strict=False)]
    kind: FlagKind | None = None
    deadline_s: float | None = Field(default=None, ge=60, le=86_400)
    steps: list[ChainStepFile] = Field(
        min_length=1, max_length=12, description="list whom to ring, first those who are nearest"
    )
    accept_within_s: float = Field(default=600, ge=60, le=7200)
    report_within_s: float = Field(default=1800, ge=300, le=86_400)
    review_within_s: float = Field(default=86_400, ge=3600, le=604_800)
    supervisors: SupervisorsFile = SupervisorsFile()
    rescue: RescueFile = RescueFile()

    @property
    def acknowledged_within_s(self) -> float:
        """By when somebody must have acknowledged: what it says, else what its level asks for."""
        return DEADLINES[self.level] if self.deadline_s is None else self.deadline_s

    def snapshot(self, chain_id: str) -> dict[str, Any]:
        """As an escalation keeps it in `policy`: whatever becomes of the file afterwards."""
        said = self.model_dump(mode="json")
        longest = max(step.within_s for step in self.steps)
        whole = {**said, "deadline_s": self.acknowledged_within_s, "longest_step_s": longest}
        return {"chain": chain_id, "version": version_of_chain(said), **whole}


def read_chain_file(document: Mapping[str, Any]) -> ChainFile:
    """The chain a document describes. Raises pydantic's `ValidationError` with every fault."""
    return ChainFile.model_validate(document)


def version_of_chain(document: Mapping[str, Any]) -> str:
    """A name for what a chain says: equal chains, equal names."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]
