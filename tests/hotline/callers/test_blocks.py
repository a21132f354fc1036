"""A block is a supervisor's, for a day or with a review, and gives way to danger."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hotline.audit.queries import recent_acts
from hotline.callers.blocks import (
    AbuseCode,
    NewBlock,
    block_caller,
    end_of,
    lift_by_id,
)
from hotline.calls.service import lock_call
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.escalations.put_through import is_blocked
from hotline.storage.tables import Escalation, Station
from tests.fakes import NOON
from tests.hotline.callers.conftest import HE, CallersScene

DAY = NewBlock(code=AbuseCode.INSULTING)


@pytest.mark.parametrize(
    ("hours", "review_on"),
    [(25, None), (48, NOON.date() + timedelta(days=3)), (48, date(2020, 1, 1)), (721, NOON.date())],
)
def test_a_long_block_needs_a_review_before_its_end_and_has_one(
    hours: int, review_on: date | None
) -> None:
    with pytest.raises(Invalid):
        end_of(NewBlock(code=AbuseCode.PRANK, hours=hours, review_on=review_on), at=NOON)


def test_a_day_needs_none_and_thirty_days_are_the_most() -> None:
    longest = NewBlock(code=AbuseCode.PRANK, hours=720, review_on=NOON.date() + timedelta(days=7))

    assert end_of(DAY, at=NOON) == NOON + timedelta(days=1)
    assert end_of(longest, at=NOON) == NOON + timedelta(days=30)


async def blocked(scene: CallersScene) -> str:
    """The supervisor blocks the child's number. The block's id."""
    key = await scene.called(outcome="talked")
    async with scene.work() as work:
        call = await lock_call(work, key)
        return (await block_caller(work, call, DAY, at=scene.clock.now(), by="he")).id


async def is_turned_away(scene: CallersScene) -> bool:
    async with scene.work() as work:
        return await is_blocked(work, await lock_call(work, "c1"), at=scene.clock.now())


@pytest.mark.anyio
async def test_the_number_is_turned_away_for_a_day_and_the_audit_tells(
    scene: CallersScene,
) -> None:
    await blocked(scene)
    await scene.calls()

    assert await is_turned_away(scene)

    scene.clock.advance(24 * 3600)
    assert not await is_turned_away(scene)
    async with scene.work() as work:
        [act] = await recent_acts(work, ["youth"])
    assert (act.kind, act.subject, act.by) == ("caller_blocked", "138****8000", "He")


@pytest.mark.anyio
async def test_another_line_and_another_number_are_not_concerned(scene: CallersScene) -> None:
    await blocked(scene)
    await scene.calls(from_index="somebody-else")

    assert not await is_turned_away(scene)


@pytest.mark.anyio
async def test_a_supervisor_of_the_line_lifts_it_and_nobody_else(scene: CallersScene) -> None:
    block_id = await blocked(scene)
    await scene.calls()
    stranger = replace(HE, lines=("legal",))
    async with scene.work() as work:
        with pytest.raises(NotFound):
            await lift_by_id(work, block_id, stranger, at=scene.clock.now())

    async with scene.work() as work:
        await lift_by_id(work, block_id, HE, at=scene.clock.now())

    assert not await is_turned_away(scene)
    with pytest.raises(IllegalMove):
        async with scene.work() as work:
            await lift_by_id(work, block_id, HE, at=scene.clock.now())


@pytest.mark.anyio
async def test_a_number_is_blocked_once_at_a_time_and_again_afterwards(
    scene: CallersScene,
) -> None:
    await blocked(scene)
    with pytest.raises(IllegalMove):
        await blocked(scene)

    scene.clock.advance(25 * 3600)

    await blocked(scene)


@pytest.mark.anyio
async def test_a_crisis_call_of_the_day_suspends_it(scene: CallersScene) -> None:
    await blocked(scene)
    await scene.called(urgency="crisis")
    await scene.calls()

    assert not await is_turned_away(scene)


@pytest.mark.anyio
async def test_an_open_escalation_suspends_it(scene: CallersScene) -> None:
    await blocked(scene)
    key = await scene.called(NOON - timedelta(days=3), outcome="talked")
    await scene.add(
        Station(id="s", name="天河", name_en="Tianhe", division="440106", phone="1"),
        Escalation(id="e", call_id=key, number="1", station_id="s", level="high",
                   state="open", next_due_at=NOON, created_at=NOON),
    )  # fmt: skip
    await scene.calls()

    assert not await is_turned_away(scene)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "call", [{"from_index": ""}, {"number_kind": "trunk"}, {"urgency": "crisis"}]
)
async def test_nobody_is_blocked_without_a_number_or_in_danger(
    scene: CallersScene, call: dict[str, Any]
) -> None:
    key = await scene.called(outcome="talked", **call)

    with pytest.raises(IllegalMove):
        async with scene.work() as work:
            await block_caller(work, await lock_call(work, key), DAY, at=NOON, by="he")
