"""A caller hangs up while they wait: somebody answers for it; and one dial for each attempt."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
KEY = "6"  # the menu of 12355 has the keys 1 to 5


async def test_who_hangs_up_in_the_queue_is_an_item_that_a_counselor_calls(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)
    await scene.waits(CHILD)
    await scene.passes(20)
    await child.hangs_up()
    await scene.ends(CHILD, "hung_up")

    li = await scene.counselor("li")
    told = await li.does("GET", "/callbacks")
    [item] = told["callbacks"]
    await li.does("POST", f"/callbacks/{item['id']}/call")
    await li.phone.rings()
    await li.phone.answers()
    await child.rings()
    await child.answers()

    await child.is_talking_to_somebody()
    assert (item["why"], told["lost"]["lost"], told["accounted_for"]) == ("hung_up", 1, True)
    await scene.until("select 1 from callback where state = 'done'")


async def test_a_switchboard_killed_while_it_rings_them_rings_them_once(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)
    await child.presses(KEY)
    await child.hears("再按一次6")
    await child.presses(KEY)
    await child.is_hung_up()
    await scene.ends(CHILD, "callback_owed")
    li = await scene.counselor("li")
    await child.rings()

    scene.house.kill("switchboard")
    scene.house.start("switchboard-2")
    await scene.house.is_led_anew()
    await child.answers()
    await child.hears("这是您要的回电")
    await child.presses("1")
    await li.phone.rings()
    await li.phone.answers()

    await child.is_talking_to_somebody()
    assert await scene.carrier.dialled(CHILD) == 1
    await scene.until("select 1 from callback where state = 'done' and attempts = 1")
