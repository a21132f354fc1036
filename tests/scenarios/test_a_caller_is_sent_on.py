"""A counselor sends a caller on: they wait at the place they had, and nobody in danger does."""

import pytest

from tests.harness.agreement import all_agree
from tests.harness.scene import GREETING, Counselor, Scene
from tests.harness.talking import CHILD, consulting, staff_id

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

PLACE = "select queued_at, line_id from call where id = %s"


async def answers_when_left(scene: Scene, before: Counselor, now: Counselor) -> None:
    """Who answers while the other's leg still ends waits a moment: here they answer after it."""
    await before.phone.is_hung_up()
    await now.phone.answers()
    await scene.talk(CHILD)


async def test_the_place_in_line_is_kept_and_another_counselor_takes_the_caller(
    scene: Scene,
) -> None:
    li, child = await scene.talking("li", CHILD)
    chen, call = await scene.counselor("chen"), await scene.call_of(CHILD)
    before = await scene.house.rows(PLACE, call)

    await li.does("POST", f"/calls/{call}/send-on", {"topic": "study"})

    await child.hears("转|排")
    await chen.phone.rings()
    assert await scene.house.rows(PLACE, call) == before
    await answers_when_left(scene, li, chen)
    await all_agree(scene)
    await scene.presence("li", "wrapping_up")
    await scene.presence("chen", "talking")


async def test_a_caller_is_sent_on_to_a_named_colleague(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    wong, chen = await scene.counselor("wong"), await scene.counselor("chen")
    call = await scene.call_of(CHILD)

    await li.does("POST", f"/calls/{call}/send-on", {"colleague": await staff_id(scene, "chen")})

    await chen.phone.rings()
    await answers_when_left(scene, li, chen)
    await all_agree(scene)
    assert not await wong.phone.was_rung()


async def test_a_caller_in_danger_is_not_sent_on(scene: Scene) -> None:
    li, child = await scene.counselor("li"), scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("9")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    call = await scene.call_of(CHILD)

    refused = await li.staff.tries("POST", f"/calls/{call}/send-on", {"topic": "study"})

    assert refused.status_code == 409
    await all_agree(scene)
    await scene.talk(CHILD)


async def test_a_line_that_does_not_exist_is_refused_and_the_talk_goes_on(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)

    refused = await li.staff.tries(
        "POST", f"/calls/{await scene.call_of(CHILD)}/send-on", {"line": "nowhere"}
    )

    assert refused.status_code == 422
    await all_agree(scene)
    await scene.talk(CHILD)


async def test_a_colleague_who_rings_is_not_rung_any_more_when_the_caller_is_sent_on(
    scene: Scene,
) -> None:
    li, chen, call = await consulting(scene)
    await scene.goes_off_duty(chen)

    await li.does("POST", f"/calls/{call}/send-on", {"topic": "family"})

    await chen.phone.is_hung_up()
    await scene.waits(CHILD)
    await all_agree(scene)
    assert not await scene.carrier.ended(CHILD)


async def test_a_caller_who_is_sent_on_is_taken_though_the_counselors_hang_up_fails(
    scene: Scene,
) -> None:
    li, _ = await scene.talking("li", CHILD)
    chen, call = await scene.counselor("chen"), await scene.call_of(CHILD)
    hang_up = {"path": "Calls/", "method": "POST", "form": {"Status": "completed"}}
    await scene.carrier.faults(rest=[{**hang_up, "what": "429", "times": 3}])

    await li.does("POST", f"/calls/{call}/send-on", {"topic": "study"})
    await chen.phone.rings()
    await chen.phone.answers()
    await li.phone.is_hung_up()

    await all_agree(scene)
    assert not await scene.carrier.ended(CHILD)
