"""The formula for one pool of equal counselors: what simulated waits are compared with.

Sources: routing research, section 3; Gans, Koole, Mandelbaum, M&SOM 5 (2003). No policy has a
smaller mean wait over all callers than one pool that never idles while somebody waits.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

NEGLIGIBLE = 1e-17  # of the likeliest state: below what a float adds to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Wait over everybody who calls, who gives up included. Shares go from 0 to 1."""

    mean_wait_s: float
    abandoned: float
    occupancy: float


def erlang_a(
    counselors: int, *, calls_per_s: float, work_s: float, patience_s: float
) -> Expectation:
    """M/M/n+M: who waits gives up after an exponential time with the mean `patience_s`.

    A birth-death chain: in state k calls leave at min(k, n) / work + (k - n)+ / patience. Then
    E[wait] = E[in line] / calls_per_s, and P(abandon) = E[wait] / patience. Right for n = 0, too.
    """
    weights = dict(_likely_states(counselors, calls_per_s, work_s, patience_s))
    total = math.fsum(weights.values())
    in_line = math.fsum((k - counselors) * w for k, w in weights.items() if k > counselors) / total
    wait_s = in_line / calls_per_s
    talks_per_s = calls_per_s - in_line / patience_s
    return Expectation(
        mean_wait_s=wait_s,
        abandoned=wait_s / patience_s,
        occupancy=talks_per_s * work_s / counselors if counselors else 0.0,
    )


def _likely_states(
    counselors: int, calls_per_s: float, work_s: float, patience_s: float
) -> Iterator[tuple[int, float]]:
    """States and weights, outwards from the likeliest, which weighs 1: nothing can overflow."""

    def leaving(k: int) -> float:
        return min(k, counselors) / work_s + max(0, k - counselors) / patience_s

    likeliest = math.floor(calls_per_s * work_s)
    if likeliest > counselors:
        too_many = calls_per_s - counselors / work_s
        likeliest = counselors + math.floor(too_many * patience_s)
    yield likeliest, 1.0
    k, weight = likeliest, 1.0
    while weight > NEGLIGIBLE:
        k, weight = k + 1, weight * calls_per_s / leaving(k + 1)
        yield k, weight
    k, weight = likeliest, 1.0
    while k > 0 and weight > NEGLIGIBLE:
        k, weight = k - 1, weight * leaving(k) / calls_per_s
        yield k, weight
