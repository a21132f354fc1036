"""What an account was given and counts no more: sessions, and offers that were made before."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.staff.revocation import (
    end_sessions,
    end_sessions_of_switched_off,
    may_be_called_in,
    may_be_rung,
    note_changes,
    works_for,
)
from hotline.storage.tables import Staff, StaffSession
from tests.fakes import NOON
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio


def session_of_li(name: str) -> StaffSession:
    return StaffSession(
        token_hash=name,
        staff_id="li",
        kind="cookie",
        created_at=NOON,
        confirmed_at=NOON,
        seen_at=NOON,
        expires_at=NOON + timedelta(hours=8),
    )


async def sessions(scene: StaffScene) -> list[StaffSession]:
    async with scene.database.work() as work:
        return list((await work.exec(select(StaffSession))).all())


async def changed(scene: StaffScene, column: str, value: object) -> Staff:
    """Li's account after one of its columns was changed."""
    async with scene.database.work() as work:
        li = await work.get_one(Staff, "li")
        setattr(li, column, value)
        await note_changes(work, li, [column])
        return li


@pytest.mark.parametrize(
    ("column", "value", "later"),
    [("lines", [], 1), ("skills", {}, 1), ("own_phone", "02000000001", 1), ("name", "Li Na", 0)],
)
async def test_offers_made_before_fall_with_what_decided_them(
    scene: StaffScene, column: str, value: object, later: int
) -> None:
    async with scene.database.work() as work:
        before = (await work.get_one(Staff, "li")).revision

    assert (await changed(scene, column, value)).revision == before + later


async def test_new_roles_want_a_new_proof_of_who_sits_there(scene: StaffScene) -> None:
    await scene.add(session_of_li("a"))

    await changed(scene, "roles", ["supervisor"])

    (kept,) = await sessions(scene)
    assert kept.confirmed_at is None


async def test_who_is_switched_off_is_out_everywhere(scene: StaffScene) -> None:
    await scene.add(session_of_li("a"), session_of_li("b"))

    li = await changed(scene, "active", value=False)

    assert (await sessions(scene), li.generation) == ([], 1)


async def test_ending_all_sessions_but_ones_own_keeps_that_one_in_force(scene: StaffScene) -> None:
    await scene.add(session_of_li("own-and-more"), session_of_li("lost"))

    async with scene.database.work() as work:
        await end_sessions(work, await work.get_one(Staff, "li"), but="own")

    (kept,) = await sessions(scene)
    assert (kept.token_hash, kept.generation) == ("own-and-more", 1)


async def test_who_was_switched_off_by_hand_in_the_database_is_out_as_well(
    scene: StaffScene,
) -> None:
    await scene.add(session_of_li("a"))
    async with scene.database.work() as work:
        (await work.get_one(Staff, "li")).active = False

    async with scene.database.work() as work:
        await end_sessions_of_switched_off(work)

    assert await sessions(scene) == []


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ({"roles": ["counselor"]}, (True, True)),
        ({"roles": ["supervisor"]}, (False, True)),
        ({"roles": ["planner"]}, (False, False)),
        ({"roles": ["counselor"], "active": False}, (False, False)),
    ],
)
async def test_calls_are_offered_to_counselors_and_alarms_to_supervisors_too(
    scene: StaffScene, account: dict[str, object], told: tuple[bool, bool]
) -> None:
    async with scene.database.work() as work:
        li = await work.get_one(Staff, "li")
        for column, value in account.items():
            setattr(li, column, value)
        await work.flush()
        query = select(may_be_rung(), may_be_called_in()).where(col(Staff.id) == "li")

        assert (await work.exec(query)).one() == told


async def test_who_works_for_one_of_the_lines_is_found_and_for_no_line_nobody(
    scene: StaffScene,
) -> None:
    async with scene.database.work() as work:
        found = {
            lines: (await work.exec(select(Staff.id).where(works_for(lines)))).all()
            for lines in (("youth", "women"), ("women",), ())
        }

    assert found == {("youth", "women"): ["li"], ("women",): [], (): []}
