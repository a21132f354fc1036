"""The lifecycle of a delivery. Pure.

```
pending ──claimed──► submitting ──taken──► submitted ──answered──► answered
   ▲                    │    │                 ▲
   │                    │    └─unclear─► unknown ⟲ unclear
   └──────not_taken─────┴─────────────────┘    └──taken──► submitted
```
`delivered`: it lies where it was sent to, read or not (a text, a webhook; a phone is `answered`).
`failed`, `superseded` and, after too many tries, `dead` are its ends without an answer;
`acknowledged`: somebody answered for what it was about.
"""

from collections.abc import Mapping
from enum import StrEnum


class Channel(StrEnum):
    """By which way somebody is reached."""

    PHONE = "phone"
    TEXT = "text"
    MAIL = "mail"
    WEBHOOK = "webhook"
    PUSH = "push"


class DeliveryState(StrEnum):
    """Where one attempt to reach one address stands."""

    PENDING = "pending"
    SUBMITTING = "submitting"
    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    ANSWERED = "answered"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    DEAD = "dead"


class DeliveryEvent(StrEnum):
    """What can happen to a delivery."""

    CLAIMED = "claimed"
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    UNCLEAR = "unclear"
    ANSWERED = "answered"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    GIVEN_UP = "given_up"


_S, _E = DeliveryState, DeliveryEvent

LIVE = (_S.PENDING, _S.SUBMITTING, _S.UNKNOWN, _S.SUBMITTED, _S.ANSWERED)
"""States in which somebody is being reached, or still will be."""

BEING_SENT = (_S.PENDING, _S.SUBMITTING, _S.UNKNOWN)
"""States in which nobody can say yet whether it left."""

SENT = (_S.SUBMITTED, _S.DELIVERED)
"""States in which it left, and nobody has answered it."""

UNSENT = (_S.PENDING, _S.UNKNOWN)
"""States in which nobody is known to be reached: withdrawn, nobody needs to be told."""

MAY_RING = (_S.SUBMITTING, _S.SUBMITTED)
"""States in which a phone rings, or may, and nobody has answered it."""

TRANSITIONS: Mapping[tuple[DeliveryState, DeliveryEvent], DeliveryState] = {
    (_S.PENDING, _E.CLAIMED): _S.SUBMITTING,
    (_S.SUBMITTING, _E.TAKEN): _S.SUBMITTED,
    (_S.UNKNOWN, _E.TAKEN): _S.SUBMITTED,
    (_S.SUBMITTING, _E.NOT_TAKEN): _S.PENDING,
    (_S.UNKNOWN, _E.NOT_TAKEN): _S.PENDING,
    (_S.SUBMITTING, _E.UNCLEAR): _S.UNKNOWN,
    (_S.UNKNOWN, _E.UNCLEAR): _S.UNKNOWN,
    (_S.SUBMITTING, _E.GIVEN_UP): _S.DEAD,
    (_S.UNKNOWN, _E.GIVEN_UP): _S.DEAD,
    # A callback may overtake the answer to our own request: it is proof that the phone rang.
    **{(state, _E.ANSWERED): _S.ANSWERED for state in LIVE if state is not _S.ANSWERED},
    **{(state, _E.DELIVERED): _S.DELIVERED for state in LIVE if state is not _S.ANSWERED},
    **{(state, _E.FAILED): _S.FAILED for state in LIVE},
    **{(state, _E.SUPERSEDED): _S.SUPERSEDED for state in LIVE},
    # Late, but somebody did answer for it: it counts.
    **{(state, _E.ACKNOWLEDGED): _S.ACKNOWLEDGED for state in _S if state is not _S.ACKNOWLEDGED},
}


def delivery_after(state: str, event: DeliveryEvent) -> DeliveryState | None:
    """The state that follows; None where the event comes too late to mean anything."""
    return TRANSITIONS.get((DeliveryState(state), event))
