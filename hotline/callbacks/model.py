"""The lifecycle of a call that we owe, as a table of state × event. Pure.

```
open ──begun──► in_hand ──reached──► done ──nobody_there──► open
  ▲                │
  └──not_reached───┘      withdrawn and closed are reached from both, and are the end
```
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.calls.model import CallState, Outcome, Urgency
from hotline.storage.tables import Call

__all__ = [
    "STILL_OWED",
    "TRANSITIONS",
    "CallbackEvent",
    "CallbackState",
    "ClosedAs",
    "Why",
    "state_after",
    "why_lost",
]


class Why(StrEnum):
    """What makes us owe a call."""

    ASKED = "asked"
    HUNG_UP = "hung_up"
    DROPPED = "dropped"
    MESSAGE = "message"
    TEXT = "text"
    DISSATISFIED = "dissatisfied"  # with a call that they had


class CallbackState(StrEnum):
    """Where it stands."""

    OPEN = "open"
    IN_HAND = "in_hand"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


STILL_OWED = (CallbackState.OPEN, CallbackState.IN_HAND)


class CallbackEvent(StrEnum):
    """What can happen to it."""

    BEGUN = "begun"
    NOT_REACHED = "not_reached"
    REACHED = "reached"
    NOBODY_THERE = "nobody_there"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class ClosedAs(StrEnum):
    """Why nobody is called any more. `tried_enough` is the system's word alone."""

    NOT_NEEDED = "not_needed"
    NO_NUMBER = "no_number"
    NOT_SAFE = "not_safe"
    REACHED_OTHERWISE = "reached_otherwise"
    TRIED_ENOUGH = "tried_enough"


_S, _E = CallbackState, CallbackEvent

TRANSITIONS: Mapping[tuple[CallbackState, CallbackEvent], CallbackState] = {
    (_S.OPEN, _E.BEGUN): _S.IN_HAND,
    (_S.OPEN, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.OPEN, _E.CLOSED): _S.CLOSED,
    (_S.IN_HAND, _E.REACHED): _S.DONE,
    (_S.IN_HAND, _E.NOT_REACHED): _S.OPEN,
    (_S.IN_HAND, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.DONE, _E.NOBODY_THERE): _S.OPEN,
    (_S.WITHDRAWN, _E.NOBODY_THERE): _S.OPEN,
}


def state_after(state: str, event: CallbackEvent) -> CallbackState | None:
    """The state that follows; None where the event comes too late to mean anything."""
    return TRANSITIONS.get((CallbackState(state), event))


def why_lost(call: Call, left: str) -> Why | None:
    """Why a caller who has just gone is owed a call; None: they are not. `left`: their last state.

    Somebody in danger who is suddenly gone, from the queue or out of a talk, was dropped: whether
    they meant it, only they can say. Anybody else has left the queue before anybody came.
    """
    in_danger = call.urgency == Urgency.CRISIS
    if left == CallState.TALKING or call.outcome == Outcome.DUTY_PHONE:
        return Why.DROPPED if in_danger else None
    if call.outcome != Outcome.HUNG_UP or call.queued_at is None:
        return None
    return Why.DROPPED if in_danger else Why.HUNG_UP
