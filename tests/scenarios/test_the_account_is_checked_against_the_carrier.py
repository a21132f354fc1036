"""Every minute our account of calls is compared with the carrier's, and made good."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario, pytest.mark.real_budgets]

CHILD = "15400000001"
LOST = (
    "delete from call_event using call where call.id = call_id and carrier_sid = %s returning 1",
    "delete from call where carrier_sid = %s returning 1",
)
MENDED = "select 1 from call where carrier_sid = %s and state = 'ended' and outcome = 'hung_up'"


async def test_a_call_that_was_lost_with_a_database_is_found_at_the_carrier(scene: Scene) -> None:
    await scene.until("select 1 from carrier_check where answered_at is not null")
    child = await scene.dials_and_waits(CHILD)
    sid = await child.sid()
    await child.hangs_up()
    await scene.ends(CHILD, "hung_up")
    for statement in LOST:
        await scene.house.rows(statement, sid)

    await scene.passes(120)

    await scene.until("select 1 from carrier_check where mended = 1 and unmended = 0")
    await scene.until(MENDED + " and outcome_step = 'not_taken_in'", sid)
    he = await scene.house.signs_in("he")
    floor = await he.get("/floor")
    assert floor["carrier"]["state"] == "agrees"
