"""Thirty callers for five minutes, and everything fails that can. `scripts/soak.py` does hours."""

import pytest

from tests.harness.chaos import Chaos, seed
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario, pytest.mark.real_budgets]


async def test_after_five_minutes_of_chaos_every_promise_holds(scene: Scene) -> None:
    await Chaos(scene, seed()).run(seconds=300)
