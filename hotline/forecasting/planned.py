"""The counselors that are needed beside those whom the shifts bring, by quarter hour. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.forecasting.model import QUARTERS_A_DAY, ExpectedQuarter
from hotline.lines.hours import SHANGHAI
from routing.policy.roster import Person


@dataclass(frozen=True, slots=True)
class PlannedQuarter:
    """Counselors of a line for the calls of a quarter hour."""

    expected: ExpectedQuarter
    needed: int
    planned: int

    @property
    def short(self) -> int:
        """How many are missing; who is too many makes up for none at another time."""
        return max(0, self.needed - self.planned)


def planned_by_quarter(
    quarters: Sequence[ExpectedQuarter], needed: Sequence[int], people: Sequence[Person]
) -> list[PlannedQuarter]:
    """With those of the weekly shifts: a shift is the same on a holiday."""
    return [
        PlannedQuarter(one, need, _on_duty(people, one.begin))
        for one, need in zip(quarters, needed, strict=True)
    ]


def short_hours(quarters: Iterable[PlannedQuarter]) -> float:
    """Hours of counselors that are missing."""
    return sum(one.short for one in quarters) / 4


def _on_duty(people: Sequence[Person], begin: datetime) -> int:
    here = begin.astimezone(SHANGHAI)
    quarter = here.weekday() * QUARTERS_A_DAY + here.hour * 4 + here.minute // 15
    return sum(person.quarters >> quarter & 1 for person in people)
