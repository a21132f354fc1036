"""Breaks of real people: in turn, never the last certified one, apart from the first on."""

from datetime import timedelta

import pytest
from sqlmodel import func, select

from hotline.staff.breaks import GIVING
from hotline.staff.model import PresenceState
from hotline.staff.presence import (
    answer_danger,
    choose_presence,
    due_to_be_looked_after,
    look_after,
)
from hotline.storage.tables import Presence, Staff
from tests.fakes import NOON
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio

TEAM = ("chen", "he", "lin", "wong")  # and li: five, of whom one may be away
TWO_HOURS = NOON + timedelta(hours=2)


async def a_team(scene: StaffScene, *, certified: tuple[str, ...] = ()) -> None:
    """Li and four more of the line, all off duty."""
    for name in TEAM:
        skills = {"languages": {"cmn": 5}, "certified": name in certified}
        account = Staff(
            id=name, username=name, name=name, password_hash="", lines=["youth"], skills=skills
        )
        await scene.add(account, Presence(staff_id=name, since=NOON, idle_since=NOON))
    async with scene.database.work() as work:
        li = await work.get_one(Staff, "li")
        li.skills = {"languages": {"cmn": 5}, "certified": "li" in certified}


async def does(scene: StaffScene, name: str, **values: object) -> None:
    async with scene.database.work() as work:
        row = await work.get_one(Presence, name)
        for column, value in values.items():
            setattr(row, column, value)


async def all_ready_since_noon(scene: StaffScene) -> None:
    for name in (*TEAM, "li"):
        await does(scene, name, state="ready", working_since=NOON)


async def time_passes(scene: StaffScene, seconds: float) -> None:
    scene.clock.advance(seconds)
    async with scene.database.work() as work:
        due = await due_to_be_looked_after(work, at=scene.clock.now())
    for staff_id in due:
        async with scene.database.work() as work:
            await look_after(work, staff_id, at=scene.clock.now())


async def on_a_break(scene: StaffScene) -> list[str]:
    query = select(Presence.staff_id).where(Presence.reason == "break_due")
    async with scene.database.work() as work:
        return sorted((await work.exec(query)).all())


async def chooses(scene: StaffScene, name: str, state: PresenceState, reason: str = "") -> Presence:
    async with scene.database.work() as work:
        return await choose_presence(work, name, state, at=scene.clock.now(), reason=reason)


async def test_a_team_that_is_due_together_leaves_one_after_the_other(scene: StaffScene) -> None:
    await a_team(scene)
    await all_ready_since_noon(scene)

    away = []
    await time_passes(scene, 7200)
    for _ in range(5):
        away.append(await on_a_break(scene))
        await time_passes(scene, 600)
        await time_passes(scene, 1)

    assert away == [["chen"], ["he"], ["li"], ["lin"], ["wong"]]
    assert await on_a_break(scene) == []


async def test_whose_turn_it_is_not_goes_on_taking_calls(scene: StaffScene) -> None:
    await a_team(scene)
    await does(scene, "chen", state="paused", reason="break_due", back_at=TWO_HOURS)
    await scene.li_is("wrapping_up", call_id="c1", working_since=NOON - timedelta(hours=2))

    li = await chooses(scene, "li", PresenceState.READY)

    assert (li.state, li.reason) == ("ready", "")


async def test_a_rest_after_a_crisis_waits_for_nobody(scene: StaffScene) -> None:
    await a_team(scene)
    await does(scene, "chen", state="paused", reason="break_due", back_at=TWO_HOURS)
    since = NOON - timedelta(hours=2)
    await scene.li_is("wrapping_up", call_id="c1", working_since=since, crisis_ended_at=NOON)

    li = await chooses(scene, "li", PresenceState.READY)

    assert (li.state, li.reason) == ("paused", "rest")


async def test_the_last_certified_one_is_not_sent_but_may_go_herself(scene: StaffScene) -> None:
    await a_team(scene, certified=("li",))
    await all_ready_since_noon(scene)
    for name in TEAM:
        await does(scene, name, working_since=TWO_HOURS)

    await time_passes(scene, 7200)
    sent = await on_a_break(scene)
    li = await chooses(scene, "li", PresenceState.PAUSED, "break")

    assert sent == []
    assert (li.state, li.reason) == ("paused", "break")


async def test_who_is_ready_for_a_child_in_danger_takes_nobodys_turn(scene: StaffScene) -> None:
    await a_team(scene)
    await all_ready_since_noon(scene)
    await does(scene, "chen", state="paused", reason="meeting", since=NOON)
    async with scene.database.work() as work:
        await answer_danger(work, "chen", at=NOON)

    await time_passes(scene, 7200)

    assert await on_a_break(scene) == ["he"]


async def test_who_stays_paused_for_long_keeps_nobody_from_a_break(scene: StaffScene) -> None:
    await a_team(scene)
    await all_ready_since_noon(scene)
    await does(scene, "chen", state="paused", reason="meeting", since=NOON)

    await time_passes(scene, 7200)

    assert await on_a_break(scene) == ["he"]


async def test_an_account_that_cannot_be_read_keeps_nobody_from_a_break(scene: StaffScene) -> None:
    await a_team(scene)
    await all_ready_since_noon(scene)
    async with scene.database.work() as work:
        (await work.get_one(Staff, "chen")).skills = {"languages": "cmn"}

    await time_passes(scene, 7200)

    assert await on_a_break(scene) == ["he"]


async def test_while_one_is_given_a_break_the_next_waits_for_the_next_look(
    scene: StaffScene,
) -> None:
    await scene.li_is("ready", working_since=NOON)
    async with scene.database.work() as work:
        await work.exec(select(func.pg_advisory_xact_lock(GIVING)))
        await time_passes(scene, 7200)
    held = await on_a_break(scene)

    await time_passes(scene, 1)

    assert (held, await on_a_break(scene)) == ([], ["li"])


async def test_who_signs_in_together_has_the_first_break_apart(scene: StaffScene) -> None:
    await a_team(scene)

    began = [await chooses(scene, name, PresenceState.READY) for name in ("li", *TEAM)]

    due = [one.working_since for one in began]
    assert due == [NOON - timedelta(minutes=10 * n) for n in range(5)]


async def test_who_comes_back_from_a_break_has_the_usual_time(scene: StaffScene) -> None:
    await a_team(scene)
    await chooses(scene, "chen", PresenceState.READY)
    await scene.li_is("paused", reason="meal", working_since=NOON)
    scene.clock.advance(3600)

    li = await chooses(scene, "li", PresenceState.READY)

    assert li.working_since == scene.clock.now()
