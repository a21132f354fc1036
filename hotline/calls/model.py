"""The lifecycle of a call as a table of state × event. Pure.

A refused move raises `IllegalMove` towards people. Towards the carrier, whose callbacks repeat
and overtake each other, the callers of this module log it and go on.

```
flow ──queued──► waiting ──accepted──► connecting ──joined──► talking ──finished──► closing
  │                 ▲                      │                     │                      │
  │                 └────counselor_lost────┴─counselor_lost, sent_on─┘                  │
  └─────────── caller_left leads to `ended` from everywhere ────────────────────────────┘
```
`closing` means: the outcome is decided, the caller only has to hear the last words. Who presses
the danger key then goes to people all the same, as from `message` (`queued`).
A call of ours begins as `connecting` and ends there with `not_reached` where nobody picks up. Who
is rung without a counselor says by a key that it is them, and waits then (`queued`).
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import IllegalMove
from routing.engine import Urgency

__all__ = [  # with `Urgency`, which routing orders by: one word, one meaning
    "IN_HAND",
    "OF_ARRIVALS",
    "TRANSITIONS",
    "CallEvent",
    "CallState",
    "Direction",
    "OfferKind",
    "OfferState",
    "Outcome",
    "Urgency",
    "after",
    "may",
    "outcome_when_caller_leaves",
]


class Direction(StrEnum):
    """Who rang whom."""

    IN = "in"
    OUT = "out"


class CallState(StrEnum):
    """Where a call stands."""

    FLOW = "flow"
    WAITING = "waiting"
    CONNECTING = "connecting"
    TALKING = "talking"
    MESSAGE = "message"
    CLOSING = "closing"
    ENDED = "ended"


IN_HAND = (CallState.CONNECTING, CallState.TALKING)  # a counselor has taken it


class CallEvent(StrEnum):
    """What can happen to a call."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    JOINED = "joined"
    COUNSELOR_LOST = "counselor_lost"
    SENT_ON = "sent_on"
    FINISHED = "finished"
    MESSAGE_STARTED = "message_started"
    DISMISSED = "dismissed"
    CALLER_LEFT = "caller_left"
    NOT_REACHED = "not_reached"


class Outcome(StrEnum):
    """How a call ended: exactly one each. The conservation law counts these.

    `duty_phone`: nobody of ours could answer, and the duty phone did (`calls.duty_phone`).
    `not_reached` is of calls that we made, which are an account of their own: nobody came in.
    """

    TALKED = "talked"
    MESSAGE_LEFT = "message_left"
    CALLBACK_OWED = "callback_owed"
    HUNG_UP = "hung_up"
    TURNED_AWAY = "turned_away"
    DUTY_PHONE = "duty_phone"
    NOT_REACHED = "not_reached"


OF_ARRIVALS = tuple(one for one in Outcome if one is not Outcome.NOT_REACHED)
"""How a call can end that came in."""


class OfferState(StrEnum):
    """An offer is pending until one thing happens to it."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class OfferKind(StrEnum):
    """What somebody is rung for: the caller, a colleague, or somebody they want to call back."""

    CALL = "call"
    CONSULT = "consult"
    CALL_BACK = "call_back"


_S, _E = CallState, CallEvent

TRANSITIONS: Mapping[tuple[CallState, CallEvent], CallState] = {
    (_S.FLOW, _E.QUEUED): _S.WAITING,
    (_S.FLOW, _E.MESSAGE_STARTED): _S.MESSAGE,
    (_S.FLOW, _E.DISMISSED): _S.CLOSING,
    (_S.FLOW, _E.CALLER_LEFT): _S.ENDED,
    (_S.WAITING, _E.ACCEPTED): _S.CONNECTING,
    (_S.WAITING, _E.MESSAGE_STARTED): _S.MESSAGE,
    (_S.WAITING, _E.DISMISSED): _S.CLOSING,
    (_S.WAITING, _E.CALLER_LEFT): _S.ENDED,
    (_S.CONNECTING, _E.JOINED): _S.TALKING,
    (_S.CONNECTING, _E.COUNSELOR_LOST): _S.WAITING,
    (_S.CONNECTING, _E.FINISHED): _S.CLOSING,
    (_S.CONNECTING, _E.CALLER_LEFT): _S.ENDED,
    (_S.CONNECTING, _E.NOT_REACHED): _S.ENDED,
    (_S.CONNECTING, _E.QUEUED): _S.WAITING,
    (_S.TALKING, _E.COUNSELOR_LOST): _S.WAITING,
    (_S.TALKING, _E.SENT_ON): _S.WAITING,
    (_S.TALKING, _E.FINISHED): _S.CLOSING,
    (_S.TALKING, _E.CALLER_LEFT): _S.ENDED,
    (_S.MESSAGE, _E.QUEUED): _S.WAITING,
    (_S.MESSAGE, _E.DISMISSED): _S.CLOSING,
    (_S.MESSAGE, _E.CALLER_LEFT): _S.ENDED,
    (_S.CLOSING, _E.QUEUED): _S.WAITING,
    (_S.CLOSING, _E.CALLER_LEFT): _S.ENDED,
}


def may(state: str, event: CallEvent) -> bool:
    """Whether the event means anything in this state."""
    return (CallState(state), event) in TRANSITIONS


def after(state: str, event: CallEvent) -> CallState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[CallState(state), event]
    except KeyError:
        raise IllegalMove from None


def outcome_when_caller_leaves(state: str, decided: str | None) -> Outcome:
    """What a call counts as when its caller is gone: what was decided, else where it stood."""
    if decided is not None:
        return Outcome(decided)
    if CallState(state) is CallState.TALKING:
        return Outcome.TALKED
    return Outcome.HUNG_UP
