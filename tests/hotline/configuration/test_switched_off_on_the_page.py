"""Whoever an administrator switched off stays off, whatever the files say."""

import pytest
from sqlmodel import select

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.configuration.people import is_active_in_files
from hotline.configuration.sets import load_files
from hotline.configuration.versions import NewVersion, VersionOrigin, put_in_force
from hotline.storage.session import Database
from hotline.storage.tables import Staff
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import GUANGDONG

pytestmark = pytest.mark.anyio


async def test_a_configuration_that_is_applied_switches_nobody_on_again(
    database: Database, clock: FakeClock
) -> None:
    wanted, now = load_folder(GUANGDONG), clock.now()
    query = select(Staff).where(Staff.username == "li")
    async with database.work() as work:
        await apply(work, wanted, at=now)
        li = (await work.exec(query)).one()
        li.active, li.disabled_at = False, now

    async with database.work() as work:
        told = await apply(work, wanted, at=now)

    async with database.work() as work:
        assert not (await work.exec(query)).one().active
    assert told == []


async def test_the_files_in_force_say_who_may_be_switched_on(
    database: Database, clock: FakeClock
) -> None:
    names = GUANGDONG.rglob("*.yaml")
    files = {one.relative_to(GUANGDONG).as_posix(): one.read_text("utf-8") for one in names}
    new = NewVersion(files=files, wanted=load_files(files), origin=VersionOrigin.FOLDER)
    async with database.work() as work:
        await put_in_force(work, new, at=clock.now())

    async with database.work() as work:
        known = await is_active_in_files(work, "li")
        gone = await is_active_in_files(work, "nobody")

    assert (known, gone) == (True, False)
