"""When a call that we owe is due, and when it may be tried: the rules as data. Pure.

Three tries a day apart, each at another hour, and nobody's phone rings at night: a phone that
rings in vain tells others at home (`hotline.calls.returning`). Danger knows no hour.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from hotline.callbacks.model import Why
from hotline.calls.model import Urgency
from hotline.calls.returning import APART, DID_NOT_RING, MOST_TRIES
from hotline.i18n.catalog import HERE

DUE_IN: Mapping[Why, timedelta] = {
    Why.DROPPED: timedelta(seconds=60),  # domain research, requirement 16
    Why.ASKED: timedelta(minutes=30),
    Why.TEXT: timedelta(hours=1),
    Why.HUNG_UP: timedelta(hours=1),
    Why.MESSAGE: timedelta(hours=4),
    Why.DISSATISFIED: timedelta(hours=24),  # placeholder: the research asks for all, in no time
}
BY_ITSELF = frozenset({Why.ASKED, Why.TEXT})
"""Who asked to be called expects it: the system rings them, and they say by a key that it is them.
Anybody else is called by a person, who hears who picks up."""

WEIGHT = (
    Why.HUNG_UP,
    Why.DISSATISFIED,
    Why.MESSAGE,
    Why.TEXT,
    Why.ASKED,
    Why.DROPPED,
)
"""From little to much: of several reasons for one call the last counts."""

REDIALS_WITHIN = timedelta(seconds=8)  # whose line broke often calls again at once
FRESH = timedelta(hours=2)  # who has just called us is awake, and expects us
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
ANOTHER_HOUR = timedelta(hours=3)
NOT_RUNG_AGAIN = timedelta(minutes=5)
DANGER_AGAIN = tuple(timedelta(minutes=n) for n in (2, 5, 15, 30, 60))
MOST_BY_ITSELF = 8  # then people alone: whatever keeps failing is not mended by another dial
OTHER_COUNSELOR = timedelta(seconds=1)
NOBODY_FREE = timedelta(seconds=30)  # so long before it is late a child in danger is rung first
SAME_COUNSELOR = timedelta(minutes=2)  # who did not come to their phone is not rung again before

COUNSELOR_MISSED = ("not_dialled", "counselor_gone")
"""Ends of an attempt at which a counselor was not at their phone: the next one is asked."""
LEFT_QUEUE = "left_queue"  # they were reached, and left again before a counselor came
SOON_AGAIN = (*DID_NOT_RING, LEFT_QUEUE)


def first_due(why: Why, urgency: str, at: datetime) -> datetime:
    """Until when it is to be kept. What nobody waits for beside the phone can wait for day."""
    if urgency == Urgency.CRISIS:
        return at + DUE_IN[Why.DROPPED]
    due = at + DUE_IN[why]
    return due if why is Why.ASKED else out_of_quiet(due)


def first_try(why: Why, urgency: str, at: datetime) -> datetime | None:
    """From when on the system calls; None: only people do."""
    if urgency == Urgency.CRISIS:
        return at + REDIALS_WITHIN
    return at if why in BY_ITSELF else None


def next_due(
    ended_as: str, urgency: str, *, rang: int, begun: int, at: datetime
) -> datetime | None:
    """After a try in vain; None: their phone rang often enough. `rang`: times it did in vain.

    `begun`: tries at their own phone since they last told us of it.
    """
    if urgency == Urgency.CRISIS:
        if ended_as in COUNSELOR_MISSED:
            return at + OTHER_COUNSELOR
        return at + DANGER_AGAIN[max(1, min(begun, len(DANGER_AGAIN))) - 1]
    if rang >= MOST_TRIES:
        return None
    if ended_as in SOON_AGAIN:
        return at + NOT_RUNG_AGAIN
    return out_of_quiet(at + APART + ANOTHER_HOUR)


def may_ring(urgency: str, *, promised_at: datetime, begun: int, at: datetime) -> bool:
    """Whether their phone may ring at this hour of the day."""
    fresh = begun == 0 and at - promised_at < FRESH
    return urgency == Urgency.CRISIS or fresh or not is_quiet(at)


def is_quiet(at: datetime) -> bool:
    """Whether it is night where they are."""
    hour = at.astimezone(HERE).time()
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def out_of_quiet(at: datetime) -> datetime:
    """The same moment, or the end of the night it falls into."""
    if not is_quiet(at):
        return at
    here = at.astimezone(HERE)
    day = here + timedelta(days=1) if here.time() >= QUIET_FROM else here
    return day.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)
