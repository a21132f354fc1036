"""Repeated short calls from one number are looked at, and never shut out."""

from datetime import timedelta

import pytest

from hotline.callers.attention import asks_for_attention, note_short_calls
from hotline.calls.service import lock_call
from hotline.storage.tables import Call
from tests.fakes import NOON
from tests.hotline.callers.conftest import CallersScene


@pytest.mark.parametrize(
    ("minutes_ago", "lasted_s", "asks"),
    [
        ([20, 10, 1], 5, True),
        ([20, 10], 5, False),
        ([31, 10, 1], 5, False),
        ([20, 10, 1], 20, False),
    ],
)
def test_three_calls_of_less_than_twenty_seconds_in_half_an_hour(
    minutes_ago: list[int], lasted_s: int, *, asks: bool
) -> None:
    came = [NOON - timedelta(minutes=one) for one in minutes_ago]

    found = asks_for_attention([(one, one + timedelta(seconds=lasted_s)) for one in came], at=NOON)

    assert found is asks


async def noted(scene: CallersScene) -> Call:
    """The call that waits, after somebody looked at its number."""
    async with scene.work() as work:
        await note_short_calls(work, await lock_call(work, "c1"), at=scene.clock.now())
    call: Call = await scene.get(Call, "c1")
    return call


@pytest.mark.anyio
async def test_a_number_that_hung_up_three_times_is_served_before_others(
    scene: CallersScene,
) -> None:
    for minutes in (9, 6, 3):
        await scene.called(NOON - timedelta(minutes=minutes), lasted_s=8)
    await scene.calls()

    call = await noted(scene)

    assert (call.attention, call.ahead_at) == ("short_calls", NOON - timedelta(minutes=5))
    assert await scene.kinds() == ["caller.called_often"]


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["withheld", "trunk"])
async def test_a_number_behind_which_there_may_be_many_says_nothing(
    scene: CallersScene, kind: str
) -> None:
    for minutes in (9, 6, 3):
        await scene.called(NOON - timedelta(minutes=minutes), lasted_s=8)
    await scene.calls(number_kind=kind)

    assert (await noted(scene)).attention == ""
