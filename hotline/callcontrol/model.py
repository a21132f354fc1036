"""Who is in a talk: the lifecycle of a participant, and what the carrier must be asked next. Pure.

```
asked ──dialled──► dialing ──rang──► ringing ──answered──► up ──joined──► in_talk
```
`joined` may overtake what comes before it, `ended` may come at any time, and a caller whose
counselor was lost is asked again.

A participant has a wanted state beside the one that was seen (`wanted`, `hold_wanted`,
`voice_wanted`, `ends_wanted`). Whoever wants something writes that; the dialler asks the carrier
until both agree. What is wanted of several people together is decided by `callcontrol.talk`.
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
    COLLEAGUE = "colleague"  # whom the counselor consults; may take the caller over
    GUEST = "guest"  # somebody of outside: a parent, a station, the police
    SUPERVISOR = "supervisor"  # listens, whispers to the counselor, or speaks with all


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


class VoiceReach(StrEnum):
    """By whom somebody is heard. Whoever is `coach` is heard by the counselor alone."""

    OPEN = "open"
    MUTED = "muted"
    COACH = "coach"


class Proof(StrEnum):
    """How we know that a person is there, and not a mailbox that would record a child."""

    BROWSER = "browser"  # a softphone rings only where somebody is signed in
    KEY = "key"  # somebody pressed what they were asked to press
    SERVICE = "service"  # a public service: the counselor hears it before the caller does


class Act(StrEnum):
    """What the carrier can be asked to do for a participant."""

    DIAL = "dial"
    SEND_IN = "send_in"
    HOLD = "hold"
    RESUME = "resume"
    SET_VOICE = "set_voice"
    SET_ENDS = "set_ends"
    SAY = "say"
    ASK_KEYS = "ask_keys"
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


def is_at_question(one: Participant) -> bool:
    """The caller is led to a question that listens for keys, or is to be."""
    return one.keys in ("wanted", "asked")


def act_due(one: Participant, now: datetime) -> Act | None:
    """What the carrier must be asked so that this participant is where they are wanted.

    None also while an earlier request is under way: then a callback, or time, changes the row.
    """
    state = ParticipantState(one.state)
    if one.wanted == Wanted.OUT:
        return _way_out(one, state)
    if state is ParticipantState.ASKED:
        return _way_in(one, now)
    return _place_in_talk(one) if state is ParticipantState.IN_TALK else None


def _way_out(one: Participant, state: ParticipantState) -> Act | None:
    """Whose leaving must not end the talk of others: the carrier is told that first."""
    if state is ParticipantState.ENDED or one.carrier_sid is None:
        return None
    must_be_told = state is ParticipantState.IN_TALK and one.ends_wanted != one.ends
    return Act.SET_ENDS if must_be_told else Act.HANG_UP


def _place_in_talk(one: Participant) -> Act | None:
    """First what keeps a caller from being cut off or kept on hold, last what is only said.

    Whoever is at a question is not in the conference: nothing can be asked of them there.
    """
    if one.keys == "asked":
        return None
    if one.ends_wanted != one.ends:
        return Act.SET_ENDS
    if one.hold_wanted != one.held:
        return Act.HOLD if one.hold_wanted else Act.RESUME
    if one.keys == "wanted":
        return Act.ASK_KEYS
    if one.voice_wanted != one.voice:
        return Act.SET_VOICE
    return Act.SAY if one.to_say and not one.held else None


def _way_in(one: Participant, now: datetime) -> Act | None:
    """A caller is on the line already, and is sent in; everybody else is dialled.

    So is a caller whom we call back: they have no leg yet.
    """
    if one.role != ParticipantRole.CALLER or one.carrier_sid is None:
        return Act.DIAL
    sent_lately = one.sent_at is not None and now - one.sent_at < SEND_AGAIN_AFTER
    return None if sent_lately else Act.SEND_IN
