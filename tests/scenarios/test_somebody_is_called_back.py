"""A counselor calls a child back: their own phone rings first, and the line's number is shown."""

from typing import Any

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
KEY = "6"  # the menu of 12355 has the keys 1 to 5
OWN_PHONE = "02000000301"


async def is_owed(scene: Scene) -> str:
    """The child waited, and asked to be called back. Returns the call that is owed.

    The system leaves it to people here: else it would ring them as soon as somebody is ready.
    """
    child = await scene.dials_and_waits(CHILD)
    await child.presses(KEY)
    await child.hears("再按一次6")
    await child.presses(KEY)
    await child.is_hung_up()
    await scene.ends(CHILD, "callback_owed")
    await scene.house.rows("update callback set try_at = null returning 1")
    return await scene.call_of(CHILD)


async def calls_back(li: Counselor, owed: str) -> str:
    """Li's own phone rings. Returns the call that was begun."""
    begun = await li.does("POST", f"/calls/{owed}/call-back")
    await li.phone.rings()
    return str(begun["call_id"])


async def ringing(scene: Scene) -> tuple[Counselor, Handset, str]:
    """Li is at her phone, and now the child's rings."""
    owed = await is_owed(scene)
    li = await scene.counselor("li")
    call = await calls_back(li, owed)
    child = scene.handset(CHILD)
    assert await scene.carrier.dialled(CHILD) == 0
    await li.phone.answers()
    await child.rings()
    return li, child, call


async def talking(scene: Scene) -> tuple[Counselor, Handset, str]:
    """The child has picked up."""
    li, child, call = await ringing(scene)
    await child.answers()
    await child.hears("您好，这是给您的回电，请稍候。")
    await is_(scene, call, "state = 'talking'")
    await child.is_talking_to_somebody()
    return li, child, call


async def is_(scene: Scene, call: str, what: str) -> None:
    await scene.until(f"select 1 from call where id = %s and {what}", call)


async def is_not_reached(scene: Scene, call: str, step: str) -> None:
    await is_(scene, call, f"outcome = 'not_reached' and outcome_step = '{step}'")


async def test_a_child_who_is_owed_a_call_talks_with_who_calls(scene: Scene) -> None:
    li, child, call = await talking(scene)

    await li.does("POST", f"/calls/{call}/end")

    await child.hears("谢谢，再见。")
    await child.is_hung_up()
    await is_(scene, call, "state = 'ended' and outcome = 'talked'")
    await scene.presence("li", "wrapping_up")


async def test_the_childs_number_is_in_no_row_and_in_no_log(
    scene: Scene,
) -> None:
    await talking(scene)

    rows: list[tuple[Any, ...]] = await scene.house.rows(
        "select row_to_json(participant)::text from participant"
        " union all select row_to_json(call)::text from call"
        " union all select row_to_json(call_event)::text from call_event"
    )
    logs = [file.read_text(errors="replace") for file in scene.house.logs.glob("*.log")]
    assert not [told for told in (*logs, *(row for (row,) in rows)) if CHILD in told]


async def test_a_child_who_hangs_up_leaves_a_record_to_write(scene: Scene) -> None:
    li, child, call = await talking(scene)

    await child.hangs_up()

    await li.phone.is_hung_up()
    await is_(scene, call, "outcome = 'talked'")
    await scene.presence("li", "wrapping_up")


async def test_a_phone_that_nobody_answers_is_told_and_owed_still(scene: Scene) -> None:
    li, child, call = await ringing(scene)

    await scene.passes(35)

    await li.phone.is_hung_up()
    await is_not_reached(scene, call, "no_answer")
    await scene.presence("li", "ready")
    await child.is_hung_up()


async def test_a_child_who_says_no_is_left_in_peace(scene: Scene) -> None:
    li, child, call = await ringing(scene)

    await child.declines()

    await li.phone.is_hung_up()
    await is_not_reached(scene, call, "busy")
    await scene.presence("li", "ready")


async def test_a_mailbox_hears_nothing_that_tells_who_called(scene: Scene) -> None:
    li, mailbox, call = await talking(scene)

    await li.does("POST", f"/calls/{call}/not-reached")

    await mailbox.is_hung_up()
    await is_not_reached(scene, call, "mailbox")
    await scene.presence("li", "ready")


async def test_nobodys_phone_rings_where_the_counselor_is_not_at_their_own(scene: Scene) -> None:
    owed = await is_owed(scene)
    li = await scene.counselor("li")
    call = await calls_back(li, owed)

    await scene.passes(25)

    await is_not_reached(scene, call, "not_dialled")
    await scene.presence("li", "ready")
    assert await scene.carrier.dialled(CHILD) == 0


async def test_a_counselor_who_hangs_up_while_it_rings_puts_nobody_in_a_queue(
    scene: Scene,
) -> None:
    li, child, call = await ringing(scene)

    await li.phone.hangs_up()

    await child.is_hung_up()
    await is_not_reached(scene, call, "counselor_gone")
    await scene.presence("li", "ready")


async def test_a_counselor_thinks_better_of_it_while_it_rings(scene: Scene) -> None:
    li, child, call = await ringing(scene)

    await li.does("POST", f"/calls/{call}/end")

    await child.is_hung_up()
    await li.phone.is_hung_up()
    await is_not_reached(scene, call, "given_up")


async def test_an_own_phone_is_told_no_number_and_takes_a_key(scene: Scene) -> None:
    owed = await is_owed(scene)
    li = await scene.counselor("li")
    await scene.goes_off_duty(li)
    await scene.house.rows(
        "update staff set answers_on = 'own_phone', own_phone = %s where username = 'li'"
        " returning 1",
        OWN_PHONE,
    )
    phone, child = scene.handset(OWN_PHONE), scene.handset(CHILD)

    await li.does("POST", f"/calls/{owed}/call-back")
    await phone.rings()
    await phone.answers()
    await phone.hears("你要的回电，请按1")
    assert await scene.carrier.dialled(CHILD) == 0
    await phone.presses("1")

    await child.rings()
    told = [str(e) for e in scene.carrier.journal if e.get("address") == OWN_PHONE]
    assert not [what for what in told if CHILD in what or "****" in what]
    await child.declines()
    await scene.presence("li", "ready")


async def test_a_talk_of_ours_is_handed_over_like_any(scene: Scene) -> None:
    li, child, call = await talking(scene)
    chen = await scene.counselor("chen")
    [(colleague,)] = await scene.house.rows("select id from staff where username = 'chen'")

    await li.does("POST", f"/calls/{call}/consult", {"colleague": colleague})
    await scene.carrier.until_held(call, held=True)
    await chen.phone.rings()
    await chen.phone.answers()
    await scene.until("select 1 from call_event where kind = 'colleague.joined'")
    await li.does("POST", f"/calls/{call}/hand-over")

    await li.phone.is_hung_up()
    await scene.carrier.until_held(call, held=False)
    await child.is_talking_to_somebody()
    await scene.presence("chen", "talking")


async def test_a_child_whose_counselors_line_breaks_is_put_through_again(scene: Scene) -> None:
    li, child, call = await talking(scene)

    await li.phone.hangs_up()

    await child.hears("断")
    await is_(scene, call, "state = 'waiting'")
    await li.phone.rings()
    await li.phone.answers()
    await is_(scene, call, "state = 'talking'")
    await child.is_talking_to_somebody()
