"""Nobody leads for minutes: who waits is put through to the duty phone, and keeps the place."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario, pytest.mark.real_budgets]

CHILD, DUTY_PHONE = "15400000001", "02000000010"
AWAY = "update leadership set expires_at = now() - interval '1 minute' returning 1"


async def is_put_through(scene: Scene) -> tuple[Handset, Handset]:
    """Nobody leads while a child waits: the duty phone, and the child."""
    duty_phone = scene.handset(DUTY_PHONE)
    await duty_phone.registers()
    child = await scene.dials_and_waits(CHILD)
    scene.house.kill("switchboard")
    await scene.house.rows(AWAY)
    await scene.passes(15)
    await child.hears("值班的老师")
    return duty_phone, child


async def test_a_child_who_waits_reaches_the_duty_phone_and_is_back_in_the_queue_after_it(
    scene: Scene,
) -> None:
    duty_phone, _ = await is_put_through(scene)

    await scene.until("select 1 from call where step = 'duty_phone' and state = 'closing'")
    scene.house.start("switchboard")
    await scene.house.is_led_anew()
    await scene.passes(60)

    await scene.waits(CHILD)
    assert await duty_phone.was_rung()
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)


async def test_a_talk_with_the_duty_phone_counts_as_that_and_nobody_is_owed_a_call(
    scene: Scene,
) -> None:
    duty_phone, child = await is_put_through(scene)

    await scene.passes(5)
    await duty_phone.rings(by="outbound-dial")
    await duty_phone.answers()
    await scene.until("select 1 from call where duty_phone_at is not null")
    await scene.passes(120)
    await child.hangs_up()

    await scene.ends(CHILD, "duty_phone")
    assert await scene.count("callback") == 0
    scene.house.start("switchboard")
    await scene.house.is_up()


async def test_after_half_an_hour_it_is_an_incident_and_over_when_somebody_leads(
    scene: Scene,
) -> None:
    scene.house.kill("switchboard")
    await scene.house.rows(AWAY.replace("1 minute", "31 minutes"))

    await scene.until("select 1 from incident where noticed_at is not null and ended_at is null")
    scene.house.start("switchboard")
    await scene.house.is_led_anew()
    await scene.until("select 1 from incident where ended_at is not null")

    assert await scene.house.rows("select part from incident") == [("switchboard",)]
