"""When supervision is due, when a certificate ends, how long a review may wait. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hotline.i18n.catalog import HERE

# Domain research, requirement 50: once a month or more, every week for new staff (the advice of
# the adopted copy of the measures 卫办疾控发〔2010〕21号). In days: "a month" of the shortest kind
# would move with the calendar.
MONTHLY, WEEKLY = timedelta(days=31), timedelta(days=7)
NEW_FOR = timedelta(days=90)  # placeholder: the measures do not say how long somebody is new
SOON = timedelta(days=3)

WARNED_BEFORE = timedelta(days=30)  # that a certificate ends
DRAWN_AFTER = timedelta(days=1)  # talks across midnight are over, and their records written
REVIEW_WITHIN = timedelta(days=14)  # placeholder: the research gives a share and no time
IMMINENT_REVIEW_WITHIN = timedelta(days=3)  # placeholder


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionDue:
    """When somebody's next session is due. `every`: the longest time between two."""

    due_at: datetime
    every: timedelta

    def is_overdue(self, at: datetime) -> bool:
        """Whether it is late."""
        return self.due_at <= at

    def is_soon(self, at: datetime) -> bool:
        """Whether it is due within days."""
        return not self.is_overdue(at) and self.due_at <= at + SOON


def supervision_due(
    began_at: datetime | None, held_at: datetime | None, at: datetime
) -> SupervisionDue | None:
    """None for who has not begun to take calls.

    `began_at`: of their first talk or course. `held_at`: when their last session was.
    """
    if began_at is None:
        return None
    every = WEEKLY if is_new(began_at, at) else MONTHLY
    return SupervisionDue(due_at=max(began_at, held_at or began_at) + every, every=every)


def is_new(began_at: datetime, at: datetime) -> bool:
    """Whether somebody needs supervision every week."""
    return at < began_at + NEW_FOR


def ends_at(valid_until: date) -> datetime:
    """The moment from which on a certificate counts no more: its last day is a whole one, here."""
    return datetime.combine(valid_until + timedelta(days=1), time(), tzinfo=HERE)


def is_lapsed(valid_until: Iterable[date | None], at: datetime) -> bool:
    """Whether all certificates of one kind have ended. Nobody has any: nothing has ended.

    None: without an end.
    """
    known = list(valid_until)
    return bool(known) and all(last is not None and ends_at(last) <= at for last in known)


def ends_soon(valid_until: date | None, at: datetime) -> bool:
    """Whether somebody is to be told of its end, which may be behind us."""
    return valid_until is not None and ends_at(valid_until) - WARNED_BEFORE <= at


def review_due(drawn_at: datetime, *, imminent: bool) -> datetime:
    """Until when a call is to be reviewed."""
    return drawn_at + (IMMINENT_REVIEW_WITHIN if imminent else REVIEW_WITHIN)
