"""Two things at once in a talk. Afterwards rows and carrier agree, and nobody is alone."""

from typing import Any

import pytest

from tests.harness.agreement import all_agree
from tests.harness.scene import Scene
from tests.harness.talking import (
    CHILD,
    beside,
    consulting,
    guest_rings,
    staff_id,
    supervisor,
    together,
)

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]


async def test_both_sides_hang_up_at_once(scene: Scene) -> None:
    li, child = await scene.talking("li", CHILD)

    await scene.at_once(li.phone.hangs_up(), child.hangs_up())

    await scene.ends(CHILD, "talked")
    await all_agree(scene)


async def test_a_colleague_answers_in_the_second_in_which_the_ringing_ends(scene: Scene) -> None:
    _, chen, _ = await consulting(scene)

    await scene.at_once(scene.passes(20), chen.phone.answers())

    await all_agree(scene)
    await scene.talk(CHILD)


async def test_two_supervisors_answer_one_call_for_help_at_once(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    he, admin = await supervisor(scene, "he"), await supervisor(scene, "admin")
    await li.does("POST", f"/calls/{await scene.call_of(CHILD)}/help")
    await he.phone.rings()
    await admin.phone.rings()

    await scene.at_once(he.phone.answers(), admin.phone.answers())

    await scene.until("select 1 from call_event where kind = 'help.taken'")
    await all_agree(scene)
    assert await scene.count("participant where role = 'supervisor' and state = 'in_talk'") == 1
    assert await scene.count("help_call where taken_at is not null") == 1


async def test_who_was_to_take_the_caller_drops_at_the_key_press(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    lin = await scene.counselor("lin", phone="15400000301")
    call = await scene.call_of(CHILD)
    await li.does("POST", f"/calls/{call}/consult", {"colleague": await staff_id(scene, "lin")})
    await lin.phone.rings()
    await lin.phone.answers()
    await lin.phone.hears("按1")

    await scene.at_once(lin.phone.presses("1"), lin.phone.hangs_up())

    await all_agree(scene)
    await scene.talk(CHILD)
    await scene.presence("li", "talking")


async def test_who_was_to_take_the_caller_drops_as_they_are_handed_over(scene: Scene) -> None:
    li, chen, call = await together(scene)

    await scene.at_once(li.does("POST", f"/calls/{call}/hand-over"), chen.phone.hangs_up())

    await all_agree(scene)
    assert not await scene.carrier.ended(CHILD)


async def test_a_counselors_browser_dies_in_a_consult_and_nobody_is_told(scene: Scene) -> None:
    li, _, _ = await together(scene)
    await scene.until("select 1 from participant where role = 'counselor' and ends is false")
    [(sid,)] = await scene.house.rows(
        "select carrier_sid from participant where role = 'counselor' and state = 'in_talk'"
    )
    await scene.carrier.faults(lose=["conference"], lose_from=[sid])

    await li.phone.hangs_up()
    await scene.passes(20)

    await scene.until("select 1 from call_event where kind = 'counselor.succeeded'")
    await all_agree(scene)
    await scene.presence("chen", "talking")
    await scene.presence("li", "ready")


async def test_a_supervisor_takes_over_while_the_counselor_ends_the_talk(scene: Scene) -> None:
    li, he, call = await beside(scene, "whisper")

    await scene.at_once(
        he.does("POST", f"/calls/{call}/take-over"), li.does("POST", f"/calls/{call}/end")
    )

    await all_agree(scene)


async def test_the_caller_leaves_while_somebody_rings_who_was_asked_in(scene: Scene) -> None:
    _, police, _ = await guest_rings(scene, "110")

    await scene.handset(CHILD).hangs_up()

    await police.is_hung_up()
    await scene.ends(CHILD, "talked")
    await all_agree(scene)


async def test_the_caller_leaves_as_somebody_answers_who_was_asked_in(scene: Scene) -> None:
    _, police, _ = await guest_rings(scene, "110")

    await scene.at_once(scene.handset(CHILD).hangs_up(), police.answers())

    await scene.ends(CHILD, "talked")
    await all_agree(scene)


HOLD, RESUME = {"Hold": "true"}, {"Hold": "false"}
STAYS, ENDS = {"EndConferenceOnExit": "false"}, {"EndConferenceOnExit": "true"}
WHISPER, SAY = {"Coaching": "true"}, {"AnnounceMethod": "POST"}
CHANGES = (HOLD, RESUME, STAYS, ENDS, WHISPER, SAY)
HANG_UP = {"path": "Calls/", "form": {"Status": "completed"}}
TROUBLES: list[dict[str, Any]] = [
    {"what": "429"},
    {"what": "500_without_effect"},
    {"what": "500_with_effect"},
    {"what": "late", "late_s": 3.0},
    {"what": "late_effect", "late_s": 3.0},
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: one["what"])
async def test_the_carrier_is_in_trouble_at_every_act(
    scene: Scene, trouble: dict[str, Any]
) -> None:
    changes = [{"path": "Participants/", "form": form} for form in CHANGES]
    spoilt = [{**one, "method": "POST", **trouble} for one in (*changes, HANG_UP)]
    li, chen = (await scene.talking("li", CHILD))[0], await scene.counselor("chen")
    he, call = await supervisor(scene), await scene.call_of(CHILD)
    await scene.carrier.faults(rest=spoilt)

    await li.does("POST", f"/calls/{call}/consult", {"colleague": await staff_id(scene, "chen")})
    await chen.phone.rings()
    await chen.phone.answers()
    await scene.passes(4)
    await he.does("POST", f"/calls/{call}/listen")
    await he.phone.rings()
    await he.phone.answers()
    await all_agree(scene)
    await he.does("POST", f"/calls/{call}/whisper")
    await all_agree(scene)
    await li.does("POST", f"/calls/{call}/hand-over")
    await all_agree(scene)

    await scene.presence("chen", "talking")
    await scene.talk(CHILD)
    assert (await scene.carrier.conferences())[f"call-{call}"].heard_by("client:he") == {
        "client:chen"
    }


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda one: one["what"])
async def test_the_carrier_is_in_trouble_as_a_colleague_is_dialled(
    scene: Scene, trouble: dict[str, Any]
) -> None:
    li, _ = await scene.talking("li", CHILD)
    chen, call = await scene.counselor("chen"), await scene.call_of(CHILD)
    await scene.carrier.faults(rest=[{"path": "Calls.json", "method": "POST", **trouble}])

    await li.does("POST", f"/calls/{call}/consult", {"colleague": await staff_id(scene, "chen")})
    await scene.carrier.until_held(call, held=True)
    await scene.passes(30)

    await all_agree(scene)
    await scene.talk(CHILD)
    assert not await scene.carrier.ended(CHILD)
    assert await scene.count("presence where state = 'offered'") == 0
    assert chen.phone.address == "client:chen"
