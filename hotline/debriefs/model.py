"""A talk owed to a counselor: what becomes of it, until when, and why it was put off. Pure."""

from datetime import timedelta
from enum import StrEnum


class DebriefWhy(StrEnum):
    """What it is owed for."""

    HEAVY_CALL = "heavy_call"
    ASKED = "asked"  # a word with a supervisor


class DebriefState(StrEnum):
    """Whether somebody has said that they will talk with them."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class DebriefEnd(StrEnum):
    """What came of it, as a person says."""

    TALKED = "talked"
    NOT_WANTED = "not_wanted"  # after a heavy call: nothing needs to be talked over
    WITHDRAWN = "withdrawn"  # of a word that was asked for


class PutOff(StrEnum):
    """Why it is later than it should be."""

    FLOOR_IS_BUSY = "floor_is_busy"
    SHIFT_ENDS = "shift_ends"
    NEEDS_TIME = "needs_time"  # they want to sleep over it first
    TAKER_AWAY = "taker_away"
    OTHER = "other"


# Placeholders: the domain research names a task, and no time for it (requirement 49).
HEAVY_DUE_AFTER = timedelta(hours=4)  # within the same shift
ASKED_DUE_AFTER = timedelta(minutes=10)
PUT_OFF_AT_MOST = timedelta(days=7)
BEHIND_THEM = timedelta(hours=12)  # a shift and its overtime, also one across midnight
PUT_OFF_CHOICES = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3))
