"""Turns for breaks that real people give to each other."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from hotline.errors import BreakNotSwapped
from hotline.staff.swaps import swap_breaks
from hotline.storage.tables import BreakSwap, Presence, Staff
from tests.fakes import NOON
from tests.hotline.staff.conftest import StaffScene
from tests.hotline.staff.test_breaks import (
    a_team,
    all_ready_since_noon,
    does,
    on_a_break,
    time_passes,
)

pytestmark = pytest.mark.anyio

MINUTES = {"chen": 0, "he": 10, "li": 20, "lin": 90, "wong": 100}  # since when they work


async def a_team_at_work(scene: StaffScene, *, certified: tuple[str, ...] = ()) -> None:
    """Five of whom one may be away; chen is due first, then he and li."""
    await a_team(scene, certified=certified)
    await all_ready_since_noon(scene)
    for name, minutes in MINUTES.items():
        await does(scene, name, working_since=NOON + timedelta(minutes=minutes))


async def gives(scene: StaffScene, giver: str, taker: str, *, by: str = "") -> BreakSwap:
    """What is done next is done a moment later: turns have an order."""
    at = scene.clock.now()
    async with scene.database.work() as work:
        swap = await swap_breaks(work, giver, taker, by_id=by or giver, at=at)
    scene.clock.advance(0.001)
    return swap


async def working_since(scene: StaffScene, name: str) -> datetime | None:
    async with scene.database.work() as work:
        return (await work.get_one(Presence, name)).working_since


async def test_who_gives_her_turn_leaves_when_the_other_would_have(scene: StaffScene) -> None:
    await a_team_at_work(scene)

    swap = await gives(scene, "chen", "he")
    away = []
    for seconds in (7200, 600):
        await time_passes(scene, seconds)
        away.append(await on_a_break(scene))

    assert (swap.giver_due_at, swap.taker_due_at) == (
        NOON + timedelta(minutes=130),
        NOON + timedelta(minutes=120),
    )
    assert away == [["he"], ["chen"]]


async def test_who_waits_for_a_place_lets_somebody_else_go_first(scene: StaffScene) -> None:
    await a_team_at_work(scene)
    back_at = NOON + timedelta(minutes=140)
    await does(scene, "chen", state="paused", reason="break_due", back_at=back_at)
    scene.clock.advance(135 * 60)

    await gives(scene, "he", "li")
    held = await on_a_break(scene)
    await time_passes(scene, 360)
    await time_passes(scene, 1)

    assert (held, await on_a_break(scene)) == (["chen"], ["li"])


async def test_who_did_it_is_kept(scene: StaffScene) -> None:
    await a_team_at_work(scene)

    await gives(scene, "chen", "he", by="wong")

    async with scene.database.work() as work:
        kept = (await work.exec(select(BreakSwap))).one()
    assert (kept.giver_id, kept.taker_id, kept.by_id, kept.at) == ("chen", "he", "wong", NOON)


async def refused(scene: StaffScene, giver: str, taker: str) -> object:
    before = [await working_since(scene, name) for name in MINUTES]
    with pytest.raises(BreakNotSwapped) as refusal:
        await gives(scene, giver, taker)
    assert [await working_since(scene, name) for name in MINUTES] == before
    return refusal.value.facts["reason"]


async def test_done_twice_it_is_not_undone(scene: StaffScene) -> None:
    await a_team_at_work(scene)
    await gives(scene, "chen", "he")

    assert await refused(scene, "chen", "he") == "not_later"


async def test_a_break_is_put_off_once(scene: StaffScene) -> None:
    await a_team_at_work(scene)
    await gives(scene, "chen", "he")

    assert await refused(scene, "chen", "li") == "put_off_too_long"


async def test_a_break_is_not_put_off_by_more_than_a_quarter_of_the_time_between(
    scene: StaffScene,
) -> None:
    await a_team_at_work(scene)

    assert await refused(scene, "chen", "lin") == "put_off_too_long"


async def test_turns_given_and_taken_in_a_row_put_no_break_off_further_than_one_may(
    scene: StaffScene,
) -> None:
    await a_team_at_work(scene)
    await does(scene, "lin", working_since=NOON + timedelta(minutes=40))
    await does(scene, "wong", working_since=NOON + timedelta(minutes=30))
    await gives(scene, "chen", "li")
    await gives(scene, "he", "chen")

    assert await refused(scene, "chen", "lin") == "put_off_too_long"
    kept = await gives(scene, "chen", "wong")
    assert kept.giver_due_at == NOON + timedelta(minutes=150)


async def test_who_was_given_a_turn_may_give_it_back(scene: StaffScene) -> None:
    await a_team_at_work(scene)
    await gives(scene, "chen", "he")

    await gives(scene, "he", "chen")
    await time_passes(scene, 7200)

    assert await on_a_break(scene) == ["chen"]


@pytest.mark.parametrize(
    "now",
    [
        {"state": "paused", "reason": "break_due", "back_at": NOON + timedelta(minutes=5)},
        {"state": "offline"},
        {"state": "paused", "reason": "meeting", "since": NOON - timedelta(hours=1)},
    ],
)
async def test_with_who_is_away_no_turn_is_swapped(
    scene: StaffScene, now: dict[str, object]
) -> None:
    await a_team_at_work(scene)
    await does(scene, "he", **now)

    assert await refused(scene, "chen", "he") == "away"
    assert await refused(scene, "he", "li") == "away"


async def test_with_who_works_for_other_lines_no_turn_is_swapped(scene: StaffScene) -> None:
    await a_team_at_work(scene)
    async with scene.database.work() as work:
        (await work.get_one(Staff, "he")).lines = ["legal"]

    assert await refused(scene, "chen", "he") == "no_line_in_common"


async def test_the_last_certified_one_is_not_sent_for_a_turn_she_was_given(
    scene: StaffScene,
) -> None:
    await a_team_at_work(scene, certified=("he",))
    await gives(scene, "chen", "he")

    await time_passes(scene, 7200)
    first = await on_a_break(scene)
    await time_passes(scene, 600)

    assert (first, await on_a_break(scene)) == ([], ["chen"])
