"""When contacts are rung for a drill, and what a call came to. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from hotline.i18n.catalog import HERE
from hotline.lines.hours import DayKind, public_day
from hotline.ports import LegStatus

WINDOW = timedelta(hours=2)
NOT_ON = (DayKind.HOLIDAY,)
REFUSED = "refused "
# The carrier's numbers for what is no telephone number, or none that can be rung.
NO_SUCH = frozenset({"21201", "21205", "21211", "21214", "21217", "13223", "13224"})


class ContactOutcome(StrEnum):
    """`no_key`: the phone was lifted, perhaps by a mailbox. `not_rung`: it was none of theirs."""

    REACHED = "reached"
    NO_KEY = "no_key"
    NO_ANSWER = "no_answer"
    NO_SUCH_NUMBER = "no_such_number"
    NOT_RUNG = "not_rung"


def window_of(at: datetime, weekly: tuple[int, int]) -> datetime | None:
    """The beginning of the hours in which contacts are rung; None: not now. By local time.

    On a public holiday nobody is: the week is left out.
    """
    here = at.astimezone(HERE)
    weekday, hour = weekly
    begins = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    is_now = here.weekday() == weekday and begins <= here < begins + WINDOW
    return begins if is_now and public_day(here.date()) not in NOT_ON else None


def outcome_of_end(status: LegStatus, *, was_answered: bool) -> ContactOutcome:
    """Of a call in which no key was pressed. The carrier says `failed` of what it cannot reach."""
    if was_answered:
        return ContactOutcome.NO_KEY
    if status is LegStatus.FAILED:
        return ContactOutcome.NO_SUCH_NUMBER
    return ContactOutcome.NO_ANSWER


def outcome_of_sending(why: str) -> ContactOutcome:
    """Of a call that did not come about. The carrier's refusal may be about us, or the number."""
    number = why.removeprefix(REFUSED)
    is_number = why.startswith(REFUSED) and number in NO_SUCH
    return ContactOutcome.NO_SUCH_NUMBER if is_number else ContactOutcome.NOT_RUNG
