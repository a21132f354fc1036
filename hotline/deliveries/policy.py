"""How often to try, how long to wait, when to look: the rules of sending as data. Pure."""

import hashlib
from datetime import timedelta

MAX_TRIES = 5
MAX_TRIES_BUSY = 60  # whoever says "not now" is there: some eight minutes
SHORTEST_BACK_OFF = timedelta(seconds=0.5)  # reliability research F10
LONGEST_BACK_OFF = timedelta(seconds=8)
URGENT_TRIES = 8  # so often others let it pass: some half a minute
REST_S = 0.25  # after "not now" a turn is not given to the next one at once

DIAL_WITHIN_S = 15.0  # the carrier's client looks for an unclear leg within this
LEASE = timedelta(seconds=20)  # longer than DIAL_WITHIN_S: a live sender is not taken for dead
RESEND_AFTER = timedelta(seconds=15)  # reliability research §4.2, 5
LOOK_EVERY = timedelta(seconds=5)
LOOK_WITHIN_S = 8.0
CONFUSABLE_FOR = timedelta(minutes=15)  # how long another leg to the same phone may be ours or not

PATIENCE = timedelta(seconds=3)  # what a worker has not taken by then is sent by the dispatcher


def back_off(delivery_id: str, tries: int) -> timedelta:
    """How long to leave it alone after so many tries: exponential with full jitter.

    Drawn from id and try, so that not all return together, and the same ones never twice.
    """
    most: timedelta = min(SHORTEST_BACK_OFF * 2 ** min(tries - 1, 10), LONGEST_BACK_OFF)
    drawn = hashlib.sha256(f"{delivery_id}|{tries}".encode()).digest()
    return most * (int.from_bytes(drawn[:4]) / 0xFFFFFFFF)
