"""Who answers although they need not: called in at home, or out of a rest for a child in danger."""

from datetime import timedelta

import pytest

from hotline.errors import IllegalMove
from hotline.staff.presence import (
    answer_danger,
    call_in,
    leave_again,
    leave_out,
    lock_presence,
    rest_after_all,
)
from tests.fakes import NOON
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio

IN_TEN_MINUTES = NOON + timedelta(minutes=10)


async def chooses_danger(scene: StaffScene) -> tuple[str, str]:
    """Li is ready for a child in danger: what the row says then."""
    async with scene.database.work() as work:
        chosen = await answer_danger(work, "li", at=scene.clock.now())
        return chosen.state, chosen.reason


async def test_who_rests_may_answer_a_child_in_danger_and_rests_afterwards(
    scene: StaffScene,
) -> None:
    behind = {"crisis_ended_at": NOON, "crisis_in_a_row": 1, "working_since": NOON}
    await scene.li_is("paused", reason="rest", back_at=IN_TEN_MINUTES, since=NOON, **behind)

    chosen = await chooses_danger(scene)
    async with scene.database.work() as work:
        await rest_after_all(work, "li", at=scene.clock.now())

    li = await scene.li()
    assert chosen == ("ready", "answers_danger")
    assert (li.state, li.reason) == ("paused", "rest")


async def test_who_is_owed_no_rest_stays_ready_when_nobody_needs_them(scene: StaffScene) -> None:
    await scene.li_is("paused", reason="meal", since=NOON, working_since=NOON)
    await chooses_danger(scene)

    async with scene.database.work() as work:
        await rest_after_all(work, "li", at=scene.clock.now())

    li = await scene.li()
    assert (li.state, li.reason) == ("ready", "")


async def test_nobody_leaves_a_talk_for_another_child(scene: StaffScene) -> None:
    await scene.li_is("talking", call_id="c1")

    with pytest.raises(IllegalMove):
        await chooses_danger(scene)


async def test_who_is_called_in_at_home_talks_and_has_missed_nothing(scene: StaffScene) -> None:
    await scene.li_is("offline", missed=2)

    async with scene.database.work() as work:
        await call_in(work, "li", "c1", at=scene.clock.now())

    li = await scene.li()
    assert (li.state, li.reason, li.call_id, li.missed) == ("talking", "called_in", "c1", 0)


async def test_who_talks_already_is_not_called_into_another_call(scene: StaffScene) -> None:
    await scene.li_is("talking", call_id="c1")

    async with scene.database.work() as work:
        await call_in(work, "li", "c2", at=scene.clock.now())

    assert (await scene.li()).call_id == "c1"


@pytest.mark.parametrize(("console", "state"), [(None, "offline"), (IN_TEN_MINUTES, "wrapping_up")])
async def test_who_was_called_in_is_off_duty_again_unless_a_console_is_open(
    scene: StaffScene, console: object, state: str
) -> None:
    await scene.li_is("wrapping_up", call_id="c1", lease_until=console)

    async with scene.database.work() as work:
        presence = await lock_presence(work, "li")
        leave_again(work, presence, called_in=True, at=scene.clock.now())

    assert (await scene.li()).state == state


async def test_a_phone_that_could_not_be_rung_costs_nobody_anything(scene: StaffScene) -> None:
    await scene.li_is("offered", call_id="c1", missed=1)

    async with scene.database.work() as work:
        presence = await lock_presence(work, "li")
        leave_out(work, presence, at=NOON, reason="carrier_refused", for_s=2)

    li = await scene.li()
    assert (li.state, li.missed) == ("ready", 1)
    assert (li.reason, li.back_at) == ("carrier_refused", NOON + timedelta(seconds=2))
