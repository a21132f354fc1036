"""Rest, breaks, and a wrap-up that only danger may cut short."""

import pytest

from tests.harness.scene import GREETING, Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, SECOND, THIRD = "15400000001", "15400000002", "15400000003"


async def in_danger(scene: Scene, number: str) -> None:
    child = scene.handset(number)
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("9")


async def wrapping_up(scene: Scene, name: str, number: str) -> Counselor:
    counselor, child = await scene.talking(name, number)
    await child.hangs_up()
    await scene.presence(name, "wrapping_up")
    return counselor


IN_WRAP_UP = "select 1 from offer where (facts->>'in_wrap_up')::bool"


async def test_danger_cuts_a_wrap_up_short_after_its_protected_part(scene: Scene) -> None:
    li = await wrapping_up(scene, "li", CHILD)
    await scene.passes(46)

    await in_danger(scene, SECOND)
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(SECOND)
    await scene.until(IN_WRAP_UP)


async def test_danger_that_finds_nobody_else_reaches_who_has_only_just_ended_a_talk(
    scene: Scene,
) -> None:
    li = await wrapping_up(scene, "li", CHILD)

    await in_danger(scene, SECOND)
    await scene.until("select 1 from call where state = 'waiting'")
    await scene.passes(6)
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(SECOND)
    await scene.until(f"{IN_WRAP_UP} and (facts->>'waited_s')::float >= 5")


async def test_a_routine_caller_waits_for_the_end_of_a_wrap_up(scene: Scene) -> None:
    li = await wrapping_up(scene, "li", CHILD)

    await scene.dials_and_waits(SECOND)
    await scene.passes(46)
    await scene.waits(SECOND)
    assert await scene.count("offer") == 1
    await li.is_ready()

    await li.phone.rings()


async def test_a_wrap_up_goes_on_when_the_caller_in_danger_hung_up(scene: Scene) -> None:
    li = await wrapping_up(scene, "li", CHILD)
    first = await scene.call_of(CHILD)
    await in_danger(scene, SECOND)
    await scene.passes(46)
    await li.phone.rings()

    await scene.handset(SECOND).hangs_up()

    await scene.presence("li", "wrapping_up")
    assert (await li.staff.get("/me"))["presence"]["call_id"] == first


async def test_after_a_crisis_call_a_counselor_rests_and_comes_back(scene: Scene) -> None:
    li = await scene.counselor("li")
    await in_danger(scene, CHILD)
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    await scene.handset(CHILD).hangs_up()
    await scene.presence("li", "wrapping_up")

    presence = await li.does("PUT", "/me/presence", {"state": "ready", "finish_later": True})

    assert (presence["state"], presence["reason"]) == ("paused", "rest")
    await scene.passes(901)
    await scene.presence("li", "ready")


async def test_who_was_ready_for_two_hours_has_a_break(scene: Scene) -> None:
    await scene.counselor("chen")

    await scene.passes(7201)

    await scene.until("select 1 from presence where state = 'paused' and reason = 'break_due'")
    await scene.passes(601)
    await scene.presence("chen", "ready")


async def test_a_child_who_was_cut_off_in_danger_is_in_danger_when_it_calls_again(
    scene: Scene,
) -> None:
    await in_danger(scene, CHILD)
    await scene.handset(CHILD).hangs_up()
    await scene.ends(CHILD, "hung_up")
    await scene.dials_and_waits(SECOND)

    await scene.dials_and_waits(CHILD)

    await scene.until("select 1 from call where state = 'waiting' and urgency = 'crisis'")
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)


async def test_a_flag_raises_a_second_call_of_the_same_number_that_waits(scene: Scene) -> None:
    li, child = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)
    await child.hangs_up()
    await scene.presence("li", "wrapping_up")
    await scene.dials_and_waits(CHILD)

    await li.does("POST", f"/calls/{call}/flags", {"level": "high", "summary": "x"})

    await scene.until("select 1 from call where state = 'waiting' and urgency = 'crisis'")
