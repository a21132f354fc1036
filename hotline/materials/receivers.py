"""A place that takes referrals: whom it takes, how it is told, what it promised. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

OLDEST = 120


class ReceiverNeed(StrEnum):
    """What somebody is referred for."""

    MENTAL_HEALTH = "mental_health"
    SELF_HARM = "self_harm"
    MEDICAL = "medical"
    COUNSELLING = "counselling"
    PROTECTION = "protection"
    SHELTER = "shelter"
    LEGAL = "legal"
    SCHOOL = "school"
    FAMILY = "family"
    HARDSHIP = "hardship"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralReceiver:
    """As the file says it. `code_to`: where the code for a link goes, never beside the link."""

    takes: Sequence[str]
    from_age: int = 0
    to_age: int = OLDEST
    limits: Mapping[str, str] = field(default_factory=dict)
    station: str = ""
    text: str = ""
    mail: str = ""
    code_to: str = ""
    answer_within: timedelta
    result_within: timedelta

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self | None:
        """Of a place's `receives`; None where nobody is referred there by us."""
        if not kept:
            return None
        plain = ("takes", "from_age", "to_age", "station", "text", "mail")
        return cls(
            **{name: kept[name] for name in plain},
            limits=kept["limits"] or {},
            code_to=kept["code_to"] or kept["text"],
            answer_within=timedelta(hours=kept["answer_within_h"]),
            result_within=timedelta(days=kept["result_within_days"]),
        )

    @classmethod
    def of_place(cls, kept: Mapping[str, Any]) -> Self:
        """The same where it took something once; what it takes no more is still answered."""
        return cls.read(kept) or cls(
            takes=(), answer_within=timedelta(hours=48), result_within=timedelta(days=30)
        )

    @property
    def has_ages(self) -> bool:
        """Whether it takes some ages only."""
        return self.from_age > 0 or self.to_age < OLDEST
