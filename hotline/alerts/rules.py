"""What is alerted, as a file of the configuration says it: rules with thresholds. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from hotline.storage.documents import DocumentFault, VersionedDocument

FILE = Path(__file__).with_name("default.yaml")
DAY_S, WHOLE = 86_400, 100
LEAST_CALLS = 5  # fewer say nothing of a share
BETTER_BY, BACK_TO = 5.0, 0.5  # what it must come to before it clears: percent above; part of it
ID = re.compile("[a-z][a-z_]{1,39}")
ID_RULE = "a name of 2 to 40 small letters and `_`, such as long_wait"


class Measure(StrEnum):
    """What is looked at, of one line.

    `STALE_PRESENCE`: the longest that somebody on duty has been rung, written up or paused beyond
    the end of their pause. `NOBODY_READY`: only while the line is open and served by its own.
    """

    SERVICE_LEVEL = "service_level_15s"
    LONGEST_WAIT = "longest_wait_s"
    DANGER_WAITING = "danger_waiting_s"
    NOBODY_READY = "nobody_ready_s"
    STALE_PRESENCE = "stale_presence_s"


class AlertLevel(StrEnum):
    """`ALARM`: goes to the next supervisor where nobody takes it."""

    ALARM = "alarm"
    WARNING = "warning"


def _rule_id(value: object) -> str:
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    raise PydanticCustomError("wrong_form", "Write {rule}.", {"rule": ID_RULE})


class _AlertPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AlertRule(_AlertPart):
    """One threshold. `lines`: left out, all of them."""

    id: Annotated[str, BeforeValidator(_rule_id)]
    measure: Annotated[Measure, Strict(strict=False)]
    threshold: float = Field(ge=1, le=DAY_S)
    level: Annotated[AlertLevel, Strict(strict=False)]
    hold_s: float = Field(default=0, ge=0, le=3600)
    clears_at: float | None = Field(default=None, ge=0, le=DAY_S)
    least_calls: int = Field(default=LEAST_CALLS, ge=1, le=1000)
    lines: list[str] | None = Field(default=None, min_length=1)

    @property
    def is_share(self) -> bool:
        """Whether less is worse."""
        return self.measure is Measure.SERVICE_LEVEL

    def is_crossed(self, value: float) -> bool:
        """Whether it is to be raised."""
        return value < self.threshold if self.is_share else value >= self.threshold

    def is_over(self, value: float) -> bool:
        """Whether it has gone back so far that it may clear."""
        if self.is_share:
            back = min(WHOLE, self.threshold + BETTER_BY)
            return value >= (back if self.clears_at is None else self.clears_at)
        back = self.threshold * BACK_TO
        return value < (back if self.clears_at is None else self.clears_at)

    def worse(self, one: float, other: float) -> float:
        """Of two values the worse."""
        return min(one, other) if self.is_share else max(one, other)

    def concerns(self, line_id: str) -> bool:
        """Whether it is looked at on this line."""
        return self.lines is None or line_id in self.lines


class AlertRules(VersionedDocument, _AlertPart):
    """All rules. `pass_on_after_s`: so long an alarm waits for its owner."""

    pass_on_after_s: float = Field(default=180, ge=30, le=3600)
    rules: list[AlertRule] = Field(min_length=1, max_length=40)


def read_alert_rules(document: Mapping[str, Any]) -> AlertRules:
    """The rules a document describes. Raises pydantic's `ValidationError` with every fault."""
    return AlertRules.model_validate(document)


@cache
def default_alert_rules() -> AlertRules:
    """Of a folder that has none."""
    return read_alert_rules(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def alert_faults(told: AlertRules, lines: Collection[str]) -> Iterator[DocumentFault]:
    """What each value alone does not show. `lines`: those there are."""
    known: set[str] = set()
    for place, rule in enumerate(told.rules):
        at = ("rules", place)
        if rule.id in known:
            said = f"the rule {rule.id} stands here a second time: name it otherwise, or remove it."
            yield DocumentFault((*at, "id"), said)
        known.add(rule.id)
        yield from _odd_numbers(rule, at)
        for line in rule.lines or ():
            if line not in lines:
                said = f"line {line} is not in lines.yaml: add it or correct it."
                yield DocumentFault((*at, "lines"), said)


def _odd_numbers(rule: AlertRule, at: tuple[str | int, ...]) -> Iterator[DocumentFault]:
    if rule.is_share and rule.threshold > WHOLE:
        said = f"{rule.id} is a share: write a `threshold` of 100 percent at most."
        yield DocumentFault((*at, "threshold"), said)
    if not rule.is_share and "least_calls" in rule.model_fields_set:
        said = f"`least_calls` counts for a service level alone: remove it from {rule.id}."
        yield DocumentFault((*at, "least_calls"), said)
    if rule.clears_at is None:
        return
    if rule.measure is Measure.NOBODY_READY:
        said = f"{rule.id} clears when somebody is ready: remove `clears_at`."
        yield DocumentFault((*at, "clears_at"), said)
    elif rule.is_share and not rule.threshold <= rule.clears_at <= WHOLE:
        said = f"{rule.id} would clear below its threshold: raise `clears_at`, to 100 at most."
        yield DocumentFault((*at, "clears_at"), said)
    elif not rule.is_share and not 0 < rule.clears_at <= rule.threshold:
        said = f"{rule.id} would clear above its threshold, or never: correct `clears_at`."
        yield DocumentFault((*at, "clears_at"), said)
