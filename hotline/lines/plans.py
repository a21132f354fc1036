"""The plan of a line. A line without one has the default."""

from collections.abc import Iterable, Mapping
from typing import Any

from hotline.lines.kept import KeptDocuments
from hotline.storage.tables import Line
from routing.care import Care, strictest
from routing.policy import DEFAULT_POLICY, Policy, read_policy

DEFAULT_VERSION = "default"

_plans = KeptDocuments("plan", read_policy, fallback=DEFAULT_POLICY)


def version_of(line: Line) -> str:
    """What names the plan in force."""
    return line.plan_version or DEFAULT_VERSION


def policy_of(line: Line) -> Policy:
    """The plan in force."""
    return policy_from(line.plan, version=version_of(line))


def policy_from(document: Mapping[str, Any], *, version: str) -> Policy:
    """The plan of a stored document; of an empty one the default."""
    return _plans.of(document, version=version)


def care_for(lines: Iterable[Line]) -> Care:
    """What keeps somebody well who works for these lines: the strictest of each."""
    return strictest(policy_of(line).care for line in lines)


class CaresOfLines:
    """The care of many people, many of whom work for the same lines."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        """All lines by id; what is no line of these asks for nothing."""
        self._lines = lines
        self._known: dict[tuple[str, ...], Care] = {}

    def of(self, lines: tuple[str, ...]) -> Care:
        """What keeps somebody well who works for these."""
        if lines not in self._known:
            self._known[lines] = care_for(self._lines[one] for one in lines if one in self._lines)
        return self._known[lines]
