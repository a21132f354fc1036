"""Who is in a talk: the lifecycle of a participant, and what the carrier must be asked next. Pure.

```
asked ──dialled──► dialing ──rang──► ringing ──answered──► up ──joined──► in_talk
```
`joined` may overtake what comes before it, `ended` may come at any time, and a caller whose
counselor was lost is asked again.

A participant has a wanted state beside the one that was seen (`wanted`, `hold_wanted`). Whoever
wants something writes that; the dialler asks the carrier until both agree.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.ports import LegStatus
from hotline.storage.tables import Participant

SEND_AGAIN_AFTER = timedelta(seconds=5)  # a redirect that was heard is followed much sooner


class ParticipantRole(StrEnum):
    """What somebody is in a talk."""

    CALLER = "caller"
    COUNSELOR = "counselor"
    INTERPRETER = "interpreter"

    @property
    def ends_talk(self) -> bool:
        """Whether the talk is over when they leave it."""
        return self is not ParticipantRole.INTERPRETER


class ParticipantState(StrEnum):
    """Where somebody stands between being asked and having left."""

    ASKED = "asked"
    DIALING = "dialing"
    RINGING = "ringing"
    UP = "up"
    IN_TALK = "in_talk"
    ENDED = "ended"


class ParticipantEvent(StrEnum):
    """What can happen to a participant."""

    DIALLED = "dialled"
    RANG = "rang"
    ANSWERED = "answered"
    JOINED = "joined"
    ENDED = "ended"
    ASKED_AGAIN = "asked_again"


class Wanted(StrEnum):
    """Where somebody is to be."""

    IN = "in"
    OUT = "out"


class Proof(StrEnum):
    """How we know that a person is there, and not a mailbox that would record a child."""

    BROWSER = "browser"  # a softphone rings only where somebody is signed in
    KEY = "key"  # somebody pressed what they were asked to press


class Act(StrEnum):
    """What the carrier can be asked to do for a participant."""

    DIAL = "dial"
    SEND_IN = "send_in"
    HOLD = "hold"
    RESUME = "resume"
    HANG_UP = "hang_up"


_S, _E = ParticipantState, ParticipantEvent

TRANSITIONS: Mapping[tuple[ParticipantState, ParticipantEvent], ParticipantState] = {
    (_S.ASKED, _E.DIALLED): _S.DIALING,
    (_S.ASKED, _E.JOINED): _S.IN_TALK,
    (_S.ASKED, _E.ENDED): _S.ENDED,
    (_S.DIALING, _E.RANG): _S.RINGING,
    (_S.DIALING, _E.ANSWERED): _S.UP,
    (_S.DIALING, _E.JOINED): _S.IN_TALK,
    (_S.DIALING, _E.ENDED): _S.ENDED,
    (_S.RINGING, _E.ANSWERED): _S.UP,
    (_S.RINGING, _E.JOINED): _S.IN_TALK,
    (_S.RINGING, _E.ENDED): _S.ENDED,
    (_S.UP, _E.JOINED): _S.IN_TALK,
    (_S.UP, _E.ENDED): _S.ENDED,
    (_S.IN_TALK, _E.ENDED): _S.ENDED,
    (_S.ENDED, _E.ASKED_AGAIN): _S.ASKED,
}

HEARD: Mapping[LegStatus, ParticipantEvent] = {
    LegStatus.RINGING: _E.RANG,
    LegStatus.UP: _E.ANSWERED,
    **{status: _E.ENDED for status in LegStatus if status.over},
}
"""What a word of the carrier about a leg means for its participant; `dialing` says nothing new."""


def participant_after(state: str, event: ParticipantEvent) -> ParticipantState | None:
    """The state that follows; None where the event comes too late to mean anything."""
    return TRANSITIONS.get((ParticipantState(state), event))


def may_join(one: Participant) -> bool:
    """Whether this participant may be let into the talk: the caller, or a proven person."""
    return one.role == ParticipantRole.CALLER or one.proof in tuple(Proof)


def act_due(one: Participant, now: datetime) -> Act | None:
    """What the carrier must be asked so that this participant is where they are wanted.

    None also while an earlier request is under way: then a callback, or time, changes the row.
    """
    state = ParticipantState(one.state)
    if one.wanted == Wanted.OUT:
        gone = state is ParticipantState.ENDED or one.carrier_sid is None
        return None if gone else Act.HANG_UP
    if state is ParticipantState.ASKED:
        return _way_in(one, now)
    if state is ParticipantState.IN_TALK and one.hold_wanted != one.held:
        return Act.HOLD if one.hold_wanted else Act.RESUME
    return None


def _way_in(one: Participant, now: datetime) -> Act | None:
    """A caller is on the line already, and is sent in; everybody else is dialled."""
    if one.role != ParticipantRole.CALLER:
        return Act.DIAL
    sent_lately = one.sent_at is not None and now - one.sent_at < SEND_AGAIN_AFTER
    return None if sent_lately else Act.SEND_IN
