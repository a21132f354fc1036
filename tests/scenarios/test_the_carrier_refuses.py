"""The carrier throttles or fails what we ask, before or after the effect. Nobody is rung twice."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
REFUSALS = ["429", "500_without_effect", "500_with_effect"]
RINGING = "select 1 from participant where state = 'ringing'"


@pytest.mark.parametrize("what", REFUSALS)
async def test_a_dial_that_is_refused_keeps_the_caller_in_line_and_rings_one_phone_once(
    scene: Scene, what: str
) -> None:
    li = await scene.counselor("li")
    await scene.carrier.faults(rest=[{"path": "Calls.json", "method": "POST", "what": what}])
    child = await scene.dials_and_waits(CHILD)

    await scene.carrier.has_refused(what)
    await scene.passes(3)
    await scene.passes(3)
    await scene.until(RINGING)
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(CHILD)
    assert await scene.carrier.dialled("client:li") == 1
    assert not await scene.carrier.ended(CHILD)
    assert await child.sid()


@pytest.mark.parametrize("what", REFUSALS)
async def test_a_redirect_that_is_refused_puts_the_caller_through_all_the_same(
    scene: Scene, what: str
) -> None:
    li = await scene.counselor("li")
    child = await scene.dials_and_waits(CHILD)
    await li.phone.rings()
    path = f"Calls/{await child.sid()}.json"
    await scene.carrier.faults(rest=[{"path": path, "method": "POST", "what": what}])

    await li.phone.answers()
    await scene.carrier.has_refused(what)
    if what != "429":  # that is asked again at once, below the house's clock
        await scene.passes(6)

    await scene.talk(CHILD)
    assert await scene.carrier.dialled("client:li") == 1
    assert await scene.count("offer") == 1


@pytest.mark.parametrize("what", REFUSALS)
async def test_a_hold_that_is_refused_is_asked_for_again_and_ends_no_talk(
    scene: Scene, what: str
) -> None:
    li, _ = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    await scene.carrier.faults(rest=[{"path": "Participants/", "method": "POST", "what": what}])

    await li.does("POST", f"/calls/{call}/hold")
    await scene.carrier.has_refused(what)
    await scene.passes(3)

    await scene.until("select 1 from participant where role = 'caller' and held")
    await li.does("POST", f"/calls/{call}/resume")
    await scene.passes(3)
    await scene.until("select 1 from participant where role = 'caller' and not held")
    await scene.talk(CHILD)
    assert await scene.carrier.dialled("client:li") == 1
