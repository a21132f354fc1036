"""Nobody goes to see the child: the station's phone rings, the next day the city's above it."""

from datetime import datetime, time, timedelta

import pytest

from hotline.i18n.catalog import HERE
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, DUTY = "15400000001", "02000000202"
DAY_S = 24 * 3600.0
TOLD = "select 1 from visit_telling where station_id = %s"
VISIT = {"client_key": "key-of-a-visit", "place": "home", "seen": "yes"}


async def a_red_case(scene: Scene) -> str:
    """Of a child whose call is over, held by the station of Tianhe, who confirmed the colour."""
    li, child = await scene.talking("li", CHILD)
    call_id = await scene.call_of(CHILD)
    case: str = (await li.does("POST", f"/calls/{call_id}/case"))["id"]
    await li.does("POST", f"/cases/{case}/colour-proposals", {"colour": "red", "reason": "alone"})
    held = "update care_case set station_id = 'gz-tianhe' where id = %s returning 1"
    await scene.house.rows(held, case)
    await child.hangs_up()
    await scene.ends(CHILD, "talked")
    tianhe = await scene.house.signs_in("tianhe")
    await tianhe.does("POST", f"/cases/{case}/colour", {"colour": "red"})
    return case


def until_told(scene: Scene) -> float:
    """Until nine in the morning of the day after it was due, in seconds."""
    now = scene.house.clock.now()
    morning = datetime.combine(now.astimezone(HERE).date(), time(9), tzinfo=HERE)
    return (morning + timedelta(days=8) - now).total_seconds()


async def test_an_overdue_visit_rings_the_station_then_the_city_until_somebody_goes(
    scene: Scene,
) -> None:
    case = await a_red_case(scene)
    duty = scene.handset(DUTY)

    await scene.passes(until_told(scene))
    await duty.rings()
    await duty.answers()
    await duty.hears("逾期")
    await duty.presses("1#")
    await scene.until("select 1 from delivery where purpose = 'visit' and state = 'acknowledged'")
    assert await scene.house.rows(TOLD, "gz-city") == []

    await scene.passes(DAY_S)
    await scene.until(TOLD, "gz-city")
    tianhe = await scene.house.signs_in("tianhe")
    at = scene.house.clock.now().isoformat()
    await tianhe.does("POST", f"/cases/{case}/visits", {**VISIT, "visited_at": at})

    told = await scene.count("visit_telling")
    await scene.passes(2 * DAY_S)
    await scene.until(
        "select 1 from visit_plan where case_id = %s and due_for = 'visit' and told_steps = 0",
        case,
    )
    assert await scene.count("visit_telling") == told
