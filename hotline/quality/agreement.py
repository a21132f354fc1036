"""How far reviewers agree who reviewed the same calls blind to each other. Pure.

Krippendorff's alpha for interval data (K. Krippendorff, Computing Krippendorff's
Alpha-Reliability, University of Pennsylvania, 2011): 1 − observed / expected disagreement. A unit
is one criterion of one call; its values are shares of the criterion's greatest points, from 0 to 1.
Of few calls alpha says little, so the mean distance in each criterion stands beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import fmean

Unit = Mapping[str, float]
"""By reviewer: what they gave, from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerLean:
    """How one reviewer differs from the mean of the others. `lean`: below 0 is stricter.

    Both from 0 to 1. `units`: of how many criteria that is the mean.
    """

    reviewer_id: str
    lean: float
    distance: float
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`alpha`: None where there is nothing to differ in. `distance`: by criterion, from 0 to 1."""

    alpha: float | None
    distance: Mapping[str, float]
    reviewers: Sequence[ReviewerLean]


def agreement_of(units: Iterable[tuple[str, Unit]]) -> Agreement:
    """Of units with the key of their criterion. Units with one reviewer alone say nothing."""
    shared = [(key, unit) for key, unit in units if len(unit) > 1]
    keys = dict.fromkeys(key for key, _ in shared)
    return Agreement(
        alpha=alpha_of([list(unit.values()) for _, unit in shared]),
        distance={key: fmean(_distance(u) for k, u in shared if k == key) for key in keys},
        reviewers=_leans([unit for _, unit in shared]),
    )


def alpha_of(units: Sequence[Sequence[float]]) -> float | None:
    """For interval data, with values missing. None where all values are the same, or none is."""
    pairable = [unit for unit in units if len(unit) > 1]
    values = [value for unit in pairable for value in unit]
    observed = sum(_spread(unit) / (len(unit) - 1) for unit in pairable)
    expected = _spread(values) / (len(values) - 1) if len(values) > 1 else 0.0
    return 1 - observed / expected if expected > 0 else None


def _spread(values: Sequence[float]) -> float:
    """The sum of squared differences over all ordered pairs, in linear time."""
    total = sum(values)
    spread: float = 2 * (len(values) * sum(value * value for value in values) - total * total)
    return max(spread, 0.0)


def _distance(unit: Unit) -> float:
    return fmean(abs(one - other) for one, other in permutations(unit.values(), 2))


def _leans(units: Sequence[Unit]) -> list[ReviewerLean]:
    apart: dict[str, list[float]] = {}
    for unit in units:
        for reviewer, value in unit.items():
            others = fmean(other for who, other in unit.items() if who != reviewer)
            apart.setdefault(reviewer, []).append(value - others)
    return [
        ReviewerLean(
            reviewer_id=reviewer,
            lean=fmean(found),
            distance=fmean(map(abs, found)),
            units=len(found),
        )
        for reviewer, found in sorted(apart.items())
    ]
