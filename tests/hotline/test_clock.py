"""A clock that is set back is noticed, and still tells the new time."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from hotline.clock import WatchedClock
from tests.fakes import NOON, FakeClock


class Steady:
    """Seconds that only grow."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("wall_s", "steady_s", "steps"),
    [(-600, 1, 1), (5, 5, 0), (3600, 1, 0), (4.5, 5, 0), (3, 5, 1), (0, 30, 1)],
)
def test_a_step_back_is_one_that_the_steady_clock_did_not_see(
    wall_s: float, steady_s: float, steps: int
) -> None:
    wall, steady = FakeClock(), Steady()
    clock = WatchedClock(wall.now, monotonic=steady)
    wall.advance(wall_s)
    steady.now += steady_s

    with capture_logs() as logs:
        now = clock.now()

    assert now == NOON + timedelta(seconds=wall_s)
    assert clock.steps_back == steps
    assert [line["seconds"] for line in logs] == [steady_s - wall_s] * steps


def test_one_step_is_told_once() -> None:
    wall, steady = FakeClock(), Steady()
    clock = WatchedClock(wall.now, monotonic=steady)
    wall.advance(-600)

    with capture_logs() as logs:
        for _ in range(3):
            clock.now()

    assert len(logs) == clock.steps_back == 1
