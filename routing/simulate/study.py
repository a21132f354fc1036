"""What a roster and a plan would do with a load: the question of whoever staffs a hotline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from routing.care import Care
from routing.engine import Plan
from routing.policy import Need
from routing.simulate.erlang import erlang_a
from routing.simulate.floor import Rules, Run, simulate
from routing.simulate.load import HOUR_S, Profile, SimulatedCaller, draw_callers
from routing.simulate.measures import WARM_UP, Measures, Spread, measure, settled, spreads
from routing.simulate.rivals import pooled
from routing.simulate.roster import WEEK_S, RosterEntry

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be answered, by whom, under which plan. Time 0 is a Monday at 0:00."""

    plan_of: Callable[[Need], Plan]
    care: Care
    profile: Profile
    calls_per_hour: float
    hours: float = 168.0
    seeds: tuple[int, ...] = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """`figures` by the names of `Measures`. `by_hour`: mean wait in each hour of the day.

    Beside them the mean wait if everybody took every call: by formula, and simulated with the
    same callers and shifts.
    """

    figures: Mapping[str, Spread]
    by_hour: tuple[float, ...]
    pooled_s: Spread
    erlang_a_s: float


def study(
    question: Question, roster: Sequence[RosterEntry], on_progress: Callable[[], None] | None = None
) -> Study:
    """Simulates each seed twice, as asked and pooled; tells of each seed. Raises `ValueError`
    without seeds or without anybody on the roster."""
    if not question.seeds or not roster:
        raise ValueError("at least one seed, and one counselor")
    runs: list[Run] = []
    bounds: list[Measures] = []
    for seed in question.seeds:
        callers = callers_of(question, seed)
        runs.append(_run(question, roster, callers, None))
        bounds.append(measure(_run(question, roster, callers, pooled(question.care))))
        if on_progress:
            on_progress()
    return Study(
        figures=spreads([measure(run) for run in runs]),
        by_hour=_by_hour(runs),
        pooled_s=Spread.of([one.wait_s for one in bounds]),
        erlang_a_s=_formula(question, roster),
    )


def _run(
    question: Question,
    roster: Sequence[RosterEntry],
    callers: Sequence[SimulatedCaller],
    rival: Rules | None,
) -> Run:
    rules = rival or Rules(plan_of=question.plan_of, care=question.care)
    return simulate(callers, roster, rules, ringing=question.profile.ringing, warm_up=WARM_UP)


def callers_of(question: Question, seed: int) -> tuple[SimulatedCaller, ...]:
    """The same for every roster and plan."""
    return draw_callers(
        question.profile,
        calls_per_hour=question.calls_per_hour,
        hours=question.hours,
        seed=seed,
    )


def _by_hour(runs: Sequence[Run]) -> tuple[float, ...]:
    waits: list[list[float]] = [[] for _ in range(HOURS_A_DAY)]
    for run in runs:
        for call in settled(run.calls):
            hour = int(call.caller.arrived_s // HOUR_S) % HOURS_A_DAY
            waits[hour].append(call.waited_s or 0.0)
    return tuple(fmean(some) if some else 0.0 for some in waits)


def _formula(question: Question, roster: Sequence[RosterEntry]) -> float:
    """Erlang-A for each hour by itself, weighted by its callers; staff as a whole number."""
    profile, total, weights = question.profile, 0.0, 0.0
    for hour in range(max(1, int(question.hours))):
        weight = profile.weight(hour)
        if weight > 0:
            expected = erlang_a(
                round(on_duty(roster, hour)),
                calls_per_s=question.calls_per_hour * weight / HOUR_S,
                work_s=profile.work_s(question.care),
                patience_s=profile.patience_mean_s,
            )
            total += weight * expected.mean_wait_s
            weights += weight
    return total / weights


def on_duty(roster: Sequence[RosterEntry], hour: int) -> float:
    """How many work in an hour since time 0, parts of it as parts."""
    begin, end = hour * HOUR_S % WEEK_S, hour * HOUR_S % WEEK_S + HOUR_S
    return sum(
        1.0
        if entry.shifts is None
        else sum(max(0.0, min(to, end) - max(since, begin)) for since, to in entry.shifts) / HOUR_S
        for entry in roster
    )
