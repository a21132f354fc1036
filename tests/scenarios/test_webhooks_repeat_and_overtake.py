"""The carrier says everything twice, late and in the wrong order. Nothing changes by that."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"


async def a_whole_call(scene: Scene) -> None:
    """Dial, menu, wait, answer, talk, hang up."""
    li = await scene.counselor("li")
    child = await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    await child.hangs_up()
    await scene.ends(CHILD, "talked")
    await scene.presence("li", "wrapping_up")


async def test_every_webhook_comes_twice(scene: Scene) -> None:
    await scene.carrier.faults(duplicate=2)

    await a_whole_call(scene)

    assert await scene.count("call") == 1
    assert await scene.count("offer") == 1
    assert await scene.count("participant") == 2, "the child and one counselor"


async def test_reports_come_in_the_wrong_order(scene: Scene) -> None:
    await scene.carrier.faults(reorder=True)

    await a_whole_call(scene)

    assert await scene.count("offer") == 1


async def test_reports_come_twice_and_in_the_wrong_order(scene: Scene) -> None:
    await scene.carrier.faults(duplicate=2, reorder=True)

    await a_whole_call(scene)


async def test_no_report_of_a_conference_ever_comes(scene: Scene) -> None:
    await scene.carrier.faults(lose=["conference"])

    await a_whole_call(scene)


async def test_the_report_that_the_caller_hung_up_is_lost(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)
    await scene.carrier.faults(lose=["status"])
    await child.hangs_up()

    await scene.passes(65)

    await scene.ends(CHILD, "hung_up")


async def test_the_carrier_is_too_busy_to_dial_at_first(scene: Scene) -> None:
    await scene.carrier.faults(rest_429=2)

    await a_whole_call(scene)


async def test_the_carrier_dials_but_answers_with_an_error(scene: Scene) -> None:
    await scene.carrier.faults(rest_500_with_effect=1)

    await a_whole_call(scene)

    assert await scene.carrier.dialled("client:li") == 1


async def test_the_redirect_of_the_caller_is_lost(scene: Scene) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    await scene.carrier.faults(rest_500_without_effect=1)

    await li.phone.answers()
    await scene.passes(20)

    await scene.talk(CHILD)
