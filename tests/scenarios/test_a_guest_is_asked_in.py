"""Somebody of outside comes into a talk: the police, a parent.

The child is not alone with them before the counselor says so, and never alone afterwards.
"""

import pytest

from tests.harness.agreement import all_agree
from tests.harness.scene import Scene
from tests.harness.talking import (
    CHILD,
    PARENT,
    guest_heard,
    guest_rings,
    guest_with_the_child,
    told,
)

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

DUTY, DUTY_PIN = "02000000202", "1232"


async def test_the_police_answer_without_a_key_and_only_the_counselor_hears_them(
    scene: Scene,
) -> None:
    _, _, call = await guest_heard(scene, "110")

    await all_agree(scene)
    company = (await scene.carrier.conferences())[f"call-{call}"]
    assert company.heard_by("110") == {"client:li"}
    assert company.hears_music(CHILD)


async def test_all_hear_each_other_when_the_counselor_brings_them_together(scene: Scene) -> None:
    _, _, call = await guest_with_the_child(scene)

    await all_agree(scene)
    company = (await scene.carrier.conferences())[f"call-{call}"]
    assert company.heard_by("110") == {"client:li", CHILD}
    assert "guest.brought_in" in await told(scene)


async def test_a_parent_comes_in_by_key_1_with_the_childs_consent(scene: Scene) -> None:
    _, parent, call = await guest_rings(scene, PARENT)
    await parent.answers()
    await parent.hears("按1")
    assert await scene.count("participant where role = 'guest' and state = 'in_talk'") == 0

    await parent.presses("1")

    await scene.until("select 1 from call_event where kind = 'guest.joined'")
    await all_agree(scene)
    company = (await scene.carrier.conferences())[f"call-{call}"]
    assert company.heard_by(PARENT) == {"client:li"}


async def test_a_mailbox_at_the_parents_phone_hears_no_child(scene: Scene) -> None:
    _, parent, _ = await guest_rings(scene, PARENT)
    await parent.answers()
    await parent.hears("按1")

    await scene.passes(20)

    await parent.is_hung_up()
    await all_agree(scene)
    await scene.talk(CHILD)


async def test_nobody_of_outside_is_rung_without_the_childs_consent(scene: Scene) -> None:
    li, _ = await scene.talking("li", CHILD)
    call = await scene.call_of(CHILD)

    refused = await li.staff.tries("POST", f"/calls/{call}/guest", {"number": PARENT})

    assert refused.status_code == 422
    assert await scene.carrier.dialled(PARENT) == 0
    await all_agree(scene)


async def test_the_counselor_leaves_the_child_with_the_police(scene: Scene) -> None:
    li, _, call = await guest_with_the_child(scene)

    await li.does("POST", f"/calls/{call}/leave")

    await li.phone.is_hung_up()
    await scene.presence("li", "wrapping_up")
    await all_agree(scene)
    company = (await scene.carrier.conferences())[f"call-{call}"]
    assert company.hears(CHILD) == {"110"}
    held = await li.staff.tries("POST", f"/calls/{call}/hold")
    assert held.status_code == 409


async def test_the_child_is_back_in_line_when_the_police_hang_up_after_that(scene: Scene) -> None:
    li, police, call = await guest_with_the_child(scene)
    await li.does("POST", f"/calls/{call}/leave")
    await li.phone.is_hung_up()
    await all_agree(scene)

    await police.hangs_up()

    await scene.waits(CHILD)
    await all_agree(scene)
    assert not await scene.carrier.ended(CHILD)


async def test_the_talk_goes_on_when_the_guest_hangs_up(scene: Scene) -> None:
    _, police, _ = await guest_heard(scene)

    await police.hangs_up()

    await scene.handset(CHILD).hears("继续和刚才的辅导员")
    await all_agree(scene)
    await scene.talk(CHILD)


async def test_the_child_is_back_in_line_when_the_counselors_line_breaks_while_the_police_are_heard(
    scene: Scene,
) -> None:
    li, police, _ = await guest_heard(scene)

    await li.phone.hangs_up()

    await police.is_hung_up()
    await li.phone.rings()
    await li.phone.answers()
    await scene.talk(CHILD)
    await all_agree(scene)


async def test_a_guests_number_is_forgotten_when_their_leg_is_over(scene: Scene) -> None:
    li, parent, call = await guest_heard(scene, PARENT)

    await li.does("POST", f"/calls/{call}/let-go")

    await parent.is_hung_up()
    await all_agree(scene)
    digits = PARENT.removeprefix("0")
    assert await scene.count(f"participant where position('{digits}' in address) > 0") == 0
    assert await scene.count(f"call_event where position('{digits}' in facts::text) > 0") == 0


async def test_the_station_that_acknowledged_is_brought_together_with_the_child(
    scene: Scene,
) -> None:
    li, _ = await scene.talking("li", CHILD)
    call, duty = await scene.call_of(CHILD), scene.handset(DUTY)
    await li.does("POST", f"/calls/{call}/flags", {"level": "imminent", "client_key": "key-1"})
    await duty.rings()
    await duty.answers()
    await duty.hears("密码")
    await duty.presses(f"{DUTY_PIN}#")
    await scene.until("select 1 from escalation where state = 'acknowledged'")
    await duty.hangs_up()

    await li.does("POST", f"/calls/{call}/guest", {"number": DUTY})
    await scene.carrier.until_held(call, held=True)
    await duty.rings()
    await duty.answers()
    await duty.presses("1")
    await scene.until("select 1 from call_event where kind = 'guest.joined'")
    await duty.is_talking_to_somebody()
    await li.does("POST", f"/calls/{call}/resume")
    await scene.carrier.until_held(call, held=False)

    await all_agree(scene)
    company = (await scene.carrier.conferences())[f"call-{call}"]
    assert company.heard_by(DUTY) == {"client:li", CHILD}
    await li.does("POST", f"/calls/{call}/leave")
    await li.phone.is_hung_up()
    await all_agree(scene)
    company = (await scene.carrier.conferences())[f"call-{call}"]
    assert company.hears(CHILD) == {DUTY}
