"""One day of a line, played again with more or fewer counselors, by the engine that routes. Pure.

Callers come when they really came on some day, or as a forecast says; all else of them is drawn
anew for each seed, the same for both rosters. Time 0 is the midnight at which the day begins.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from statistics import fmean

from routing.policy import Need, Policy
from routing.policy.roster import ALWAYS, QUARTERS_A_DAY, QUARTERS_A_WEEK, Person
from routing.simulate.floor import Rules, simulate
from routing.simulate.history import PastCall
from routing.simulate.load import HOUR_S, Profile, SimulatedCaller, draw_callers
from routing.simulate.measures import ANSWERED_WITHIN_S, Spread, quantile
from routing.simulate.roster import entry_of
from routing.simulate.state import SimulatedCall

HOURS = 24
APART_S, LAST_S = 60.0, 86_399.0
SEEDS_OF_A_DAY = (1, 2, 3, 4, 5, 6, 7, 8)


class CallsFrom(StrEnum):
    """Where the calls of the day are taken from."""

    PAST = "past"  # the last day before it of the same day of the week, as it was
    FORECAST = "forecast"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedDay:
    """A day to play. `weekday`: 0 for Monday. `came`: calls as they came, by arrival; or else
    `expected`: calls in each of the 24 hours. `people`: the roster; `changed`: with the change.
    `served`: when the line is open, in quarter hours of the week.
    """

    weekday: int
    profile: Profile
    policy: Policy
    people: tuple[Person, ...]
    changed: tuple[Person, ...]
    came: tuple[PastCall, ...] = ()
    expected: tuple[float, ...] = ()
    served: int = ALWAYS

    @property
    def calls(self) -> float:
        """How many come, on average."""
        return len(self.came) or sum(self.expected)

    @property
    def by_hour(self) -> tuple[float, ...]:
        """How many come in each of its hours, on average."""
        if not self.came:
            return self.expected
        hours = Counter(int(one.arrived_s // HOUR_S) for one in self.came)
        return tuple(float(hours[hour]) for hour in range(HOURS))

    def is_served(self, quarter: int) -> bool:
        """Whether the line is open in a quarter hour of the day."""
        return bool(self.served >> (self.weekday * QUARTERS_A_DAY + quarter) & 1)

    def with_calls(self, percent: int) -> "PlayedDay":
        """So many of each hundred calls; those that are added come soon after one that came."""
        came = tuple(
            replace(one, arrived_s=min(one.arrived_s + nth * APART_S, LAST_S))
            for n, one in enumerate(self.came)
            for nth in range((n + 1) * percent // 100 - n * percent // 100)
        )
        expected = tuple(one * percent / 100 for one in self.expected)
        return replace(
            self, came=tuple(sorted(came, key=lambda one: one.arrived_s)), expected=expected
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOutcome:
    """What became of the day with one roster and one seed. Waits in seconds over everybody who
    called, also who gave up; `by_hour`: those of each hour."""

    wait_s: float
    wait_p95_s: float
    within_15_s: float
    abandoned: float
    by_hour: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourWaits:
    """How long callers of one hour wait, over all seeds: of ten one at most `low_s`, five at most
    `median_s`, nine at most `high_s`."""

    low_s: float
    median_s: float
    high_s: float

    @classmethod
    def of(cls, waits: Iterable[float]) -> "HourWaits | None":
        """None: nobody called."""
        ordered = sorted(waits)
        if not ordered:
            return None
        low, median, high = (quantile(ordered, share) for share in (0.1, 0.5, 0.9))
        return cls(low_s=low, median_s=median, high_s=high)


DAY_FIGURES = ("wait_s", "wait_p95_s", "within_15_s", "abandoned")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAnswer:
    """One roster over all seeds: `figures` by the names of `DAY_FIGURES`."""

    figures: Mapping[str, Spread]
    by_hour: tuple[HourWaits | None, ...]

    @classmethod
    def over(cls, outcomes: Sequence[DayOutcome]) -> "DayAnswer":
        """Of at least one."""
        hours = zip(*(one.by_hour for one in outcomes), strict=True)
        return cls(
            figures={
                name: Spread.of([getattr(one, name) for one in outcomes]) for name in DAY_FIGURES
            },
            by_hour=tuple(HourWaits.of(chain.from_iterable(hour)) for hour in hours),
        )


def play_day(day: PlayedDay, seed: int) -> tuple[DayOutcome, DayOutcome]:
    """With the roster as it is, and with the change."""
    callers = _callers(day, seed)
    return _outcome(day, day.people, callers), _outcome(day, day.changed, callers)


def _outcome(
    day: PlayedDay, people: Sequence[Person], callers: Sequence[SimulatedCaller]
) -> DayOutcome:
    roster = [entry_of(_from_midnight(person, day.weekday), weeks=1) for person in people]
    rules = Rules(plan_of=day.policy.plan_for, care=day.policy.care)
    run = simulate(callers, roster, rules, ringing=day.profile.ringing)
    ended = [one for one in run.calls if one.waited_s is not None]
    waits = sorted(map(_waited, ended))
    soon = sum(one.answered_at is not None and _waited(one) <= ANSWERED_WITHIN_S for one in ended)
    gave_up = sum(one.answered_at is None for one in ended)
    return DayOutcome(
        wait_s=fmean(waits) if waits else 0.0,
        wait_p95_s=quantile(waits, 0.95),
        within_15_s=soon / len(ended) if ended else 1.0,
        abandoned=gave_up / len(ended) if ended else 0.0,
        by_hour=_by_hour(ended),
    )


def _by_hour(calls: Sequence[SimulatedCall]) -> tuple[tuple[float, ...], ...]:
    waits: list[list[float]] = [[] for _ in range(HOURS)]
    for one in calls:
        waits[int(one.caller.arrived_s // HOUR_S)].append(_waited(one))
    return tuple(map(tuple, waits))


def _waited(call: SimulatedCall) -> float:
    return call.waited_s or 0.0


def _from_midnight(person: Person, weekday: int) -> Person:
    """Their week as it is from the day on; what lies before comes at its end."""
    if person.quarters == ALWAYS:
        return person
    begins = weekday * QUARTERS_A_DAY
    before = person.quarters & ((1 << begins) - 1)
    return replace(
        person, quarters=person.quarters >> begins | before << (QUARTERS_A_WEEK - begins)
    )


def _callers(day: PlayedDay, seed: int) -> tuple[SimulatedCaller, ...]:
    if not day.came:
        profile = replace(day.profile, hourly=day.expected)
        per_hour = sum(day.expected) / HOURS
        return draw_callers(profile, calls_per_hour=per_hour, hours=HOURS, seed=seed)
    return tuple(
        replace(drawn, arrived_s=call.arrived_s, need=_need(day.profile.line, call))
        for drawn, call in zip(_drawn(day, seed), day.came, strict=False)
    )


def _drawn(day: PlayedDay, seed: int) -> tuple[SimulatedCaller, ...]:
    """At least as many as came: of them count how long they talk, write and wait."""
    hours, profile = 1.0, replace(day.profile, hourly=(1.0,))
    drawn: tuple[SimulatedCaller, ...] = ()
    while len(drawn) < len(day.came):
        hours *= 2
        drawn = draw_callers(profile, calls_per_hour=len(day.came), hours=hours, seed=seed)
    return drawn


def _need(line: str, call: PastCall) -> Need:
    return Need(line=line, language=call.language, urgency=call.urgency, topic=call.topic)
