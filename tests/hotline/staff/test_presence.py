"""What a counselor is doing now: chosen, set aside, looked after, and ended with the browser."""

from datetime import timedelta

import pytest

from hotline.errors import IllegalMove, NotFound
from hotline.staff.model import MISSES_BEFORE_PAUSE, PresenceEvent, PresenceState
from hotline.staff.presence import (
    choose_presence,
    due_to_be_looked_after,
    end_wrap_up,
    lock_presence,
    look_after,
    move_presence,
    release_offer,
    set_aside,
)
from tests.fakes import NOON
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio

S = PresenceState


async def chooses(scene: StaffScene, state: PresenceState, reason: str = "") -> None:
    async with scene.database.work() as work:
        await choose_presence(work, "li", state, at=scene.clock.now(), reason=reason)


async def lets_it_ring(scene: StaffScene) -> None:
    """An offer comes to nothing at li's phone."""
    await scene.li_is("offered", call_id="c1")
    async with scene.database.work() as work:
        presence = await lock_presence(work, "li")
        set_aside(work, presence, at=scene.clock.now(), reason="no_answer", for_s=30)


async def is_looked_after(scene: StaffScene, after_s: float) -> None:
    scene.clock.advance(after_s)
    async with scene.database.work() as work:
        for staff_id in await due_to_be_looked_after(work, at=scene.clock.now()):
            await look_after(work, staff_id, at=scene.clock.now())


async def test_a_choice_is_kept_with_its_reason_and_the_moment(scene: StaffScene) -> None:
    await chooses(scene, S.READY)
    scene.clock.advance(60)

    await chooses(scene, S.PAUSED, "meal")

    li = await scene.li()
    assert (li.state, li.reason, li.since) == ("paused", "meal", scene.clock.now())


async def test_another_reason_is_no_new_pause(scene: StaffScene) -> None:
    await chooses(scene, S.PAUSED, "meal")
    scene.clock.advance(60)

    await chooses(scene, S.PAUSED, "meeting")

    assert ((await scene.li()).reason, (await scene.li()).since) == ("meeting", NOON)


@pytest.mark.parametrize("state", [S.READY, S.PAUSED, S.OFFLINE])
async def test_nobody_changes_presence_in_the_middle_of_a_talk(
    scene: StaffScene, state: PresenceState
) -> None:
    await scene.li_is("talking", call_id="c1")

    with pytest.raises(IllegalMove, match="Finish what you are doing first"):
        await chooses(scene, state)

    assert ((await scene.li()).state, (await scene.li()).call_id) == ("talking", "c1")


async def test_what_comes_too_late_is_ignored(scene: StaffScene) -> None:
    async with scene.database.work() as work:
        presence = await lock_presence(work, "li")
        assert not move_presence(work, presence, PresenceEvent.ACCEPTED, at=NOON)

    assert (await scene.li()).state == "offline"


async def test_who_lets_a_call_ring_is_back_by_themselves_after_a_while(scene: StaffScene) -> None:
    await lets_it_ring(scene)
    aside = await scene.li()

    await is_looked_after(scene, 30)

    assert (aside.state, aside.reason, aside.call_id) == ("paused", "no_answer", None)
    assert aside.back_at == NOON + timedelta(seconds=30)
    assert (await scene.li()).state == "ready"


async def test_who_lets_several_ring_in_a_row_is_back_when_they_say_so(scene: StaffScene) -> None:
    for _ in range(MISSES_BEFORE_PAUSE):
        await lets_it_ring(scene)

    await is_looked_after(scene, 3600)
    still_away = (await scene.li()).state
    await chooses(scene, S.READY)

    assert still_away == "paused"
    assert ((await scene.li()).state, (await scene.li()).missed) == ("ready", 0)


async def test_who_is_not_needed_after_all_is_ready_again(scene: StaffScene) -> None:
    await scene.li_is("offered", call_id="c1")

    async with scene.database.work() as work:
        release_offer(work, await lock_presence(work, "li"), at=NOON)

    assert ((await scene.li()).state, (await scene.li()).call_id) == ("ready", None)


@pytest.mark.parametrize("missed", [True, False])
async def test_a_wrap_up_that_a_crisis_cut_short_goes_on(scene: StaffScene, missed: bool) -> None:  # noqa: FBT001 – both ways an offer comes to nothing
    await scene.li_is("offered", call_id="crisis", cut_short_call_id="c1")

    async with scene.database.work() as work:
        presence = await lock_presence(work, "li")
        if missed:
            set_aside(work, presence, at=NOON, reason="no_answer", for_s=30)
        else:
            release_offer(work, presence, at=NOON)

    li = await scene.li()
    assert (li.state, li.call_id, li.missed) == ("wrapping_up", "c1", 0)


@pytest.mark.parametrize(("call", "state"), [("c1", "ready"), ("older", "wrapping_up")])
async def test_only_the_record_of_the_last_call_ends_its_wrap_up(
    scene: StaffScene, call: str, state: str
) -> None:
    await scene.li_is("wrapping_up", call_id="c1", working_since=NOON)

    async with scene.database.work() as work:
        await end_wrap_up(work, "li", call, at=NOON)

    assert (await scene.li()).state == state


async def test_who_has_worked_long_gets_a_break_before_the_next_call(scene: StaffScene) -> None:
    await scene.li_is("ready", working_since=NOON)

    await is_looked_after(scene, 7200)

    li = await scene.li()
    assert (li.state, li.reason) == ("paused", "break_due")
    assert li.back_at == scene.clock.now() + timedelta(seconds=600)


async def test_a_break_that_is_under_way_is_not_ended_by_wanting_to_work(
    scene: StaffScene,
) -> None:
    await scene.li_is("ready", working_since=NOON)
    await is_looked_after(scene, 7200)

    await chooses(scene, S.READY)
    before = (await scene.li()).state
    await is_looked_after(scene, 600)

    assert (before, (await scene.li()).state) == ("paused", "ready")


async def test_nobody_has_a_presence_who_has_no_account(scene: StaffScene) -> None:
    async with scene.database.work() as work:
        with pytest.raises(NotFound):
            await lock_presence(work, "nobody")
