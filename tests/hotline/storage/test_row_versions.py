"""The database keeps what counted of a row, tells it again, and forgets what nothing needs."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.rights.retention import LEAST_DAYS, RetentionLook
from hotline.storage.row_versions import as_it_was, forget_before, kept_since, versions_then
from hotline.storage.session import Database
from hotline.storage.tables import Presence, RowVersion
from tests.fakes import FakeClock
from tests.hotline.database_clock import moved_database_clock, set_database_clock
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scene(database: Database, clock: FakeClock) -> AsyncIterator[StaffScene]:
    """li, whose past is kept from noon on."""
    async with moved_database_clock(database, clock.now()):
        made = StaffScene(database, clock)
        await made.furnish()
        yield made


async def li_becomes(scene: StaffScene, state: str, **values: Any) -> datetime:
    """A minute later li does something else. Returns when."""
    at = scene.clock.advance(60)
    await set_database_clock(scene.database, at)
    await scene.li_is(state, **values)
    return at


async def states(scene: StaffScene) -> list[str]:
    """Of all versions of li's presence, in order."""
    query = select(RowVersion).where(RowVersion.kind == "presence").order_by(col(RowVersion.id))
    async with scene.database.work() as work:
        return [one.facts["state"] for one in (await work.exec(query)).all()]


async def test_each_change_of_what_counts_is_kept_and_no_other(scene: StaffScene) -> None:
    await li_becomes(scene, "ready")
    await li_becomes(scene, "ready", console="a browser", missed=1)
    await li_becomes(scene, "paused", reason="meal")

    assert await states(scene) == ["offline", "ready", "paused"]


async def test_a_row_is_told_as_it_was_and_stays_as_it_is(scene: StaffScene) -> None:
    ready = await li_becomes(scene, "ready", since=scene.clock.now())
    await li_becomes(scene, "paused", reason="meal")

    now = await scene.li()
    async with scene.database.work() as work:
        versions = await versions_then(work, "presence", ["li", "nobody"], at=ready)
    then = as_it_was(now, versions["li"])

    assert versions.keys() == {"li"}
    assert (then.state, then.reason, then.since) == ("ready", "", now.since)
    assert (await scene.li()).state == "paused"


async def test_before_the_first_version_nothing_is_known(scene: StaffScene) -> None:
    begun = scene.clock.now()

    async with scene.database.work() as work:
        before = await versions_then(work, "presence", ["li"], at=begun - timedelta(seconds=1))
        assert (before, await kept_since(work)) == ({}, begun)


async def test_what_still_holds_after_a_time_is_not_forgotten(scene: StaffScene) -> None:
    await li_becomes(scene, "ready")
    await li_becomes(scene, "paused")
    later = await li_becomes(scene, "ready")

    async with scene.database.work() as work:
        await forget_before(work, later)

    assert await states(scene) == ["paused", "ready"]


async def test_the_past_of_the_floor_goes_with_the_calls_of_its_time(scene: StaffScene) -> None:
    await li_becomes(scene, "ready")
    look = RetentionLook(database=scene.database, clock=scene.clock, kept_days=LEAST_DAYS)

    await look.look(at=scene.clock.now() + timedelta(days=LEAST_DAYS - 1))
    before = await states(scene)
    await look.look(at=scene.clock.now() + timedelta(days=LEAST_DAYS + 1))

    assert (before, await states(scene)) == (["offline", "ready"], ["ready"])
    assert (await scene.all(Presence))[0].state == "ready"
