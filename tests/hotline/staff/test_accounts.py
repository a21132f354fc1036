"""Passwords: set, checked, and never in a way that a flood of them could stop the house."""

import asyncio

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from hotline.errors import Invalid, NotFound
from hotline.staff.accounts import Desk, hash_password, password_fits, set_password
from hotline.staff.delays import TooManyTries
from hotline.storage.session import Database
from hotline.storage.tables import Staff

pytestmark = pytest.mark.anyio

GOOD = "correct horse battery"


async def test_a_password_fits_its_own_hash_only() -> None:
    hashed = await hash_password(GOOD)

    assert hashed.startswith("$argon2id$")
    assert await password_fits(GOOD, hashed)
    assert not await password_fits(GOOD.upper(), hashed)


async def test_an_account_without_a_password_opens_for_none() -> None:
    assert not await password_fits("", "")
    assert not await password_fits("nobody has this password", "")


async def test_a_flood_of_sign_ins_is_refused_and_the_line_is_free_again_after_it() -> None:
    desk, cheap = Desk(most=3), Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)

    answers = await asyncio.gather(
        *(desk.fits(GOOD, cheap) for _ in range(5)), return_exceptions=True
    )

    assert answers[:3] == [True] * 3
    assert [type(it) for it in answers[3:]] == [TooManyTries] * 2
    assert await desk.fits(GOOD, cheap)


@pytest.fixture
async def li(database: Database) -> Staff:
    """An account without a password."""
    staff = Staff(id="li", username="li", name="Li", password_hash="")
    async with database.work() as work:
        work.add(staff)
    return staff


async def test_a_password_that_is_too_short_changes_nothing(database: Database, li: Staff) -> None:
    with pytest.raises(Invalid, match="at least 12"):
        async with database.work() as work:
            await set_password(work, "li", "short")

    async with database.work() as work:
        assert (await work.get_one(Staff, li.id)).password_hash == ""


async def test_a_password_is_kept_as_a_hash(database: Database, li: Staff) -> None:
    async with database.work() as work:
        await set_password(work, "li", GOOD)

    async with database.work() as work:
        kept = (await work.get_one(Staff, li.id)).password_hash
    assert GOOD not in kept
    assert await password_fits(GOOD, kept)


@pytest.mark.usefixtures("li")
async def test_nobody_gets_a_password_who_has_no_account(database: Database) -> None:
    with pytest.raises(NotFound):
        async with database.work() as work:
            await set_password(work, "nobody", GOOD)
