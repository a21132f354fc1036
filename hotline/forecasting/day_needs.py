"""How many counselors the calls of one day need, beside those of two rosters. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hotline.forecasting.day_roster import of_day
from hotline.forecasting.model import ExpectedQuarter
from hotline.forecasting.staffing import (
    QUARTERS_AN_HOUR,
    NeededCounselors,
    SteadyLine,
    needed_by_quarter,
)
from hotline.forecasting.whatif import PlayedDay
from routing.policy.roster import QUARTERS_A_DAY

ANY_MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNeeds:
    """By quarter hour of the day. `needed`: empty where no number of counselors would do."""

    needed: Sequence[int]
    as_it_is: Sequence[int]
    changed: Sequence[int]


def needs_of_day(day: PlayedDay) -> DayNeeds:
    """The load is that of its hour: calls of one past quarter hour are chance."""
    quarters = [
        ExpectedQuarter(
            begin=ANY_MIDNIGHT + n * QUARTER,
            mean=day.by_hour[n // QUARTERS_AN_HOUR] / QUARTERS_AN_HOUR,
            sd=0.0,
        )
        for n in range(QUARTERS_A_DAY)
    ]
    return DayNeeds(
        needed=_needed(day, quarters),
        as_it_is=of_day(day.people, day.weekday),
        changed=of_day(day.changed, day.weekday),
    )


def _needed(day: PlayedDay, quarters: Sequence[ExpectedQuarter]) -> list[int]:
    line = SteadyLine(profile=day.profile, plan_of=day.policy.plan_for, care=day.policy.care)
    try:
        return needed_by_quarter(
            quarters, NeededCounselors(line), lambda one: day.is_served(_quarter(one))
        )
    except ValueError:
        return []


def _quarter(one: ExpectedQuarter) -> int:
    return (one.begin - ANY_MIDNIGHT) // QUARTER
