"""A quantile of uneven counts is where their probabilities, summed, reach the share."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.forecasting.spread import negative_binomial_quantile as quantile


def probability(count: int, mean: float, variance: float) -> float:
    """By the gamma function, not step by step."""
    r = mean**2 / (variance - mean)
    choose = math.lgamma(count + r) - math.lgamma(count + 1) - math.lgamma(r)
    return math.exp(choose + r * math.log(r / (r + mean)) + count * math.log(mean / (r + mean)))


@given(
    mean=st.floats(0.05, 60),
    uneven=st.floats(0.05, 2),
    share=st.sampled_from((0.1, 0.5, 0.9, 0.99)),
)
def test_so_many_calls_or_fewer_come_with_this_probability(
    mean: float, uneven: float, share: float
) -> None:
    variance = mean + uneven * mean**2

    found = quantile(mean, variance, share)

    together = math.fsum(probability(n, mean, variance) for n in range(found + 1))
    assert together >= share - 1e-9
    assert together - probability(found, mean, variance) < share + 1e-9


def test_without_more_than_chance_it_is_the_poisson_distribution() -> None:
    assert [quantile(3.0, 3.0, share) for share in (0.1, 0.5, 0.9)] == [1, 3, 5]


def test_where_nobody_is_expected_nobody_comes() -> None:
    assert quantile(0.0, 0.0, 0.9) == 0


@pytest.mark.parametrize("mean", [499.0, 501.0, 20_000.0])
def test_many_calls_lie_around_their_mean(mean: float) -> None:
    assert quantile(mean, mean, 0.5) == pytest.approx(mean, rel=0.01)
    assert quantile(mean, mean, 0.9) == pytest.approx(mean + 1.2816 * math.sqrt(mean), rel=0.01)
