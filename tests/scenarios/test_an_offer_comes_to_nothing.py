"""Counselors do not answer, decline, are busy, cannot be reached. The caller keeps the place."""

import pytest

from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"


async def test_an_offer_that_rings_out_sets_the_counselor_aside(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await scene.rings(li)

    await scene.passes(21)

    await scene.until("select 1 from offer where state = 'expired'")
    await scene.presence("li", "paused")
    await scene.waits(CHILD)


async def test_a_counselor_who_was_set_aside_is_rung_again_after_a_while(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await scene.rings(li)
    await scene.passes(21)
    await scene.presence("li", "paused")

    await scene.passes(31)

    await scene.until("select 1 from offer having count(*) = 2")
    await li.phone.rings()


async def test_another_counselor_gets_the_call_that_the_first_did_not_answer(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await scene.rings(li)
    chen = await scene.counselor("chen")

    await scene.passes(21)
    await chen.phone.rings()
    await chen.phone.answers()

    await scene.talk(CHILD)


async def test_a_counselor_declines_with_a_key(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    offer = (await scene.house.rows("select id from offer"))[0][0]

    await li.does("POST", f"/offers/{offer}/decline")

    await scene.until("select 1 from offer where state = 'declined'")
    await li.phone.is_hung_up()
    await scene.waits(CHILD)


async def test_a_counselor_rejects_on_the_phone(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await li.phone.rings()

    await li.phone.declines()

    await scene.until("select 1 from offer where state = 'declined'")
    await scene.waits(CHILD)


async def test_a_counselor_whose_phone_is_busy_is_passed_over(scene: Scene) -> None:
    li = await scene.counselor("li")
    await li.phone.is_busy()
    chen = await scene.counselor("chen")

    await scene.dials_and_waits(CHILD)
    await chen.phone.rings()
    await chen.phone.answers()

    await scene.talk(CHILD)


async def test_a_softphone_that_is_not_there_does_not_cost_the_caller_the_place(
    scene: Scene,
) -> None:
    await scene.counselor("li", registered=False)

    await scene.dials_and_waits(CHILD)

    await scene.until("select 1 from offer where state in ('failed', 'expired')")
    await scene.waits(CHILD)


async def test_of_three_counselors_rung_for_a_crisis_one_gets_it(scene: Scene) -> None:
    people = [await scene.counselor(name) for name in ("li", "zhang", "he")]
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("9")
    for person in people:
        await person.phone.rings()

    await scene.at_once(*(person.phone.answers() for person in people))

    await scene.talk(CHILD)
    await scene.until("select 1 from offer where state = 'accepted' having count(*) = 1")
    await scene.until("select 1 from presence where state = 'talking' having count(*) = 1")
    await scene.until("select 1 from presence where state = 'ready' having count(*) = 2")


async def test_a_carrier_that_fails_for_two_minutes_sends_nobody_off_duty(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.carrier.faults(rest_500_without_effect=100_000)
    await scene.dials_and_waits(CHILD)
    for _ in range(12):
        await scene.passes(10)
    await scene.until("select 1 from offer where state = 'failed' having count(*) > 1")
    await scene.until("select 1 from presence where state = 'ready' and back_at is not null")

    await scene.carrier.faults(rest_500_without_effect=0)
    await scene.passes(9)

    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    assert await scene.count("presence where missed > 0") == 0
    assert await scene.count("offer where state = 'expired'") == 0
