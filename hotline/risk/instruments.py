"""Instruments that find a level: questions and cut-offs, read from the files beside. Pure.

A version is never changed, since assessments name theirs and are shown by it: what is to be other
comes as a file of its own with the next version.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hotline.errors import NotFound
from hotline.risk.levels import Risk

FOLDER = Path(__file__).with_name("scales")
YES_NO = (
    {"key": "no", "zh": "否", "en": "No"},
    {"key": "yes", "zh": "是", "en": "Yes"},
)

Words = Mapping[str, str]  # by language: zh, en


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOption:
    """One answer to a question: how many points it gives, or which level it means by itself."""

    key: str
    words: Words
    points: int
    level: Risk | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskQuestion:
    """`asked_if`: the question that must have been answered with yes before; "" for always."""

    key: str
    words: Words
    options: tuple[AnswerOption, ...]
    asked_if: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """Scores from `at_least` on mean this level. `source`: who published it."""

    at_least: int
    level: Risk
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One version of an instrument. With `cut_offs` points are summed up; without, levels count.

    `otherwise`: what it means where no answer means a level. `provisional`: what of it is a
    placeholder, in words for whoever uses it; empty where nothing is.
    """

    name: str
    version: int
    title: Words
    source: str
    provisional: Words
    otherwise: Risk
    questions: tuple[RiskQuestion, ...]
    cut_offs: tuple[CutOff, ...]

    @property
    def most(self) -> int:
        """The greatest score."""
        return sum(max(one.points for one in question.options) for question in self.questions)


@cache
def every_version() -> Mapping[tuple[str, int], Instrument]:
    """All that there are, by name and version."""
    files = sorted(FOLDER.glob("*.toml"))
    read = [read_instrument(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]
    return {(one.name, one.version): one for one in read}


def in_use() -> Sequence[Instrument]:
    """The newest version of each, in the order of their names."""
    newest = dict(sorted(every_version()))
    return [every_version()[key] for key in newest.items()]


def instrument_of(name: str, version: int) -> Instrument:
    """One version. Raises `NotFound`."""
    found = every_version().get((name, version))
    if found is None:
        raise NotFound("There is no such instrument, or not in this version.")
    return found


def read_instrument(written: Mapping[str, Any]) -> Instrument:
    """What a file says."""
    return Instrument(
        name=written["name"],
        version=written["version"],
        title=written["title"],
        source=written["source"],
        provisional=written.get("provisional", {}),
        otherwise=Risk(written["otherwise"]),
        questions=tuple(_question(one) for one in written["questions"]),
        cut_offs=tuple(_cut_off(one) for one in written.get("cut_offs", ())),
    )


def _question(written: Mapping[str, Any]) -> RiskQuestion:
    means = {key: written[key] for key in ("points", "level") if key in written}
    plain = (YES_NO[0], {**YES_NO[1], **means})  # a yes has the meaning
    return RiskQuestion(
        key=written["key"],
        words={"zh": written["zh"], "en": written["en"]},
        options=tuple(_option(one) for one in written.get("options", plain)),
        asked_if=written.get("asked_if", ""),
    )


def _option(written: Mapping[str, Any]) -> AnswerOption:
    return AnswerOption(
        key=written["key"],
        words={"zh": written["zh"], "en": written["en"]},
        points=written.get("points", 0),
        level=Risk(written["level"]) if "level" in written else None,
    )


def _cut_off(written: Mapping[str, Any]) -> CutOff:
    return CutOff(
        at_least=written["at_least"], level=Risk(written["level"]), source=written["source"]
    )
