"""Patience after wrong passwords: counted for each name, in this process.

A name is slowed down, never locked: a stranger who guesses must not keep a counselor out of a
shift, and whoever is signed in already notices nothing. Unknown names are slowed in the same way.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.errors import HotlineError

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(seconds=30)  # about 120 guesses an hour: nothing against 12 characters
FORGIVEN_AFTER = timedelta(minutes=15)
NAMES_KEPT = 10_000


class TooManyTries(HotlineError):
    """This name, or everybody, must wait before the next password is looked at."""

    status = 429
    public = "Too many people sign in at this moment. Wait a few seconds, then try again."


@dataclass(slots=True)
class _Tries:
    count: int
    free_at: datetime
    last: datetime


class Delays:
    """How long each name has to wait."""

    def __init__(self) -> None:
        """Nobody has failed yet."""
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def count_try(self, name: str, *, at: datetime) -> None:
        """Count a try before it is checked: many at once count as many. Raises `TooManyTries`."""
        tries = self._known(name, at)
        if at < tries.free_at:
            left = math.ceil((tries.free_at - at).total_seconds())
            raise TooManyTries(
                f"Too many wrong passwords for this name. Wait {left} s, then try again,"
                " or ask your supervisor for a new password."
            )
        tries.count += 1
        tries.last, tries.free_at = at, at + wait_after(tries.count)
        self._tries[name] = tries
        self._tries.move_to_end(name)
        if len(self._tries) > NAMES_KEPT:
            self._tries.popitem(last=False)

    def forget(self, name: str) -> None:
        """The password was right."""
        self._tries.pop(name, None)

    def _known(self, name: str, at: datetime) -> _Tries:
        known = self._tries.get(name)
        if known is None or at - known.last >= FORGIVEN_AFTER:
            return _Tries(0, at, at)
        return known


def wait_after(tries: int) -> timedelta:
    """Nothing for the first few, then twice as long each time, up to a limit."""
    if tries < FREE_TRIES:
        return timedelta()
    doubled = FIRST_WAIT * int(2 ** min(tries - FREE_TRIES, 10))
    return min(doubled, LONGEST_WAIT)
