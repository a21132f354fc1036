"""Anybody does anything while the carrier is in trouble. CHAOS_SEED draws another walk."""

import pytest

from tests.harness.chaos import seed
from tests.harness.scene import Scene
from tests.harness.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]


async def test_whatever_is_done_nobody_is_lost_and_rows_and_carrier_agree(scene: Scene) -> None:
    await Walk(scene, seed()).goes(steps=45)
