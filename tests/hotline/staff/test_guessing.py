"""Whoever guesses is slowed in every process alike, and whoever belongs here still comes in."""

import asyncio

import pyotp
import pytest

from hotline.errors import HalfWayOver
from hotline.staff.delays import (
    LONGEST_WAIT_S,
    MOST_WRONG,
    MOST_WRONG_OF_DEVICE,
    WINDOW,
    TooManyTries,
    count_device,
    count_proof,
    count_try,
    forgive,
)
from hotline.staff.half_way import MOST_CODES, count_code, stop_half_way
from hotline.staff.second_factor import begin_factor, confirm_factor, second_factor_fits
from hotline.storage.tables import Staff
from hotline.storage.vault import Vault, make_key
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio


async def tries(scene: StaffScene, sender: str, name: str) -> float | str:
    """A password is sent. Returns how long it waits, or that it is not looked at."""
    try:
        async with scene.database.work() as work:
            return await count_try(work, sender=sender, name=name, at=scene.clock.now())
    except TooManyTries:
        return "refused"


async def sends_code(scene: StaffScene, token: str) -> str:
    """A code is sent. Returns whether it is looked at."""
    try:
        await count_code(scene.database, token, "code", at=scene.clock.now())
    except (TooManyTries, HalfWayOver) as fault:
        return type(fault).__name__
    return "looked at"


async def begins(scene: StaffScene, *, device: str = "") -> str:
    """Somebody who knows li's password is asked for a code."""
    async with scene.database.work() as work:
        staff = await work.get_one(Staff, "li")
        return stop_half_way(work, staff, "code", device, at=scene.clock.now()).token


async def test_many_names_from_one_address_are_one_guesser(scene: StaffScene) -> None:
    told = [await tries(scene, "evil", f"name {n}") for n in range(MOST_WRONG + 3)]

    assert told == [0.0] * MOST_WRONG + ["refused"] * 3


async def test_one_name_from_many_addresses_is_slowed_and_its_night_shift_comes_in(
    scene: StaffScene,
) -> None:
    told = [await tries(scene, f"bot {n}", "li") for n in range(60)]

    assert told[-1] == LONGEST_WAIT_S, "each further guess waits as long as a wait may be"
    assert await tries(scene, "where li sits", "li") == LONGEST_WAIT_S, "and is looked at"
    async with scene.database.work() as work:
        assert await count_device(work, "li's own browser", at=scene.clock.now())


async def test_an_own_account_does_not_wash_guesses_at_others_away(scene: StaffScene) -> None:
    """Whoever has one signs in between guesses, as often as they like."""
    told = []
    for number in range(MOST_WRONG + 5):
        told.append(await tries(scene, "insider", f"name {number}"))
        if await tries(scene, "insider", "insider") != "refused":
            async with scene.database.work() as work:
                await forgive(work, sender="insider", device="", name="insider")

    assert told[MOST_WRONG:] == ["refused"] * 5


async def test_beginning_again_gives_no_more_codes_to_guess(scene: StaffScene) -> None:
    told = []
    for _ in range(4):
        token = await begins(scene)
        told += [await sends_code(scene, token) for _ in range(MOST_CODES)]

    assert told.count("looked at") == MOST_WRONG_OF_DEVICE
    assert told[MOST_WRONG_OF_DEVICE:] == ["TooManyTries"] * (4 * MOST_CODES - MOST_WRONG_OF_DEVICE)


async def test_many_codes_at_once_are_counted_one_by_one(scene: StaffScene) -> None:
    tokens = [await begins(scene) for _ in range(4)]

    told = await asyncio.gather(
        *(sends_code(scene, token) for token in tokens for _ in range(MOST_CODES + 1))
    )

    assert told.count("looked at") <= MOST_WRONG_OF_DEVICE


async def test_whoever_knows_the_password_does_not_keep_its_owners_browser_out(
    scene: StaffScene,
) -> None:
    for _ in range(3):
        token = await begins(scene)
        for _ in range(MOST_CODES):
            await sends_code(scene, token)

    own = await begins(scene, device="li's own browser")

    assert await sends_code(scene, own) == "looked at"


async def test_recovery_codes_are_guessed_at_out_of_the_same_few_tries(scene: StaffScene) -> None:
    vault, at = Vault(make_key()), scene.clock.now()
    async with scene.database.work() as work:
        secret = await begin_factor(work, vault, "li", at=at)
        code = pyotp.TOTP(secret).at(int(at.timestamp()))
        real = await confirm_factor(work, vault, "li", code, at=at)
    wrong = [real[0][:-1], real[0] + "a", "", "-" * 40, "0" * 60]
    async with scene.database.work() as work:
        fits = [await second_factor_fits(work, vault, "li", one, at=at) for one in wrong]

    assert not any(fits)
    tokens = [await begins(scene) for _ in range(3)]
    told = [await sends_code(scene, token) for token in tokens for _ in range(MOST_CODES)]

    assert told.count("looked at") == MOST_WRONG_OF_DEVICE


async def test_guesses_at_an_open_browser_are_forgiven_by_time_alone(scene: StaffScene) -> None:
    async def proves() -> bool:
        try:
            async with scene.database.work() as work:
                await count_proof(work, "again li", at=scene.clock.now())
        except TooManyTries:
            return False
        return True

    told = [await proves() for _ in range(MOST_WRONG_OF_DEVICE + 2)]
    scene.clock.advance(WINDOW.total_seconds() + 1)

    assert told == [True] * MOST_WRONG_OF_DEVICE + [False] * 2
    assert await proves()
