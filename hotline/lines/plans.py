"""The plan of a line, read once a version.

What is stored was checked before it was applied. Should a newer program not understand it all the
same, the default serves: a caller is never without a plan.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import structlog

from hotline.storage.tables import Line
from routing.care import Care, strictest
from routing.policy import DEFAULT_POLICY, Policy, PolicyError, read_policy

log = structlog.get_logger()

DEFAULT_VERSION = "default"


class _KeptPlan:
    """A document that rides along beside its version without being hashed."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _KeptPlan)


def version_of_document(document: Mapping[str, Any]) -> str:
    """A name for what a plan says: equal plans, equal names."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:12]


def version_of(line: Line) -> str:
    """What names the plan in force."""
    return line.plan_version or DEFAULT_VERSION


def policy_of(line: Line) -> Policy:
    """The plan in force."""
    return policy_from(line.plan, version=version_of(line))


def policy_from(document: Mapping[str, Any], *, version: str) -> Policy:
    """The plan of a stored document; of an empty one the default."""
    return _read(version, _KeptPlan(document)) if document else DEFAULT_POLICY


@lru_cache(maxsize=256)
def _read(version: str, kept: _KeptPlan) -> Policy:
    try:
        return read_policy(kept.document)
    except PolicyError as fault:
        log.exception("plan.not_understood", version=version, faults=len(fault.problems))
        return DEFAULT_POLICY


def care_for(lines: Iterable[Line]) -> Care:
    """What keeps somebody well who works for these lines: the strictest of each."""
    return strictest(policy_of(line).care for line in lines)
