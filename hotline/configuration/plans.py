"""Plan files: read, checked against the people who would carry them out, told by file and line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hotline.configuration.faults import read_shape
from hotline.configuration.files import Document, read_document
from hotline.configuration.schema import HoursFile, LineFile, StaffFile
from hotline.staff.skills import skills_from, skills_of
from hotline.storage.tables import Line, Staff
from routing.policy import Policy, PolicyFile, read_policy
from routing.policy.lint import Finding, Setting, Severity, lint
from routing.policy.roster import ALWAYS, Person, shift

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan that was read, and everything the linter says of it."""

    document: Document
    policy: Policy
    findings: Sequence[Finding]

    @property
    def faults(self) -> list[str]:
        """What refuses it, by file and line."""
        return self._told(Severity.FAULT)

    @property
    def warnings(self) -> list[str]:
        """What is told of it, by file and line."""
        return self._told(Severity.WARNING)

    def _told(self, severity: Severity) -> list[str]:
        return [
            f"{self.document.where(one.where)}: {one.message}"
            for one in self.findings
            if one.severity is severity
        ]


def read_plan(file: Path, folder: Path | None = None) -> tuple[Document, Policy]:
    """A plan file. Raises `ConfigError` with every fault by file and line.

    `folder`: the configuration folder it lies in, so that it is named from there.
    """
    inside = folder or file.parent
    document = read_document(inside, file.relative_to(inside).as_posix())
    return document, read_shape(document, PolicyFile, read_policy)


def check_plan(file: Path, setting: Setting, folder: Path | None = None) -> Checked:
    """A plan file and what is wrong with it. Raises `ConfigError` if it is no plan at all."""
    document, policy = read_plan(file, folder)
    return Checked(document, policy, lint(policy, setting))


def setting_of_files(line: LineFile, staff: Iterable[StaffFile]) -> Setting:
    """Who would carry out the plan of a line, as the folder's files say."""
    people = [
        _person(
            one.name,
            one.skills.model_dump(),
            one.lines,
            [written(shift) for shift in one.shifts],
        )
        for one in staff
        if "counselor" in one.roles
    ]
    hours = quarters([written(one) for one in line.hours])
    languages = tuple(line.languages)
    return Setting(line=line.id, languages=languages, people=tuple(people), hours=hours)


def setting_of_rows(line: Line, staff: Iterable[Staff]) -> Setting:
    """The same, as it stands in the database."""
    people = [
        Person(name=one.name, skills=skills_of(one), quarters=quarters(one.shifts))
        for one in staff
        if one.active and "counselor" in one.roles
    ]
    languages = tuple(line.languages)
    hours = quarters(line.hours)
    return Setting(line=line.id, languages=languages, people=tuple(people), hours=hours)


def written(hours: HoursFile) -> dict[str, Any]:
    """As the database keeps it."""
    return {"days": list(hours.days), "from": hours.from_, "to": hours.to}


def quarters(hours: Sequence[Mapping[str, Any]]) -> int:
    """The quarter hours of the week; of no hours at all, every one."""
    found = 0
    for one in hours:
        days = [DAYS.index(day) for day in one["days"]]
        found |= shift(days, _minutes(one["from"]), _minutes(one["to"]))
    return found if hours else ALWAYS


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def _person(
    name: str,
    skills: Mapping[str, Any],
    lines: Sequence[str],
    shifts: Sequence[Mapping[str, Any]],
) -> Person:
    return Person(name=name, skills=skills_from(skills, lines), quarters=quarters(shifts))
