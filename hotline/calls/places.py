"""What a caller who waits is told of their place in line and of how long it takes.

The switchboard writes what it sees (`hotline.switchboard.places`); here it is judged whether it is
still true enough to be told. What is old is not known, and what is not known is not said.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.calls.model import CallState, Urgency
from hotline.storage.session import Work
from hotline.storage.tables import Call, SeenPlace
from routing.estimate import bounds_of

TOLD_EVERY = timedelta(seconds=60)
NEARLY = timedelta(seconds=6)  # half a round: one that ends just before would be told too late
STALE_AFTER = timedelta(seconds=15)  # three looks of the switchboard


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNews:
    """What may be told now. `minutes`: 0 is less than one, below that most likely within so many.

    None: nothing is said of it.
    """

    place: int | None = None
    minutes: int | None = None


async def place_news(work: Work, call: Call, *, at: datetime) -> PlaceNews | None:
    """What this caller, whose row is held, is told in this round; None: it is not time for it.

    Not in the very first words, and never in danger. That it was told is kept with the call.
    """
    if call.state != CallState.WAITING or call.urgency == Urgency.CRISIS or call.waits == 0:
        return None
    if call.told_at is not None and at < call.told_at + TOLD_EVERY - NEARLY:
        return None
    call.told_at = at
    seen = await work.get(SeenPlace, call.id)
    if seen is None or abs(at - seen.seen_at) > STALE_AFTER:
        return PlaceNews()
    return _tellable(call, seen, at=at)


def _tellable(call: Call, seen: SeenPlace, *, at: datetime) -> PlaceNews:
    """A place that would have risen is not told, nor a time after one that came to nothing."""
    if call.told_place is not None and seen.place > call.told_place:
        return PlaceNews()
    call.told_place = seen.place
    if call.told_until is not None and at > call.told_until:
        return PlaceNews(place=seen.place)
    if seen.minutes is None:
        return PlaceNews(place=seen.place)
    latest = at + timedelta(seconds=bounds_of(seen.minutes)[1])
    if seen.minutes < 0 and call.told_until is not None and latest > call.told_until + NEARLY:
        return PlaceNews(place=seen.place)  # "within ten minutes" is not said again a minute later
    call.told_until = latest
    return PlaceNews(place=seen.place, minutes=seen.minutes)
