"""Passwords and PINs: set, checked, and never in a way that a flood could stop the calls."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from hotline.errors import Invalid, NotFound, TooBusy
from hotline.staff.hashing import BEHIND, NOBODY, HashingProcesses, hash_fits, make_hash
from hotline.staff.passwords import (
    HashChecks,
    hash_password,
    hash_pin,
    password_fits,
    pin_fits,
    set_password,
)
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


async def test_a_flood_of_sign_ins_is_refused_where_it_comes_from_and_nowhere_else() -> None:
    cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    checks = HashChecks(asyncio.to_thread, most_waiting=1)
    flood = [checks.fits(GOOD, cheap, sender="flood") for _ in range(5)]

    answers = await asyncio.gather(
        *flood, checks.fits(GOOD, cheap, sender="li"), return_exceptions=True
    )

    assert answers[:3] == [True] * 3
    assert [type(it) for it in answers[3:5]] == [TooBusy] * 2
    assert answers[5] is True


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


async def test_a_pin_fits_its_own_hash_only() -> None:
    pin_hash = await hash_pin("1232")

    assert "1232" not in pin_hash
    assert await pin_fits("1232", pin_hash)
    assert not await pin_fits("1233", pin_hash)


@pytest.mark.parametrize("pin_hash", ["", "1232", "$2b$12$abc"])
async def test_no_pin_fits_what_is_no_hash_of_ours(pin_hash: str) -> None:
    assert not await pin_fits("1232", pin_hash)


async def test_no_keys_are_no_pin() -> None:
    assert not await pin_fits("", await hash_pin(""))


# ── processes that hash ─────────────────────────────────────────────────────────────────────────


def test_who_has_no_account_is_refused_at_the_price_of_one() -> None:
    kinds = [one.rpartition("$")[0].rpartition("$")[0] for one in (NOBODY, make_hash(GOOD))]

    assert kinds[0] == kinds[1] != ""
    assert [len(one) for one in (NOBODY, make_hash(GOOD))] == [len(NOBODY)] * 2
    assert not hash_fits("", NOBODY)


async def test_a_process_that_hashes_steps_back_behind_the_calls() -> None:
    here = os.getpriority(os.PRIO_PROCESS, 0)

    assert await HashingProcesses(1).run(os.getpriority, os.PRIO_PROCESS, 0) == max(BEHIND, here)


async def test_the_key_that_stops_a_program_is_for_its_parent_alone() -> None:
    hashing = HashingProcesses(1)
    one = await hashing.run(os.getpid)

    os.kill(one, signal.SIGINT)

    assert await hashing.run(os.getpid) == one


async def test_a_process_that_was_ended_from_outside_is_begun_again() -> None:
    hashing = HashingProcesses(1)
    first = await hashing.run(os.getpid)
    os.kill(first, signal.SIGKILL)

    second = await hashing.run(os.getpid)

    assert second != first
    assert await hashing.run(hash_fits, GOOD, make_hash(GOOD))


PARENT = """
import asyncio, os
from hotline.staff.hashing import HashingProcesses
print(asyncio.run(HashingProcesses(1).run(os.getpid)), flush=True)
os.kill(os.getpid(), 9)
"""


def test_a_process_that_hashes_ends_with_its_parent() -> None:
    argv = [sys.executable, "-c", PARENT]
    said = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603 – ours

    hashing = int(said.stdout)
    while Path(f"/proc/{hashing}").exists() and " Z " not in status_of(hashing):
        os.sched_yield()


def status_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return " Z "
