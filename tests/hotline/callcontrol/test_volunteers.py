"""Who chose to answer a child in danger gets the rest that was due when nobody needs them."""

from datetime import timedelta

import pytest

from hotline.calls.model import CallState
from hotline.staff.presence import answer_danger
from hotline.storage.tables import Call, Presence
from tests.fakes import NOON
from tests.hotline.callcontrol.conftest import CallControlScene

pytestmark = pytest.mark.anyio


async def chooses_danger(floor: CallControlScene) -> None:
    """A child in danger waits; li writes up a crisis call, and chooses to answer."""
    await floor.call(CallState.WAITING, queued_at=NOON, urgency="crisis")
    behind = {"crisis_ended_at": NOON, "crisis_in_a_row": 1, "working_since": NOON}
    await floor.change(Presence, "li", state="wrapping_up", call_id="before", **behind)
    async with floor.database.work() as work:
        await answer_danger(work, "li", at=floor.clock.now())


async def presence(floor: CallControlScene) -> tuple[str, str]:
    """What li does now, and why."""
    async with floor.database.work() as work:
        found = await work.get_one(Presence, "li")
    return found.state, found.reason


async def test_a_volunteer_stays_ready_while_the_child_waits(floor: CallControlScene) -> None:
    await chooses_danger(floor)

    await floor.passes(1)

    assert await presence(floor) == ("ready", "answers_danger")


async def test_a_break_that_is_due_does_not_take_a_volunteer_away(floor: CallControlScene) -> None:
    await chooses_danger(floor)
    await floor.change(Presence, "li", working_since=NOON - timedelta(hours=3))

    await floor.passes(1)

    assert await presence(floor) == ("ready", "answers_danger")


@pytest.mark.parametrize("state", [CallState.ENDED, CallState.TALKING])
async def test_the_rest_comes_after_all_when_nobody_waits_for_a_volunteer(
    floor: CallControlScene, state: CallState
) -> None:
    await chooses_danger(floor)
    await floor.change(Call, "c1", state=state)

    await floor.passes(1)

    assert await presence(floor) == ("paused", "rest")


async def test_a_volunteer_whose_offer_was_withdrawn_rests_as_well(floor: CallControlScene) -> None:
    await chooses_danger(floor)
    await floor.change(Call, "c1", state=CallState.ENDED)
    await floor.change(Presence, "li", reason="")

    await floor.passes(1)

    assert await presence(floor) == ("paused", "rest")


async def test_who_has_rested_is_left_ready(floor: CallControlScene) -> None:
    await floor.change(Presence, "li", crisis_ended_at=NOON - timedelta(minutes=20))

    await floor.passes(1)

    assert await presence(floor) == ("ready", "")
