"""How the last hour went on each line: what was promised, and twelve bars to draw. Reads only."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import text

from hotline.calls.waiting import ANSWER_WITHIN, SHORT_ABANDON
from hotline.storage.session import Work

HOUR, BAR = timedelta(hours=1), timedelta(minutes=5)
BARS = int(HOUR / BAR)
LONGEST_CALL = timedelta(hours=12)  # who entered within the hour did not come in before that

# By line and bar, 0 the newest: who entered the queue, who was answered in time, in all, who left.
COUNTED = text("""
    select line_id, floor(extract(epoch from (:at - queued_at)) / :bar_s)::int as bar,
        count(*) as entered,
        count(*) filter (where joined_at <= queued_at + :promised) as in_time,
        count(joined_at) as answered,
        count(*) filter (where joined_at is null and outcome = 'hung_up'
            and (coalesce(left_at, ended_at) >= queued_at + :short
                or urgency = 'crisis')) as abandoned
    from call
    where arrived_at > :earliest and queued_at > :begins and queued_at <= :at
        and direction = 'in' and line_id = any(:lines)
    group by line_id, bar
""")


@dataclass(frozen=True, slots=True)
class HourBar:
    """Five minutes: who entered the queue, and how many of them were answered in time."""

    entered: int = 0
    in_time: int = 0


@dataclass(slots=True)
class LastHour:
    """One line. `bars`: the oldest first.

    `service_level`: answered within 15 s / (answered + abandoned, without short ones); None where
    nobody was either. Who still waits is in neither. As `hotline.reports.kpis` defines it; here it
    is counted by the database, since the floor is drawn many times a second.
    """

    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    bars: list[HourBar] = field(default_factory=lambda: [HourBar()] * BARS)

    @property
    def entered(self) -> int:
        """How many entered the queue."""
        return sum(one.entered for one in self.bars)

    @property
    def judged(self) -> int:
        """Of how many the service level speaks."""
        return self.answered + self.abandoned

    @property
    def service_level(self) -> float | None:
        """A share from 0 to 1."""
        return self.in_time / self.judged if self.judged else None

    @property
    def drawn(self) -> Iterator[tuple[int, int]]:
        """Of each bar the height of all, and of those in time, in twentieths of the highest."""
        highest = max(one.entered for one in self.bars) or 1
        return ((_height(one.entered, highest), _height(one.in_time, highest)) for one in self.bars)


async def last_hour(work: Work, lines: Collection[str], *, at: datetime) -> Mapping[str, LastHour]:
    """By line, each of these."""
    found = {line: LastHour() for line in lines}
    values = {
        "at": at,
        "bar_s": BAR.total_seconds(),
        "promised": ANSWER_WITHIN,
        "short": SHORT_ABANDON,
        "earliest": at - LONGEST_CALL,
        "begins": at - HOUR,
        "lines": list(lines),
    }
    for row in await work.sql(COUNTED, values):
        one = found[row.line_id]
        one.answered += row.answered
        one.in_time += row.in_time
        one.abandoned += row.abandoned
        one.bars[BARS - 1 - row.bar] = HourBar(row.entered, row.in_time)
    return found


def _height(count: int, highest: int) -> int:
    return -(-20 * count // highest)
