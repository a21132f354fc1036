"""How far the carrier's clock is ahead of ours, by calls that both of us have written down. Pure.

Our own time of a call is when the carrier first asked about it, a second or so after its own. So
the middle one of many differences is the difference of the clocks. Calls that we wrote down from
the carrier's list say nothing: their times are the carrier's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from hotline.ports import ListedCall

SLACK = timedelta(seconds=10)  # whole seconds, a slow start: below this the clocks agree


def seconds_ahead(listed: Iterable[ListedCall], arrived: Mapping[str, datetime]) -> float | None:
    """Positive: their clock is ahead. None: no call is known to both.

    `arrived`: when, by our clock, by sid.
    """
    found = [
        (one.began_at - arrived[one.sid]).total_seconds()
        for one in listed
        if one.began_at is not None and one.sid in arrived
    ]
    return median(found) if found else None


def by_our_clock(one: ListedCall, ahead: timedelta) -> ListedCall:
    """The same call with the times that our clock had."""
    return replace(one, began_at=_less(one.began_at, ahead), ended_at=_less(one.ended_at, ahead))


def correction(ahead_s: float) -> timedelta:
    """What the times of their list are put right by."""
    ahead = timedelta(seconds=ahead_s)
    return ahead if abs(ahead) >= SLACK else timedelta()


def _less(at: datetime | None, ahead: timedelta) -> datetime | None:
    return None if at is None else at - ahead
