"""The lifecycle of a sequence of follow-up calls, as a table of state × event. Pure.

```
proposed ──agreed──► running ──begun──► in_hand ──reached──► talked ──went_on──► running
                      ▲ ▲ └─not_reached────┘ │                  └────completed──► finished
                      │ └────────────────────┘ asked, from any of these
                      └──answered── question ◄──┘        stopped: from all but in_hand
```
"""

from collections.abc import Mapping
from enum import StrEnum


class FollowUpState(StrEnum):
    """Where it stands. `talked`: they were reached, and nobody has said yet what was found."""

    PROPOSED = "proposed"
    RUNNING = "running"
    IN_HAND = "in_hand"
    TALKED = "talked"
    QUESTION = "question"
    STOPPED = "stopped"
    FINISHED = "finished"


class FollowUpEvent(StrEnum):
    """What can happen to it."""

    AGREED = "agreed"
    BEGUN = "begun"
    NOT_REACHED = "not_reached"
    REACHED = "reached"
    WENT_ON = "went_on"
    ASKED = "asked"
    ANSWERED = "answered"
    COMPLETED = "completed"
    STOPPED = "stopped"


class Consent(StrEnum):
    """What was said about being called. `decided`: by a supervisor, in imminent danger."""

    UNASKED = ""
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"


MAY_CALL = (Consent.AGREED, Consent.DECIDED)


class TryOutcome(StrEnum):
    """What came of one try. `not_rung`: no phone of theirs rang, so it is none of the five."""

    REACHED = "reached"
    NOBODY = "nobody"
    BUSY = "busy"
    REFUSED = "refused"
    WRONG_PERSON = "wrong_person"
    NOT_SAFE = "not_safe"
    NO_SUCH_NUMBER = "no_such_number"
    NOT_RUNG = "not_rung"


class SafetyPlan(StrEnum):
    """What became of it, as they told us."""

    KEPT = "kept"
    MADE = "made"
    NONE = "none"


class StoppedAs(StrEnum):
    """Why nobody is called any more. `mistaken`: the risk was a slip and taken back at once."""

    REFUSED = "refused"
    LINKED = "linked"
    SUPERVISOR = "supervisor"
    MISTAKEN = "mistaken"


class FollowUpDecision(StrEnum):
    """What a supervisor answers where a sequence does not go on by itself."""

    WITHOUT_CONSENT = "without_consent"
    TRY_AGAIN = "try_again"
    GO_ON = "go_on"
    STOP = "stop"


_S, _E = FollowUpState, FollowUpEvent
LIVE = (_S.PROPOSED, _S.RUNNING, _S.IN_HAND, _S.TALKED, _S.QUESTION)

TRANSITIONS: Mapping[tuple[FollowUpState, FollowUpEvent], FollowUpState] = {
    (_S.PROPOSED, _E.AGREED): _S.RUNNING,
    (_S.RUNNING, _E.AGREED): _S.RUNNING,
    (_S.TALKED, _E.AGREED): _S.TALKED,
    (_S.QUESTION, _E.AGREED): _S.QUESTION,
    (_S.RUNNING, _E.BEGUN): _S.IN_HAND,
    (_S.IN_HAND, _E.NOT_REACHED): _S.RUNNING,
    (_S.TALKED, _E.NOT_REACHED): _S.RUNNING,
    (_S.IN_HAND, _E.REACHED): _S.TALKED,
    (_S.TALKED, _E.WENT_ON): _S.RUNNING,
    (_S.TALKED, _E.COMPLETED): _S.FINISHED,
    (_S.RUNNING, _E.ASKED): _S.QUESTION,
    (_S.TALKED, _E.ASKED): _S.QUESTION,
    (_S.QUESTION, _E.ANSWERED): _S.RUNNING,
    (_S.PROPOSED, _E.STOPPED): _S.STOPPED,
    (_S.RUNNING, _E.STOPPED): _S.STOPPED,
    (_S.TALKED, _E.STOPPED): _S.STOPPED,
    (_S.QUESTION, _E.STOPPED): _S.STOPPED,
}


def state_after(state: str, event: FollowUpEvent) -> FollowUpState | None:
    """The state that follows; None where the event comes too late to mean anything."""
    return TRANSITIONS.get((FollowUpState(state), event))
