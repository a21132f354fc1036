"""The lifecycle of an escalation. Pure.

```
open ──acknowledged──► acknowledged ──accepted──► accepted ──reported──► reported ⟲ reported
 ▲ ⟲ overdue                │                        │                      │
 └──── overdue, given_back ─┴────────────────────────┴──────────────────────┘
closed: from everywhere, by a person; only a person opens it again (opened_again). given_back: by
whoever has it; what nobody has goes on to the next contact by itself. handed_to: another station is
asked, whoever had it. reminded: of what somebody has. rung: once more, what nobody has.
on_the_way, contact_made: what was accepted moves on in
the field; it stays where it is, and so does its deadline.
```
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

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
    HANDED_TO = "handed_to"
    REMINDED = "reminded"
    RUNG = "rung"
    OPENED_AGAIN = "opened_again"
    ON_THE_WAY = "on_the_way"
    CONTACT_MADE = "contact_made"


ChildReached = Literal["seen", "not_seen", "by_phone"]
"""Whether whoever went there saw the child."""

_S, _E = EscalationState, EscalationEvent

TRANSITIONS: Mapping[tuple[EscalationState, EscalationEvent], EscalationState] = {
    (_S.OPEN, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED,
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
    (_S.OPEN, _E.HANDED_TO): _S.OPEN,
    (_S.ACKNOWLEDGED, _E.HANDED_TO): _S.OPEN,
    (_S.ACCEPTED, _E.HANDED_TO): _S.OPEN,
    (_S.REPORTED, _E.HANDED_TO): _S.OPEN,
    (_S.ACKNOWLEDGED, _E.REMINDED): _S.ACKNOWLEDGED,
    (_S.ACCEPTED, _E.REMINDED): _S.ACCEPTED,
    (_S.REPORTED, _E.REMINDED): _S.REPORTED,
    (_S.OPEN, _E.RUNG): _S.OPEN,
    (_S.CLOSED, _E.OPENED_AGAIN): _S.OPEN,
    (_S.ACCEPTED, _E.ON_THE_WAY): _S.ACCEPTED,
    (_S.REPORTED, _E.ON_THE_WAY): _S.REPORTED,
    (_S.ACCEPTED, _E.CONTACT_MADE): _S.ACCEPTED,
    (_S.REPORTED, _E.CONTACT_MADE): _S.REPORTED,
}


def after(state: str, event: EscalationEvent) -> EscalationState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[EscalationState(state), event]
    except KeyError:
        raise IllegalMove from None
