"""A process dies, a server dies, and comes back. Callers and promises stay."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

TWENTY = [f"154000001{number:02d}" for number in range(20)]


async def test_the_web_process_is_restarted_while_twenty_callers_wait(scene: Scene) -> None:
    for number in TWENTY:
        await scene.dials_and_waits(number)

    scene.house.stop("web")
    scene.house.start("web")
    await scene.passes(20)
    await scene.passes(20)

    await scene.until("select 1 from call where state = 'waiting' having count(*) = 20")
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(TWENTY[0])


async def test_the_web_process_is_killed_while_twenty_callers_wait(scene: Scene) -> None:
    for number in TWENTY:
        await scene.dials_and_waits(number)

    scene.house.kill("web")
    scene.house.start("web")
    await scene.passes(20)

    await scene.until("select 1 from call where state = 'waiting' having count(*) = 20")
    assert await scene.count("call") == 20


async def test_a_second_switchboard_takes_over_from_one_that_was_killed(scene: Scene) -> None:
    await scene.until("select 1 from leadership")
    scene.house.start("switchboard-2")
    numbers = TWENTY[:5]
    for number in numbers:
        await scene.dials_and_waits(number)
    epoch = (await scene.house.rows("select epoch from leadership"))[0][0]

    scene.house.kill("switchboard")
    await scene.house.is_led_anew(epoch)
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(numbers[0])
    assert await scene.count("offer") == 1


async def test_a_switchboard_killed_while_it_rang_somebody_leaves_no_second_offer(
    scene: Scene,
) -> None:
    li = await scene.counselor("li")
    await scene.dials_and_waits(TWENTY[0])
    await li.phone.rings()

    scene.house.kill("switchboard")
    scene.house.start("switchboard-2")
    await scene.house.is_led_anew()
    await li.phone.answers()

    await scene.talk(TWENTY[0])
    assert await scene.count("offer") == 1
    assert await scene.carrier.dialled("client:li") == 1


async def test_calls_and_flags_go_on_while_redis_is_dead(scene_with_own_redis: Scene) -> None:
    scene = scene_with_own_redis
    li, child = await scene.talking("li", TWENTY[0])
    call = await scene.call_of(TWENTY[0])

    scene.kill_redis()
    await li.does("POST", f"/calls/{call}/flags", {"level": "imminent", "summary": "x"})
    await scene.handset("02000000202").rings()
    scene.start_redis()
    await child.hangs_up()

    await scene.ends(TWENTY[0], "talked")
    await scene.until("select 1 from delivery where state = 'submitted'")
