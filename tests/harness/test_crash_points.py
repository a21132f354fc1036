"""Each named point is in the product: whoever moves a function there moves its point as well."""

import inspect

import pytest

from tests.harness.crash_points import POINTS, When, found


@pytest.mark.parametrize("name", POINTS)
def test_a_point_names_a_function_of_the_product(name: str) -> None:
    point = POINTS[name]

    owner, function = found(point.where)

    assert point.where.startswith("hotline.")
    assert callable(getattr(owner, function))
    if point.when is not When.BEFORE:
        assert inspect.iscoroutinefunction(getattr(owner, function))
