"""What a run amounts to, in figures; and how far apart the runs of different seeds lie."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from routing.engine import Urgency
from routing.policy import Need
from routing.simulate.floor import Run
from routing.simulate.state import SimulatedCall, SimulatedCounselor

WARM_UP = 0.1  # of callers: an empty floor is not the usual one
ANSWERED_WITHIN_S = 15.0
WELL = 3  # the level of a topic somebody knows well


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """One run without its first tenth. Waits in seconds, over everybody, abandoners too; all else
    are shares or ratios. Who still waits at the end is left out; of nobody, a figure is 0.

    `service_level`: answered within 15 s / (answered + abandoned). `first_choice`: of the
    answered, those by somebody who speaks their own language and knows their topic well; of crisis
    callers, by somebody who speaks it and is certified.
    `crisis_certified`: of the crisis callers answered, those by somebody certified. `pulled`:
    wrap-ups cut short for each of them. `across_languages`: of the answered, those by somebody who
    speaks nothing that they understand.
    """

    wait_s: float
    wait_p95_s: float
    wait_p99_s: float
    crisis_wait_s: float
    crisis_p95_s: float
    crisis_p99_s: float
    service_level: float
    abandoned: float
    crisis_abandoned: float
    crisis_certified: float
    occupancy: float
    occupancy_p5: float
    occupancy_p95: float
    first_choice: float
    rings: float
    pulled: float
    across_languages: float


FIGURES = tuple(figure.name for figure in fields(Measures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One figure over several seeds. `sd`: of the sample; 0 for one seed."""

    mean: float
    sd: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        sd = statistics.stdev(values) if len(values) > 1 else 0.0
        return cls(mean=statistics.fmean(values), sd=sd, low=min(values), high=max(values))


def measure(run: Run) -> Measures:
    """Of a run whose counselors counted from the warm-up on."""
    ended = settled(run.calls)
    answered = [one for one in ended if one.answered_at is not None]
    crisis = [one for one in ended if one.caller.need.urgency is Urgency.CRISIS]
    served = [one for one in crisis if one.answered_at is not None]
    waits, crisis_waits = _waits(ended), _waits(crisis)
    occupancy = sorted(o for counselor in run.counselors if (o := counselor.occupancy) is not None)
    soon = sum((one.waited_s or 0.0) <= ANSWERED_WITHIN_S for one in answered)
    return Measures(
        wait_s=_ratio(math.fsum(waits), len(waits)),
        wait_p95_s=quantile(waits, 0.95),
        wait_p99_s=quantile(waits, 0.99),
        crisis_wait_s=_ratio(math.fsum(crisis_waits), len(crisis_waits)),
        crisis_p95_s=quantile(crisis_waits, 0.95),
        crisis_p99_s=quantile(crisis_waits, 0.99),
        service_level=_ratio(soon, len(ended)),
        abandoned=_ratio(len(ended) - len(answered), len(ended)),
        crisis_abandoned=_ratio(len(crisis) - len(served), len(crisis)),
        crisis_certified=_ratio(
            sum(one.counselor.entry.skills.certified for one in served if one.counselor),
            len(served),
        ),
        occupancy=_ratio(math.fsum(occupancy), len(occupancy)),
        occupancy_p5=quantile(occupancy, 0.05),
        occupancy_p95=quantile(occupancy, 0.95),
        first_choice=_ratio(
            sum(_well_matched(one.counselor, one.caller.need) for one in answered if one.counselor),
            len(answered),
        ),
        rings=_ratio(sum(one.rung for one in answered), len(answered)),
        pulled=_ratio(sum(one.pulled for one in answered), len(served)),
        across_languages=_ratio(sum(one.across_languages for one in answered), len(answered)),
    )


def spreads(runs: Sequence[Measures]) -> Mapping[str, Spread]:
    """Every figure over the seeds."""
    return {name: Spread.of([getattr(run, name) for run in runs]) for name in FIGURES}


def settled(calls: Sequence[SimulatedCall]) -> list[SimulatedCall]:
    """Those whose wait ended, without the first tenth of the callers."""
    return [one for one in calls[int(len(calls) * WARM_UP) :] if one.waited_s is not None]


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank of values in order; 0 of none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _waits(calls: Iterable[SimulatedCall]) -> list[float]:
    return sorted(one.waited_s or 0.0 for one in calls)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _well_matched(counselor: SimulatedCounselor, need: Need) -> bool:
    skills = counselor.entry.skills
    if need.urgency is Urgency.CRISIS:
        able = skills.certified
    else:
        able = need.topic is not None and dict(skills.topics).get(need.topic, 0) >= WELL
    return able and need.language in dict(skills.languages)
