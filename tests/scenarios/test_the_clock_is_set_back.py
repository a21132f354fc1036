"""The clock of the whole house is set back ten minutes: nobody waits until it has caught up."""

import pytest

from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
TEN_MINUTES = 600


async def is_in_danger(scene: Scene) -> None:
    """A child pressed 9, waits, and the engine knows of it."""
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("9")
    await scene.waits(CHILD)
    await is_known_to_engine(scene)


async def is_known_to_engine(scene: Scene) -> None:
    await scene.until("select 1 from routing_event where kind = 'call.arrives'")


async def clock_is_set_back(scene: Scene) -> None:
    """And the engine has begun by the new time."""
    before = scene.house.clock.now().timestamp()
    scene.house.clock.advance(-TEN_MINUTES)
    began = "select 1 from routing_event where kind = 'engine.began' and at_s < %s"
    await scene.until(began, before - TEN_MINUTES / 2)


async def quarters_of_a_minute(scene: Scene, count: int) -> None:
    for _ in range(count):
        await scene.passes(15)


async def test_danger_is_offered_though_the_engine_knew_the_child_before(scene: Scene) -> None:
    await is_in_danger(scene)

    await clock_is_set_back(scene)
    li = await scene.counselor("li")

    await li.phone.rings()


async def test_danger_is_offered_by_a_new_leader(scene: Scene) -> None:
    await is_in_danger(scene)

    scene.house.clock.advance(-TEN_MINUTES)
    scene.house.kill("switchboard")
    scene.house.start("switchboard-2")
    li = await scene.counselor("li")

    await li.phone.rings()
    await scene.until("select 1 from offer where epoch = 2")


async def test_anybody_is_asked_when_their_stage_opens(scene: Scene) -> None:
    li = await scene.counselor("li")
    await li.does("PUT", "/me/presence", {"state": "paused", "reason": "meeting"})
    await scene.dials_and_waits(CHILD)
    await is_known_to_engine(scene)

    await clock_is_set_back(scene)
    wong = await scene.counselor("wong")  # no Mandarin: asked after 300 s, since li is on duty
    offered = await scene.count("offer")
    await quarters_of_a_minute(scene, 22)

    await wong.phone.rings()
    assert offered == 0


async def test_who_did_not_answer_is_rung_again_by_themselves(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    await li.phone.declines()
    await scene.presence("li", "paused")

    await clock_is_set_back(scene)
    await quarters_of_a_minute(scene, 4)

    await li.phone.rings()


async def test_a_phone_that_rings_stops_in_its_time(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await li.phone.rings()

    await clock_is_set_back(scene)
    await quarters_of_a_minute(scene, 2)

    await scene.until("select 1 from offer where state <> 'pending'")


async def test_a_lost_hang_up_is_found_out(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)
    await scene.carrier.faults(lose=["status"])

    await clock_is_set_back(scene)
    await child.hangs_up()
    for _ in range(3):
        await scene.passes(65)

    await scene.ends(CHILD, "hung_up")
