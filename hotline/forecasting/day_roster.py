"""Who is on duty for a line on one day: by the roster, with its leave, and when it is served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hotline.roster.period import RosterPeriod, read_roster, whole_plan
from hotline.roster.proof import present
from hotline.storage.session import Work
from routing.policy.roster import ALWAYS, QUARTERS_A_DAY, QUARTERS_A_WEEK, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRoster:
    """`people`: with a shift on the day, in quarter hours of the week; `served`: alike."""

    people: tuple[Person, ...]
    served: int


async def day_roster(work: Work, line_id: str, day: date) -> DayRoster:
    """The night after the day as well: who came late is still served then.

    Of a house that has planned nothing at all everybody is taken for on duty.
    """
    period = RosterPeriod(first=day, last=day + timedelta(days=1))
    plan = whole_plan(await read_roster(work, [line_id], period))
    (line,) = plan.lines
    there = present(plan)[line_id]
    quarters = there if plan.shifts else dict.fromkeys((one.id for one in plan.people), ALWAYS)
    people = [
        Person(name=one.id, skills=one.skills, quarters=_of_week(bits, day.weekday()))
        for one in plan.people
        if one.takes_calls and (bits := quarters.get(one.id, 0))
    ]
    return DayRoster(people=tuple(people), served=_of_week(line.served, day.weekday()))


def of_day(people: Sequence[Person], weekday: int) -> list[int]:
    """How many are on duty in each quarter hour of the day."""
    begins = weekday * QUARTERS_A_DAY
    quarters = range(begins, begins + QUARTERS_A_DAY)
    return [sum(one.quarters >> at & 1 for one in people) for at in quarters]


def _of_week(bits: int, weekday: int) -> int:
    """Quarter hours from the day on, as those of a week; past Sunday comes Monday."""
    shifted = (bits & ALWAYS) << (weekday * QUARTERS_A_DAY)
    return (shifted | shifted >> QUARTERS_A_WEEK) & ALWAYS
