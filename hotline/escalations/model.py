"""The lifecycle of an escalation as a table of state × event, and that of an attempt. Pure.

```
open ──acknowledged──► acknowledged ──accepted──► accepted ──reported──► accepted
  ▲                        │    └──overdue/returned──► open                 │
  └────────────────────────┴───────────────overdue/returned─────────────────┘
```
Only `closed` has no deadline, and only a person closes.
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import IllegalMove


class Level(StrEnum):
    """How bad it is. Imminent: life is in danger now."""

    IMMINENT = "imminent"
    HIGH = "high"


class EscalationState(StrEnum):
    """Who has the duty now: nobody yet, somebody who said so, a station that took the case."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class EscalationEvent(StrEnum):
    """What can happen to an escalation."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    REPORTED = "reported"
    RETURNED = "returned"
    OVERDUE = "overdue"
    CLOSED = "closed"


class AttemptState(StrEnum):
    """One try to reach one contact."""

    PENDING = "pending"
    LEASED = "leased"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    DEAD = "dead"


LIVE = frozenset(
    {
        AttemptState.PENDING,
        AttemptState.LEASED,
        AttemptState.SUBMITTING,
        AttemptState.SUBMITTED,
        AttemptState.UNKNOWN,
    }
)

_S, _E = EscalationState, EscalationEvent

TRANSITIONS: Mapping[tuple[EscalationState, EscalationEvent], EscalationState] = {
    (_S.OPEN, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED,
    (_S.OPEN, _E.ACCEPTED): _S.ACCEPTED,
    (_S.OPEN, _E.OVERDUE): _S.OPEN,
    (_S.OPEN, _E.RETURNED): _S.OPEN,
    (_S.OPEN, _E.CLOSED): _S.CLOSED,
    (_S.ACKNOWLEDGED, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED,
    (_S.ACKNOWLEDGED, _E.ACCEPTED): _S.ACCEPTED,
    (_S.ACKNOWLEDGED, _E.OVERDUE): _S.OPEN,
    (_S.ACKNOWLEDGED, _E.RETURNED): _S.OPEN,
    (_S.ACKNOWLEDGED, _E.CLOSED): _S.CLOSED,
    (_S.ACCEPTED, _E.ACCEPTED): _S.ACCEPTED,
    (_S.ACCEPTED, _E.REPORTED): _S.ACCEPTED,
    (_S.ACCEPTED, _E.OVERDUE): _S.OPEN,
    (_S.ACCEPTED, _E.RETURNED): _S.OPEN,
    (_S.ACCEPTED, _E.CLOSED): _S.CLOSED,
}


def after(state: str, event: EscalationEvent) -> EscalationState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[EscalationState(state), event]
    except KeyError:
        raise IllegalMove from None
