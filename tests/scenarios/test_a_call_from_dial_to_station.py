"""The main job: a child dials, a counselor answers, a flag is raised, a station acknowledges."""

import pytest

from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

DUTY_PHONE, DUTY_PIN = "02000000202", "1232"


async def test_a_child_is_answered_and_a_station_acknowledges(scene: Scene) -> None:
    li = await scene.counselor("li")
    child = scene.handset("15400000001")

    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("1")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk("15400000001")
    call = await scene.call_of("15400000001")
    flag = {"level": "imminent", "summary": "says she has taken pills", "client_key": "key-1"}
    await li.does("POST", f"/calls/{call}/flags", flag)
    duty = scene.handset(DUTY_PHONE)
    await duty.rings()
    await duty.answers()
    await duty.hears("PIN|密码|工号")
    await duty.presses(f"{DUTY_PIN}#")
    await scene.until("select 1 from escalation where state = 'acknowledged'")
    await child.hangs_up()

    await scene.ends("15400000001", "talked")


async def test_whoever_says_nothing_reaches_a_human(scene: Scene) -> None:
    li = await scene.counselor("li")
    child = scene.handset("15400000001")

    await child.dials("12355")
    await child.hears(GREETING)
    await scene.passes(30)
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk("15400000001")
    await child.hangs_up()

    await scene.ends("15400000001", "talked")


async def test_a_caller_in_danger_is_served_before_one_who_came_earlier(scene: Scene) -> None:
    early, urgent = scene.handset("15400000001"), scene.handset("15400000002")
    await early.dials("12355")
    await early.hears(GREETING)
    await early.presses("1")
    await scene.waits("15400000001")
    await urgent.dials("12355")
    await urgent.hears(GREETING)
    await urgent.presses("9")
    await scene.waits("15400000002")

    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk("15400000002")
    await scene.waits("15400000001")


async def test_the_danger_key_works_while_waiting(scene: Scene) -> None:
    child = scene.handset("15400000001")
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("1")
    await scene.waits("15400000001")

    await child.presses("9")

    await scene.until("select 1 from call where urgency = 'crisis' and state = 'waiting'")


async def test_a_caller_without_a_number_is_served_like_any_other(scene: Scene) -> None:
    li = await scene.counselor("li")
    child = scene.handset("anonymous")

    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("1")
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk("anonymous")
    await child.hangs_up()

    await scene.ends("anonymous", "talked")
    assert await scene.house.rows("select from_masked from call") == [("未知",)]


async def test_a_counselor_on_an_own_phone_presses_one_to_take_the_call(scene: Scene) -> None:
    lin = await scene.counselor("lin", phone="15400000301")
    child = scene.handset("15400000001")

    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("4")
    await lin.phone.rings()
    await lin.phone.answers()
    await lin.phone.hears("1")
    await scene.waits("15400000001")
    await lin.phone.presses("1")

    await scene.talk("15400000001")


async def test_a_mailbox_that_answers_an_own_phone_does_not_take_the_child(scene: Scene) -> None:
    lin = await scene.counselor("lin", phone="15400000301")
    child = scene.handset("15400000001")
    await child.dials("12355")
    await child.hears(GREETING)
    await child.presses("4")
    await lin.phone.rings()

    await lin.phone.answers()
    await lin.phone.hears("1")
    await scene.passes(15)
    await lin.phone.is_hung_up()

    await scene.until("select 1 from offer where state in ('declined', 'expired')")
    await scene.waits("15400000001")


async def test_the_talk_ends_when_the_counselor_ends_it(scene: Scene) -> None:
    li, child = await scene.talking("li", "15400000001")
    call = await scene.call_of("15400000001")

    await li.does("POST", f"/calls/{call}/end")
    await child.is_hung_up()

    await scene.ends("15400000001", "talked")
    await scene.presence("li", "wrapping_up")


async def test_a_caller_on_hold_hears_music_and_comes_back(scene: Scene) -> None:
    li, _child = await scene.talking("li", "15400000001")
    call = await scene.call_of("15400000001")

    await li.does("POST", f"/calls/{call}/hold")
    await scene.carrier.until_held(call, held=True)
    await li.does("POST", f"/calls/{call}/resume")
    await scene.carrier.until_held(call, held=False)

    # The carrier takes somebody off hold before its answer has reached us and is stored.
    await scene.until(
        "select 1 from call join participant p on p.call_id = call.id where call.state = 'talking'"
        " group by call.id having not bool_or(hold_wanted or held)"
    )


async def test_after_the_record_is_saved_the_counselor_takes_the_next_call(scene: Scene) -> None:
    li, child = await scene.talking("li", "15400000001")
    await child.hangs_up()
    await scene.presence("li", "wrapping_up")
    await scene.dials_and_waits("15400000002")

    await li.is_ready()

    await li.phone.rings()
