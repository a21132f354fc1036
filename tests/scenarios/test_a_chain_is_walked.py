"""A flag is raised and the station is silent: the chain of the files is walked, phone by phone."""

import pytest

from tests.harness.scene import Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, SUPERVISOR = "15400000001", "02000000011"
STATION, DEPUTY, CITY, POLICE = "02000000202", "15400000203", "02000000102", "02000000302"
CITY_PIN, POLICE_PIN = "1231", "1237"


async def flagged(scene: Scene, level: str = "imminent") -> Counselor:
    """Li talks with a child in danger, and says so."""
    li, _ = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/flags", {"level": level, "summary": "pills"})
    await scene.until("select 1 from escalation where policy ->> 'chain' = $$imminent$$")
    return li


async def test_deputy_and_parent_are_rung_together_and_one_acknowledgement_is_enough(
    scene: Scene,
) -> None:
    await flagged(scene)
    await scene.handset(STATION).rings()

    await scene.passes(31)
    supervisor = scene.handset(SUPERVISOR)
    await supervisor.rings()
    await supervisor.answers()
    await supervisor.hears("还没有督导查看")
    await supervisor.presses("1")
    await scene.until("select 1 from supervisor_alarm where seen_at is not null")

    await scene.passes(90)
    deputy, city = scene.handset(DEPUTY), scene.handset(CITY)
    await deputy.rings()
    await city.rings()
    await city.answers()
    await city.hears("PIN|密码|工号")
    await city.presses(f"{CITY_PIN}#")
    await scene.until("select 1 from escalation where state = 'acknowledged' and step = 1")

    await deputy.answers()
    await deputy.is_hung_up()
    await scene.until("select 1 from attempt having count(*) = 3")


async def test_where_nobody_of_the_stations_answers_the_police_are_rung(scene: Scene) -> None:
    li = await flagged(scene)
    await scene.handset(STATION).rings()
    await scene.passes(121)
    for number in (DEPUTY, CITY):
        await scene.handset(number).rings()

    for number in (DEPUTY, CITY):
        await scene.handset(number).declines()
    police = scene.handset(POLICE)
    await police.rings()
    await police.answers()
    await police.hears("PIN|密码|工号")
    await police.presses(f"{POLICE_PIN}#")

    await scene.until("select 1 from escalation where state = 'acknowledged' and step = 2")
    await scene.until("select 1 from rescue where confirmed_at is null and due_at is not null")
    assert li.phone is not None
