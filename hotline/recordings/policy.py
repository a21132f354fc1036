"""How often to ask, how long to wait, when to look: the rules of recording as data. Pure."""

from datetime import timedelta

SHORTEST_BACK_OFF = timedelta(seconds=1)
LONGEST_BACK_OFF = timedelta(minutes=5)
LONGEST_BACK_OFF_IN_TALK = timedelta(seconds=8)

ASK_WITHIN_S = 15.0
ASK_LEASE = timedelta(seconds=20)  # longer than ASK_WITHIN_S: who still asks is not taken for dead
TELL_AFTER_TRIES = 3  # then the timeline says that the carrier does not record

KEEP_WITHIN_S = 600.0  # one look at a copy: an hour of two channels is 115 MB
KEEP_LEASE = timedelta(seconds=660)
PATIENCE = timedelta(seconds=30)  # what a worker has not taken by then is fetched by the dispatcher
GIVE_UP_LOOKING_AFTER = 5  # tries to find a recording whose start was never answered

CASE_LOOKED_AT_EVERY = timedelta(days=1)  # its recording is kept as long as a case is open

PLAYED_FOR = timedelta(minutes=10)  # beside its own length: within it, it is still the same playing


def back_off(tries: int, *, in_talk: bool) -> timedelta:
    """How long to leave the carrier alone after so many tries in vain."""
    most = LONGEST_BACK_OFF_IN_TALK if in_talk else LONGEST_BACK_OFF
    pause: timedelta = min(SHORTEST_BACK_OFF * 2 ** min(tries, 10), most)
    return pause
