"""The two lifecycles of a recording, and what the carrier must be asked next. Pure.

At the carrier, as it was seen (`state`), beside what is wanted:
```
none ──asked──► asked ──runs──► on      `asked` again before each further request;
                  └────pauses─► paused  `ended` leads to `over` from everywhere
```
Its sound (`copy_state`):
```
none ──over──► wanted ──stored──► fetched ──gone──► deleted ──expired──► erased
                  └──not_there──► missing
```
`over` is final, and nothing is wanted back: a late answer never makes a recording run again.
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.storage.tables import CallRecording


class RecordingWish(StrEnum):
    """What is to be."""

    ON = "on"
    PAUSED = "paused"
    OFF = "off"


class RecordingState(StrEnum):
    """What was seen at the carrier. `asked`: it was asked, and nobody knows what came of it."""

    NONE = "none"
    ASKED = "asked"
    ON = "on"
    PAUSED = "paused"
    OVER = "over"


class RecordingEvent(StrEnum):
    """What can happen to a recording at the carrier."""

    ASKED = "asked"
    RUNS = "runs"
    PAUSES = "pauses"
    NOT_BEGUN = "not_begun"
    ENDED = "ended"


class RecordingAct(StrEnum):
    """What the carrier can be asked to do. `look`: whether something runs that we know no id of."""

    START = "start"
    LOOK = "look"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


class CopyState(StrEnum):
    """How far the sound has come."""

    NONE = "none"
    WANTED = "wanted"
    FETCHED = "fetched"
    DELETED = "deleted"
    ERASED = "erased"
    MISSING = "missing"


class CopyEvent(StrEnum):
    """What can happen to the sound. `gone`: the carrier was asked, and has it no more."""

    OVER = "over"
    STORED = "stored"
    GONE = "gone"
    EXPIRED = "expired"
    NOT_THERE = "not_there"


_S, _E = RecordingState, RecordingEvent
_C, _H = CopyState, CopyEvent

TRANSITIONS: Mapping[tuple[RecordingState, RecordingEvent], RecordingState] = {
    (_S.NONE, _E.ASKED): _S.ASKED,
    (_S.NONE, _E.ENDED): _S.OVER,
    (_S.ASKED, _E.ASKED): _S.ASKED,
    (_S.ASKED, _E.RUNS): _S.ON,
    (_S.ASKED, _E.PAUSES): _S.PAUSED,
    (_S.ASKED, _E.NOT_BEGUN): _S.NONE,
    (_S.ASKED, _E.ENDED): _S.OVER,
    (_S.ON, _E.ASKED): _S.ASKED,
    (_S.ON, _E.ENDED): _S.OVER,
    (_S.PAUSED, _E.ASKED): _S.ASKED,
    (_S.PAUSED, _E.ENDED): _S.OVER,
}

COPY_TRANSITIONS: Mapping[tuple[CopyState, CopyEvent], CopyState] = {
    (_C.NONE, _H.OVER): _C.WANTED,
    (_C.WANTED, _H.STORED): _C.FETCHED,
    (_C.WANTED, _H.NOT_THERE): _C.MISSING,
    (_C.FETCHED, _H.GONE): _C.DELETED,
    (_C.DELETED, _H.EXPIRED): _C.ERASED,
}

_BY_WISH: Mapping[RecordingWish, RecordingAct] = {
    RecordingWish.ON: RecordingAct.RESUME,
    RecordingWish.PAUSED: RecordingAct.PAUSE,
    RecordingWish.OFF: RecordingAct.STOP,
}


def recording_after(state: str, event: RecordingEvent) -> RecordingState | None:
    """The state that follows; None where the event comes too late to mean anything."""
    return TRANSITIONS.get((RecordingState(state), event))


def copy_after(state: str, event: CopyEvent) -> CopyState | None:
    """The same of the sound."""
    return COPY_TRANSITIONS.get((CopyState(state), event))


def act_due(one: CallRecording) -> RecordingAct | None:
    """What the carrier must be asked so that the recording is as it is wanted; None: nothing."""
    state, wish = RecordingState(one.state), RecordingWish(one.wanted)
    if state is RecordingState.OVER or state == wish.value:
        return None
    if state is RecordingState.NONE:
        return RecordingAct.START if wish is RecordingWish.ON else None
    return RecordingAct.LOOK if one.carrier_sid is None else _BY_WISH[wish]
