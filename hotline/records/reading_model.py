"""The lifecycle of a request to read a record, and for how long it may be opened. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from hotline.calls.readings import ReadingState
from hotline.errors import IllegalMove, Invalid

USUAL_HOURS = 24
MOST_HOURS, MOST_HOURS_OF_AN_ADULT = 24, 7 * 24
EMERGENCY_LASTS = timedelta(hours=2)
REVIEW_WITHIN = timedelta(hours=24)
ADULT = "adult"
TOO_LONG = (
    "A minor's record, or one of unknown age, is opened for 24 hours at most; an adult's for"
    " 7 days."
)
ANSWERED = "This was answered already, or is over."


class ReadingEvent(StrEnum):
    """What can happen to it."""

    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"  # by who asked
    UPHOLD = "uphold"  # an emergency: it was right
    OBJECT = "object"  # an emergency: it was not; the record is shut at once
    END = "end"  # before its time is over


_S, _E = ReadingState, ReadingEvent

TRANSITIONS: Mapping[tuple[ReadingState, ReadingEvent], ReadingState] = {
    (_S.ASKED, _E.GRANT): _S.GRANTED,
    (_S.ASKED, _E.REFUSE): _S.REFUSED,
    (_S.ASKED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.GRANTED, _E.END): _S.ENDED,
    (_S.TAKEN, _E.UPHOLD): _S.UPHELD,
    (_S.TAKEN, _E.OBJECT): _S.OBJECTED,
    (_S.UPHELD, _E.END): _S.ENDED,
}


def after(state: ReadingState, event: ReadingEvent) -> ReadingState:
    """Where it stands then. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalMove(ANSWERED) from None


def is_minors(age_group: str | None) -> bool:
    """A child whose age nobody knows is protected like one whose age is known."""
    return age_group != ADULT


def opened_for(hours: int, *, age_group: str | None) -> timedelta:
    """How long. Raises `Invalid` where that is longer than such a record may be open."""
    most = MOST_HOURS if is_minors(age_group) else MOST_HOURS_OF_AN_ADULT
    if not 0 < hours <= most:
        raise Invalid(TOO_LONG)
    return timedelta(hours=hours)
