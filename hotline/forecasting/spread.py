"""How counts scatter that are more uneven than chance: the negative binomial distribution. Pure."""

import math
from collections.abc import Callable
from statistics import NormalDist

POISSON = 1e-6  # below this share of the mean, what comes on top of chance is nothing
MANY = 500.0  # from here on a bell does as well, and P(0) is no number any more


def negative_binomial_quantile(mean: float, variance: float, share: float) -> int:
    """The least count that is not exceeded with this probability, above 0 and below 1.

    P(0) = (r / (r + m))^r with r = m² / (variance - m), P(k + 1) = P(k) (k + r) / (k + 1) q with
    q = m / (r + m); for a variance of the mean, Poisson.
    """
    if mean <= 0:
        return 0
    surplus = variance - mean
    if mean > MANY:
        return max(0, round(NormalDist(mean, math.sqrt(max(mean, variance))).inv_cdf(share)))
    if surplus <= POISSON * mean:
        return _walk(math.exp(-mean), lambda k: mean / (k + 1), share)
    r = mean**2 / surplus
    q = mean / (r + mean)
    return _walk(math.exp(-r * math.log1p(mean / r)), lambda k: (k + r) / (k + 1) * q, share)


def _walk(weight: float, step: Callable[[int], float], share: float) -> int:
    """Weights from 0 up until they make the share, or add nothing that a float can hold."""
    count, together = 0, weight
    while together < share and together + weight > together:
        weight *= step(count)
        count += 1
        together += weight
    return count
