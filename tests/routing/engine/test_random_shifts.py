"""The engine against a matcher without any index, told long random shifts with every option."""

import pytest

from tests.routing.engine.random_shift import RandomShift


@pytest.mark.parametrize("seed", range(12))
def test_a_random_shift_is_matched_as_if_everybody_had_been_looked_at(seed: int) -> None:
    both = RandomShift(seed).run(400)
    assert both.faults == []
    assert both.matches > 0
