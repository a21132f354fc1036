"""The lifecycle of a text message, as a table of state × event. Pure.

```
queued ──claimed──► sending ──taken──► sent ──► delivered · undelivered · failed
  ▲ │                  │ ▲               ▲
  │ └─dropped          │ └──(its report) │
  └─────not_taken──────┤                 │
                       └─unclear─► unclear ⟲ ──taken
```
A text that came in is `received`, and stays so.
"""

from collections.abc import Mapping
from enum import StrEnum


class TextState(StrEnum):
    """Where one text stands."""

    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    UNCLEAR = "unclear"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    DROPPED = "dropped"


class TextEvent(StrEnum):
    """What can happen to a text of ours."""

    CLAIMED = "claimed"
    TAKEN = "taken"
    NOT_TAKEN = "not_taken"
    UNCLEAR = "unclear"
    DROPPED = "dropped"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


_S, _E = TextState, TextEvent

LIVE = (_S.QUEUED, _S.SENDING, _S.UNCLEAR)
"""States in which there is still something to do about it."""

UNDER_WAY = (_S.SENDING, _S.UNCLEAR, _S.SENT)

TRANSITIONS: Mapping[tuple[TextState, TextEvent], TextState] = {
    (_S.QUEUED, _E.CLAIMED): _S.SENDING,
    (_S.QUEUED, _E.DROPPED): _S.DROPPED,
    (_S.SENDING, _E.NOT_TAKEN): _S.QUEUED,
    (_S.UNCLEAR, _E.NOT_TAKEN): _S.QUEUED,
    (_S.SENDING, _E.UNCLEAR): _S.UNCLEAR,
    (_S.UNCLEAR, _E.UNCLEAR): _S.UNCLEAR,
    (_S.SENDING, _E.TAKEN): _S.SENT,
    (_S.UNCLEAR, _E.TAKEN): _S.SENT,
    # A report may overtake the carrier's answer to our own request: it is proof that it was sent.
    **{(state, _E.DELIVERED): _S.DELIVERED for state in UNDER_WAY},
    **{(state, _E.UNDELIVERED): _S.UNDELIVERED for state in UNDER_WAY},
    **{(state, _E.FAILED): _S.FAILED for state in UNDER_WAY},
}


def text_after(state: str, event: TextEvent) -> TextState | None:
    """The state that follows; None where the event comes too late to mean anything."""
    return TRANSITIONS.get((TextState(state), event))
