"""The lifecycle of a case, and its closed lists. Pure.

```
open ──closed──► closed ──opened_again──► open
```
Only a person closes one. What is merged keeps its state: it is read with the case it went into.
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import IllegalMove


class CaseState(StrEnum):
    """Whether somebody still has to look after the person."""

    OPEN = "open"
    CLOSED = "closed"


class CaseEvent(StrEnum):
    """What can happen to a case."""

    CLOSED = "closed"
    OPENED_AGAIN = "opened_again"


class OpenedAs(StrEnum):
    """By which rule a case was opened, the gravest first; or by hand."""

    IMMINENT = "imminent"
    HIGH = "high"
    MANDATORY_REPORT = "mandatory_report"
    BY_HAND = "by_hand"


class CaseResult(StrEnum):
    """What a case came to."""

    SAFE = "safe"  # the aims of the plan were reached
    IN_CARE = "in_care"  # others look after them for good
    MOVED = "moved"  # away, and handed to whoever answers for the place
    REFUSED = "refused"  # they want no more of it
    LOST = "lost"  # not found again after every try
    DIED = "died"
    MISTAKEN = "mistaken"  # there was no danger, or the wrong person


class LinkKind(StrEnum):
    """What can belong to a case."""

    CALL = "call"
    ESCALATION = "escalation"


class PersonRole(StrEnum):
    """What somebody is in a case."""

    AT_RISK = "at_risk"
    GUARDIAN = "guardian"
    RELATIVE = "relative"
    REPORTER = "reporter"
    HELPER = "helper"
    OTHER = "other"


class Kinship(StrEnum):
    """How somebody stands to the person at risk."""

    MOTHER = "mother"
    FATHER = "father"
    STEPPARENT = "stepparent"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    KIN = "kin"
    SCHOOL = "school"
    FRIEND = "friend"
    NEIGHBOUR = "neighbour"
    STRANGER = "stranger"


class IsMinor(StrEnum):
    """Whether somebody is under 18. What nobody knows is treated as yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_S, _E = CaseState, CaseEvent

TRANSITIONS: Mapping[tuple[CaseState, CaseEvent], CaseState] = {
    (_S.OPEN, _E.CLOSED): _S.CLOSED,
    (_S.CLOSED, _E.OPENED_AGAIN): _S.OPEN,
}


def after(state: str, event: CaseEvent) -> CaseState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[CaseState(state), event]
    except KeyError:
        raise IllegalMove from None
