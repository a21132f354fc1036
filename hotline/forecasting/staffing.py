"""How many counselors a load of calls needs, by simulation with the engine that routes. Pure.

Everybody is as if in one pool: they speak all languages of the line and know its topics, every
second one is certified (routing research, section 3: staff as if pooled, then balance languages).
Phones, rests, breaks and the line's own plan are as they are. A quarter hour is looked at as if
its load lasted; the quarter hour before counts where it was busier, for its talks still go on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean

from hotline.forecasting.model import ExpectedQuarter
from routing.care import Care
from routing.engine import Plan, Skills
from routing.policy import Need
from routing.simulate.erlang import erlang_a
from routing.simulate.floor import Rules, simulate
from routing.simulate.load import HOUR_S, Profile, SimulatedCaller, draw_callers
from routing.simulate.measures import WARM_UP, Measures, measure
from routing.simulate.roster import RosterEntry

QUARTERS_AN_HOUR = 4
STEP = 1.1  # from one load that is simulated to the next; others are rounded up
LEAST_LOAD, MOST_LOAD = 1.0, 600.0  # calls an hour
LOADS = [LEAST_LOAD]
while LOADS[-1] < MOST_LOAD:
    LOADS.append(LOADS[-1] * STEP)
CALLERS, LEAST_HOURS, MOST_HOURS = 400, 12.0, 168.0
SEEDS = (1, 2, 3)
SPEAKS, KNOWS = 4, 3  # levels


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePromise:
    """What callers are promised; shares from 0 to 1.

    `within_15_s`: answered so soon / (answered + given up); 15 s and `connected` are domain
    research, requirement 12, the share is the usual one (section on service levels; a placeholder).
    `longest_wait_s`: what 99 of 100 wait at most, also who gives up: then the duty phone rings.
    """

    within_15_s: float = 0.80
    connected: float = 0.95
    longest_wait_s: float = 180.0

    def held(self, runs: Sequence[Measures]) -> bool:
        """By the mean of some runs."""
        return (
            fmean(run.service_level for run in runs) >= self.within_15_s
            and fmean(run.abandoned for run in runs) <= 1 - self.connected
            and fmean(run.wait_p99_s for run in runs) <= self.longest_wait_s
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyLine:
    """A line whose load stays: who calls it, by which plan they are served."""

    profile: Profile
    plan_of: Callable[[Need], Plan]
    care: Care
    promise: ServicePromise = ServicePromise()

    def holds(self, counselors: int, calls_per_hour: float) -> bool:
        """Whether so many on duty keep the promise, on average over the seeds."""
        return self._held(counselors, self._callers(calls_per_hour))

    def least(self, calls_per_hour: float, at_least: int, at_most: int) -> int | None:
        """The smallest number of at least `at_least` that holds; None: not even `at_most` does.

        Looked for from the formula's answer on, with the same callers for each number.
        """
        callers = self._callers(calls_per_hour)
        first = min(max(at_least, self._by_formula(calls_per_hour)), at_most)
        if self._held(first, callers):
            while first > at_least and self._held(first - 1, callers):
                first -= 1
            return first
        too_few, enough = first, first + 1
        while not self._held(enough, callers):
            if enough >= at_most:
                return None
            too_few, enough = enough, min(at_most, enough + 2 * (enough - first))
        while enough - too_few > 1:
            middle = (too_few + enough) // 2
            if self._held(middle, callers):
                enough = middle
            else:
                too_few = middle
        return enough

    def _held(self, counselors: int, callers: Sequence[Sequence[SimulatedCaller]]) -> bool:
        roster = [self._counselor(n) for n in range(counselors)]
        rules = Rules(plan_of=self.plan_of, care=self.care)
        ringing = self.profile.ringing
        runs = (simulate(some, roster, rules, ringing=ringing, warm_up=WARM_UP) for some in callers)
        return self.promise.held([measure(run) for run in runs])

    def _callers(self, calls_per_hour: float) -> list[tuple[SimulatedCaller, ...]]:
        hours = min(MOST_HOURS, max(LEAST_HOURS, CALLERS / calls_per_hour))
        steady = replace(self.profile, hourly=(1.0,))
        return [
            draw_callers(steady, calls_per_hour=calls_per_hour, hours=hours, seed=seed)
            for seed in SEEDS
        ]

    def _counselor(self, number: int) -> RosterEntry:
        profile = self.profile
        skills = Skills.of(
            {language: SPEAKS for language, _ in profile.languages},
            lines=[profile.line],
            topics={topic: KNOWS for topic, _ in profile.topics if topic is not None},
            certified=number % 2 == 0,
        )
        return RosterEntry(name=f"counselor-{number}", skills=skills)

    def _by_formula(self, calls_per_hour: float) -> int:
        """The least of one pool by Erlang-A that connects as many as promised."""
        profile, counselors = self.profile, 1
        while (
            erlang_a(
                counselors,
                calls_per_s=calls_per_hour / HOUR_S,
                work_s=profile.work_s(self.care),
                patience_s=profile.patience_mean_s,
            ).abandoned
            > 1 - self.promise.connected
        ):
            counselors += 1
        return counselors


class NeededCounselors:
    """What each load needs, found once. More calls never need fewer: one begins where the last
    ended. Takes a fifth of a second a load, more for large ones.
    """

    def __init__(
        self,
        line: SteadyLine,
        *,
        at_most: int = 500,
        on_load: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_load` is told of each load that is found."""
        self._line, self._at_most, self._on_load = line, at_most, on_load
        self._found: list[int] = []

    def of(self, calls_per_hour: float) -> int:
        """At least one. Raises `ValueError` where `at_most` or `MOST_LOAD` would not do."""
        step = next((n for n, load in enumerate(LOADS) if load >= calls_per_hour), None)
        while step is not None and len(self._found) <= step:
            before = self._found[-1] if self._found else 1
            needed = self._line.least(LOADS[len(self._found)], before, self._at_most)
            if needed is None:
                break
            self._found.append(needed)
            self._on_load()
        if step is None or len(self._found) <= step:
            raise ValueError(f"{calls_per_hour:.0f} calls an hour need more than {self._at_most}")
        return self._found[step]


def needed_by_quarter(
    quarters: Sequence[ExpectedQuarter],
    needed: NeededCounselors,
    is_open: Callable[[ExpectedQuarter], bool],
) -> list[int]:
    """Counselors for each quarter hour: none where the line is closed, at least one where not."""
    means = [one.mean if is_open(one) else 0.0 for one in quarters]
    return [
        needed.of(QUARTERS_AN_HOUR * load) if is_open(one) else 0
        for one, load in zip(quarters, _with_talks_before(means), strict=True)
    ]


def _with_talks_before(means: Iterable[float]) -> list[float]:
    return [max(before, now) for before, now in pairwise([0.0, *means])]
