"""When a text may be sent, how often to try, how long a reply is one: the rules as data. Pure."""

from datetime import datetime, time, timedelta

from hotline.i18n.catalog import HERE

QUIET_FROM, QUIET_UNTIL = time(22), time(8)
"""A phone that lights up at night is read by whoever lies beside it."""

REPLY_WITHIN = timedelta(days=3)  # what comes later is a new text, and no answer to ours
STALE_AFTER = timedelta(hours=24)  # what could not be sent by then is not sent any more
KEPT_FOR = timedelta(days=180)  # then the words and the number are erased; the row stays
MOST_TRIES = 5
LEASE = timedelta(seconds=30)
SEND_WITHIN_S, LOOK_WITHIN_S = 20.0, 8.0  # the first is shorter than the lease
LOOK_EVERY = timedelta(seconds=5)
LOOK_FOR = timedelta(seconds=20)  # the carrier's list lags: so long it may not have our text yet
UNCLEAR_FOR = timedelta(minutes=10)  # while its list cannot be read; then a person decides
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)


def out_of_quiet(at: datetime) -> datetime:
    """The same moment, or the end of the night it falls into."""
    here = at.astimezone(HERE)
    if QUIET_UNTIL <= here.time() < QUIET_FROM:
        return at
    day = here + timedelta(days=1) if here.time() >= QUIET_FROM else here
    return day.replace(hour=QUIET_UNTIL.hour, minute=0, second=0, microsecond=0)


def back_off(tries: int) -> timedelta:
    """How long to leave the carrier alone after so many tries."""
    pause: timedelta = min(FIRST_PAUSE * 2**tries, LONGEST_PAUSE)
    return pause
