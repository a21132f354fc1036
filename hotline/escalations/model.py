"""The lifecycles of an escalation and of one attempt to reach a station. Pure.

```
open ──acknowledged──► acknowledged ──accepted──► accepted ──reported──► reported ⟲ reported
 ▲ ⟲ overdue, given_back    │                        │                      │
 └──── overdue, given_back ─┴────────────────────────┴──────────────────────┘
closed: from everywhere, by a person; nothing leads out of it
```
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import IllegalMove


class Level(StrEnum):
    """How near the danger is."""

    HIGH = "high"
    IMMINENT = "imminent"

    def covered_by(self) -> tuple["Level", ...]:
        """The levels whose alarm is at least as loud as this one's."""
        levels = tuple(Level)
        return levels[levels.index(self) :]


class EscalationState(StrEnum):
    """Where an escalation stands between the hotline and the stations."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    REPORTED = "reported"
    CLOSED = "closed"


class EscalationEvent(StrEnum):
    """What can happen to an escalation."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    GIVEN_BACK = "given_back"
    REPORTED = "reported"
    OVERDUE = "overdue"
    CLOSED = "closed"


class AttemptState(StrEnum):
    """Where one try to reach one contact stands."""

    PENDING = "pending"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    DEAD = "dead"


class AttemptEvent(StrEnum):
    """What can happen to an attempt."""

    CLAIMED = "claimed"
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    UNCLEAR = "unclear"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    GIVEN_UP = "given_up"


_S, _E = EscalationState, EscalationEvent

TRANSITIONS: Mapping[tuple[EscalationState, EscalationEvent], EscalationState] = {
    (_S.OPEN, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED,
    (_S.OPEN, _E.GIVEN_BACK): _S.OPEN,
    (_S.OPEN, _E.OVERDUE): _S.OPEN,
    (_S.OPEN, _E.CLOSED): _S.CLOSED,
    (_S.ACKNOWLEDGED, _E.ACCEPTED): _S.ACCEPTED,
    (_S.ACKNOWLEDGED, _E.GIVEN_BACK): _S.OPEN,
    (_S.ACKNOWLEDGED, _E.OVERDUE): _S.OPEN,
    (_S.ACKNOWLEDGED, _E.CLOSED): _S.CLOSED,
    (_S.ACCEPTED, _E.REPORTED): _S.REPORTED,
    (_S.ACCEPTED, _E.GIVEN_BACK): _S.OPEN,
    (_S.ACCEPTED, _E.OVERDUE): _S.OPEN,
    (_S.ACCEPTED, _E.CLOSED): _S.CLOSED,
    (_S.REPORTED, _E.REPORTED): _S.REPORTED,
    (_S.REPORTED, _E.GIVEN_BACK): _S.OPEN,
    (_S.REPORTED, _E.OVERDUE): _S.OPEN,
    (_S.REPORTED, _E.CLOSED): _S.CLOSED,
}

_A, _H = AttemptState, AttemptEvent

LIVE = (_A.PENDING, _A.SUBMITTING, _A.UNKNOWN, _A.SUBMITTED, _A.ANSWERED)
"""States in which a phone rings, or still will."""

UNSENT = (_A.PENDING, _A.UNKNOWN)
"""States in which nobody is known to be rung: an acknowledgement makes them needless."""

ATTEMPT_TRANSITIONS: Mapping[tuple[AttemptState, AttemptEvent], AttemptState] = {
    (_A.PENDING, _H.CLAIMED): _A.SUBMITTING,
    (_A.SUBMITTING, _H.TAKEN): _A.SUBMITTED,
    (_A.UNKNOWN, _H.TAKEN): _A.SUBMITTED,
    (_A.SUBMITTING, _H.NOT_TAKEN): _A.PENDING,
    (_A.UNKNOWN, _H.NOT_TAKEN): _A.PENDING,
    (_A.SUBMITTING, _H.UNCLEAR): _A.UNKNOWN,
    (_A.UNKNOWN, _H.UNCLEAR): _A.UNKNOWN,
    (_A.SUBMITTING, _H.GIVEN_UP): _A.DEAD,
    (_A.UNKNOWN, _H.GIVEN_UP): _A.DEAD,
    # A callback may overtake the answer to our own request: it is proof that the phone rang.
    **{(state, _H.ANSWERED): _A.ANSWERED for state in LIVE if state is not _A.ANSWERED},
    **{(state, _H.FAILED): _A.FAILED for state in LIVE},
    **{(state, _H.SUPERSEDED): _A.SUPERSEDED for state in LIVE},
    # Late, but somebody did answer for the child: it counts.
    **{(state, _H.ACKNOWLEDGED): _A.ACKNOWLEDGED for state in _A if state is not _A.ACKNOWLEDGED},
}


def after(state: str, event: EscalationEvent) -> EscalationState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[EscalationState(state), event]
    except KeyError:
        raise IllegalMove from None


def attempt_after(state: str, event: AttemptEvent) -> AttemptState | None:
    """The state that follows; None where the event comes too late to mean anything."""
    return ATTEMPT_TRANSITIONS.get((AttemptState(state), event))
