"""Whose phone is rung next for what was found. Pure: what is known in, one place of the list out.

Whoever presses the key has heard it, and nobody else is rung for the same, until it has lasted half
an hour more. Without a key the same phone is written to, and the next one on the list rings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.watching.model import FindingKind

APART = timedelta(seconds=75)  # a ring of 30 s, the words twice, a key
ROUND_PAUSE = timedelta(minutes=5)  # after the whole list rang in vain
AGAIN_AFTER = timedelta(minutes=30)
RING_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePage:
    """One phone that was rung. `is_over`: the call ended, or could not be made."""

    id: str
    place: int
    kinds: frozenset[str]
    at: datetime
    acknowledged_at: datetime | None = None
    is_over: bool = False
    is_texted: bool = False

    def is_heard(self, kind: FindingKind, found_at: datetime) -> bool:
        """Somebody knows of this kind, as it was found this time."""
        is_of_it = kind in self.kinds and self.at >= found_at
        return is_of_it and self.acknowledged_at is not None

    def still_rings(self, at: datetime) -> bool:
        """Leave it its time. A clock set back ends it."""
        return not self.is_over and timedelta() <= at - self.at < APART


def place_to_ring(
    found: Mapping[FindingKind, datetime], pages: Sequence[PhonePage], phones: int, at: datetime
) -> int | None:
    """The place on the list whose phone is to ring now; None: nobody's.

    `found`: since when each kind is known that somebody is rung for. `pages`: the oldest first.
    """
    unheard = [_unheard_since(kind, since, pages, at) for kind, since in found.items()]
    since = min((one for one in unheard if one is not None), default=None)
    if since is None or phones == 0:
        return None
    tries = [one for one in pages if one.acknowledged_at is None and one.at >= since]
    if not tries:
        return 0
    last = tries[-1]
    round_is_over = len(tries) % phones == 0
    pauses = round_is_over and timedelta() <= at - last.at < ROUND_PAUSE
    return None if last.still_rings(at) or pauses else len(tries) % phones


def pages_to_text(pages: Sequence[PhonePage], at: datetime) -> list[PhonePage]:
    """Calls that rang in vain, lately, and were not put in writing yet."""
    in_vain = [one for one in pages if one.acknowledged_at is None and not one.still_rings(at)]
    return [one for one in in_vain if not one.is_texted and at - one.at < ROUND_PAUSE]


def _unheard_since(
    kind: FindingKind, found_at: datetime, pages: Sequence[PhonePage], at: datetime
) -> datetime | None:
    """Since when nobody has heard of it; None where somebody has, not long ago."""
    heard = [one.acknowledged_at for one in pages if one.is_heard(kind, found_at)]
    last = max((moment for moment in heard if moment is not None), default=None)
    if last is None:
        return found_at
    return None if at - last < AGAIN_AFTER else last + AGAIN_AFTER
