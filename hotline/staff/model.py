"""Presence as a table of state × event, and roles. Pure.

Set-aside: a counselor who let an offer ring out is not offered calls for as long as the line's plan
says; after `MISSES_BEFORE_PAUSE` in a row they stay paused until they say they are back.
Rest and break: whoever would be ready and is due for one is paused instead, until it is over
(`routing.care` says when). A wrap-up that a crisis call cut short, and did not take, goes on.
Rung still: who chose a pause while their phone rang is back before it stopped.
Called in: somebody who was not on duty has taken a caller on their own phone.
Helped: they were in a colleague's talk, and the caller was never theirs: no record is owed.
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import IllegalMove

MISSES_BEFORE_PAUSE = 3


class Role(StrEnum):
    """What somebody may see and do."""

    COUNSELOR = "counselor"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    ADMIN = "admin"


class PresenceState(StrEnum):
    """What a counselor is doing now."""

    OFFLINE = "offline"
    READY = "ready"
    OFFERED = "offered"
    TALKING = "talking"
    WRAPPING_UP = "wrapping_up"
    PAUSED = "paused"


BUSY = (PresenceState.OFFERED, PresenceState.TALKING, PresenceState.WRAPPING_UP)
"""With a call: it rings, it is talked in, or its record is written."""


AT_WORK = (PresenceState.READY, *BUSY)
"""Who is on duty, and not on a break."""


class PresenceEvent(StrEnum):
    """What can happen to a counselor's presence."""

    WENT_READY = "went_ready"
    WENT_PAUSED = "went_paused"
    WENT_OFFLINE = "went_offline"
    OFFERED = "offered"
    RUNG_STILL = "rung_still"
    ACCEPTED = "accepted"
    CALLED_IN = "called_in"
    OFFER_WITHDRAWN = "offer_withdrawn"
    OFFER_MISSED = "offer_missed"
    WRAP_UP_RESUMED = "wrap_up_resumed"
    TALK_ENDED = "talk_ended"
    LINE_LOST = "line_lost"
    HELPED = "helped"


_S, _E = PresenceState, PresenceEvent

TRANSITIONS: Mapping[tuple[PresenceState, PresenceEvent], PresenceState] = {
    (_S.OFFLINE, _E.WENT_READY): _S.READY,
    (_S.OFFLINE, _E.WENT_PAUSED): _S.PAUSED,
    (_S.OFFLINE, _E.WENT_OFFLINE): _S.OFFLINE,
    (_S.OFFLINE, _E.CALLED_IN): _S.TALKING,
    (_S.OFFLINE, _E.RUNG_STILL): _S.OFFERED,
    (_S.READY, _E.WENT_READY): _S.READY,
    (_S.READY, _E.WENT_PAUSED): _S.PAUSED,
    (_S.READY, _E.WENT_OFFLINE): _S.OFFLINE,
    (_S.READY, _E.OFFERED): _S.OFFERED,
    (_S.READY, _E.CALLED_IN): _S.TALKING,
    (_S.OFFERED, _E.ACCEPTED): _S.TALKING,
    (_S.OFFERED, _E.OFFER_WITHDRAWN): _S.READY,
    (_S.OFFERED, _E.OFFER_MISSED): _S.PAUSED,
    (_S.OFFERED, _E.WRAP_UP_RESUMED): _S.WRAPPING_UP,
    (_S.OFFERED, _E.WENT_OFFLINE): _S.OFFLINE,
    (_S.OFFERED, _E.WENT_PAUSED): _S.PAUSED,
    (_S.TALKING, _E.TALK_ENDED): _S.WRAPPING_UP,
    (_S.TALKING, _E.LINE_LOST): _S.READY,
    (_S.TALKING, _E.HELPED): _S.READY,
    (_S.WRAPPING_UP, _E.OFFERED): _S.OFFERED,
    (_S.WRAPPING_UP, _E.WENT_READY): _S.READY,
    (_S.WRAPPING_UP, _E.WENT_PAUSED): _S.PAUSED,
    (_S.WRAPPING_UP, _E.WENT_OFFLINE): _S.OFFLINE,
    (_S.PAUSED, _E.WENT_READY): _S.READY,
    (_S.PAUSED, _E.WENT_PAUSED): _S.PAUSED,
    (_S.PAUSED, _E.WENT_OFFLINE): _S.OFFLINE,
    (_S.PAUSED, _E.CALLED_IN): _S.TALKING,
    (_S.PAUSED, _E.RUNG_STILL): _S.OFFERED,
}


def may(state: str, event: PresenceEvent) -> bool:
    """Whether the event means anything in this state."""
    return (PresenceState(state), event) in TRANSITIONS


def after(state: str, event: PresenceEvent) -> PresenceState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[PresenceState(state), event]
    except KeyError:
        raise IllegalMove("Finish what you are doing first, then change your presence.") from None
