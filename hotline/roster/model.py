"""Shifts, weekly repeats, leave and swaps, and how each of them lives. Pure.

The plan is made in quarter hours of Guangdong's time. A shift that is moved or swapped away is
kept as it was, and another one begins: so a day on which somebody had one stays a planned day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from hotline.errors import IllegalMove, Invalid
from hotline.lines.hours import SHANGHAI

QUARTER = timedelta(minutes=15)
QUARTER_MIN, DAY_MIN = 15, 24 * 60
FARTHEST = timedelta(days=366)  # a pattern ends: nobody plans a year that nobody looks at
WEEK = timedelta(weeks=1)

IN_QUARTERS = "The roster is planned in quarter hours: begin and end at :00, :15, :30 or :45."
NO_TIME = "This ends before it begins: give an end that is later."
TOO_FAR = (
    "A repeat ends within a year of its beginning: give an earlier last day, and plan on then."
)
NO_DAY = "This repeat has no day between its first and its last: look at its weekdays and dates."


class ShiftKind(StrEnum):
    """What somebody is there for. Who is on call or second line takes no seat."""

    DUTY = "duty"
    ON_CALL = "on_call"
    SECOND_LINE = "second_line"


BESIDE = (ShiftKind.ON_CALL, ShiftKind.SECOND_LINE)
"""Reached when somebody seated asks."""


class ShiftState(StrEnum):
    """Of one shift. `given`: somebody else has it now, as a shift of their own."""

    OPEN = "open"
    VOLUNTEERED = "volunteered"
    PLANNED = "planned"
    GIVEN = "given"
    REMOVED = "removed"


class ShiftEvent(StrEnum):
    """What can happen to a shift."""

    VOLUNTEERED = "volunteered"
    STEPPED_BACK = "stepped_back"
    APPROVED = "approved"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    GIVEN = "given"
    REMOVED = "removed"


class LeaveState(StrEnum):
    """Of a leave. Only an approved one counts."""

    WANTED = "wanted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LeaveEvent(StrEnum):
    """What can happen to it."""

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class LeaveKind(StrEnum):
    """Why somebody is away: a word, and no story."""

    HOLIDAY = "holiday"
    ILLNESS = "illness"
    TRAINING = "training"
    OTHER = "other"


CAN_WAIT: Mapping[LeaveKind, bool] = {
    LeaveKind.HOLIDAY: True,
    LeaveKind.ILLNESS: False,
    LeaveKind.TRAINING: True,
    LeaveKind.OTHER: True,
}
"""Whether a leave is refused where it opens a hole. Who is ill is not there whatever is decided."""


class SwapState(StrEnum):
    """Of a shift that somebody would like to give away."""

    OFFERED = "offered"
    TAKEN = "taken"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SwapEvent(StrEnum):
    """What can happen to the offer."""

    TAKEN = "taken"
    STEPPED_BACK = "stepped_back"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_S, _E = ShiftState, ShiftEvent
SHIFTS: Mapping[tuple[ShiftState, ShiftEvent], ShiftState] = {
    (_S.OPEN, _E.VOLUNTEERED): _S.VOLUNTEERED,
    (_S.OPEN, _E.REMOVED): _S.REMOVED,
    (_S.VOLUNTEERED, _E.STEPPED_BACK): _S.OPEN,
    (_S.VOLUNTEERED, _E.APPROVED): _S.PLANNED,
    (_S.VOLUNTEERED, _E.REFUSED): _S.OPEN,
    (_S.VOLUNTEERED, _E.REMOVED): _S.REMOVED,
    (_S.PLANNED, _E.CONFIRMED): _S.PLANNED,
    (_S.PLANNED, _E.GIVEN): _S.GIVEN,
    (_S.PLANNED, _E.REMOVED): _S.REMOVED,
}
LEAVES: Mapping[tuple[LeaveState, LeaveEvent], LeaveState] = {
    (LeaveState.WANTED, LeaveEvent.APPROVED): LeaveState.APPROVED,
    (LeaveState.WANTED, LeaveEvent.REFUSED): LeaveState.REFUSED,
    (LeaveState.WANTED, LeaveEvent.WITHDRAWN): LeaveState.WITHDRAWN,
    (LeaveState.APPROVED, LeaveEvent.WITHDRAWN): LeaveState.WITHDRAWN,
}
SWAPS: Mapping[tuple[SwapState, SwapEvent], SwapState] = {
    (SwapState.OFFERED, SwapEvent.TAKEN): SwapState.TAKEN,
    (SwapState.OFFERED, SwapEvent.WITHDRAWN): SwapState.WITHDRAWN,
    (SwapState.TAKEN, SwapEvent.STEPPED_BACK): SwapState.OFFERED,
    (SwapState.TAKEN, SwapEvent.APPROVED): SwapState.APPROVED,
    (SwapState.TAKEN, SwapEvent.REFUSED): SwapState.REFUSED,
    (SwapState.TAKEN, SwapEvent.WITHDRAWN): SwapState.WITHDRAWN,
}
STANDING = (ShiftState.OPEN, ShiftState.VOLUNTEERED, ShiftState.PLANNED)
"""Shifts that somebody has, or could have."""


def shift_after(state: str, event: ShiftEvent) -> ShiftState:
    """What follows. Raises `IllegalMove`."""
    found = SHIFTS.get((ShiftState(state), event))
    if found is None:
        raise IllegalMove(f"This shift is {state}: look at the roster again, then decide.")
    return found


def leave_after(state: str, event: LeaveEvent) -> LeaveState:
    """What follows. Raises `IllegalMove`."""
    found = LEAVES.get((LeaveState(state), event))
    if found is None:
        raise IllegalMove(f"This leave is {state}: nothing more is decided about it.")
    return found


def swap_after(state: str, event: SwapEvent) -> SwapState:
    """What follows. Raises `IllegalMove`."""
    found = SWAPS.get((SwapState(state), event))
    if found is None:
        raise IllegalMove(f"This swap is {state}: look at the roster again, then decide.")
    return found


# ── time ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, order=True)
class ShiftTime:
    """A day and minutes of it, local. An end no later than the beginning is on the next day."""

    day: date
    start: int
    end: int

    def __post_init__(self) -> None:
        """Raises `Invalid` for what does not lie on quarter hours of a day."""
        for minute in (self.start, self.end):
            if minute % QUARTER_MIN or not 0 <= minute < DAY_MIN:
                raise Invalid(IN_QUARTERS)

    @property
    def begins_at(self) -> datetime:
        """In UTC."""
        return midnight(self.day) + timedelta(minutes=self.start)

    @property
    def ends_at(self) -> datetime:
        """In UTC; at most a day later."""
        past_midnight = DAY_MIN if self.end <= self.start else 0
        return midnight(self.day) + timedelta(minutes=self.end + past_midnight)


def midnight(day: date) -> datetime:
    """Where a day begins here, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def local_day(at: datetime) -> date:
    """Which day it is here."""
    return at.astimezone(SHANGHAI).date()


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def check_span(begins_at: datetime, ends_at: datetime) -> None:
    """Raises `Invalid` for a time that is none, or is not on quarter hours here."""
    if ends_at <= begins_at:
        raise Invalid(NO_TIME)
    for at in (begins_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)):
        if at.minute % QUARTER_MIN or at.second or at.microsecond:
            raise Invalid(IN_QUARTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyPattern:
    """The same shift on some days of every week, first and last day included. 0 is Monday."""

    days: frozenset[int]
    start: int
    end: int
    first: date
    until: date
    without: frozenset[date] = frozenset()


def occurrences(pattern: WeeklyPattern) -> list[ShiftTime]:
    """Every shift of a pattern, by time. Raises `Invalid` for one that has none or never ends."""
    if pattern.until - pattern.first > FARTHEST:
        raise Invalid(TOO_FAR)
    found = [ShiftTime(day, pattern.start, pattern.end) for day in _days(pattern)]
    if not found:
        raise Invalid(NO_DAY)
    return found


def _days(pattern: WeeklyPattern) -> Iterator[date]:
    for n in range((pattern.until - pattern.first).days + 1):
        day = pattern.first + timedelta(days=n)
        if day.weekday() in pattern.days and day not in pattern.without:
            yield day


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedShift:
    """Somebody is there for some lines. `staff_id`: None while nobody has it."""

    id: str
    staff_id: str | None
    lines: frozenset[str]
    kind: ShiftKind
    begins_at: datetime
    ends_at: datetime

    def overlaps(self, begins_at: datetime, ends_at: datetime) -> bool:
        """Whether both last at some moment."""
        return self.begins_at < ends_at and begins_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An approved leave: whatever is planned, they are not there."""

    staff_id: str
    begins_at: datetime
    ends_at: datetime
