"""Codes of a phone, recovery codes, and the step between a password and a session."""

from collections.abc import Sequence
from datetime import timedelta

import pyotp
import pytest

from hotline.errors import HalfWayOver, IllegalMove, NotFound, WrongCode
from hotline.staff.half_way import HALF_LASTS, MOST_CODES, count_code, half_way, stop_half_way
from hotline.staff.invitations import INVITATION_LASTS, accept_invitation, invite, invited
from hotline.staff.second_factor import (
    RECOVERY_CODES,
    STEP_S,
    begin_factor,
    confirm_factor,
    has_second_factor,
    recovery_codes_left,
    remove_factor,
    second_factor_fits,
)
from hotline.storage.tables import Staff
from hotline.storage.vault import Vault, make_key
from tests.hotline.staff.conftest import StaffScene

pytestmark = pytest.mark.anyio

PASSWORD = "seven blue ferries at noon"


@pytest.fixture
def vault() -> Vault:
    return Vault(make_key())


def code_at(scene: StaffScene, secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(scene.clock.now().timestamp()) + steps * STEP_S)


async def sets_up(scene: StaffScene, vault: Vault) -> tuple[str, Sequence[str]]:
    """li has a second factor; the secret, and the recovery codes."""
    async with scene.database.work() as work:
        secret = await begin_factor(work, vault, "li", at=scene.clock.now())
        code = code_at(scene, secret)
        return secret, await confirm_factor(work, vault, "li", code, at=scene.clock.now())


async def fits(scene: StaffScene, vault: Vault, given: str) -> bool:
    async with scene.database.work() as work:
        return await second_factor_fits(work, vault, "li", given, at=scene.clock.now())


async def test_a_secret_counts_only_once_a_code_has_confirmed_it(
    scene: StaffScene, vault: Vault
) -> None:
    async with scene.database.work() as work:
        await begin_factor(work, vault, "li", at=scene.clock.now())
        begun = await has_second_factor(work, "li")
        with pytest.raises(WrongCode):
            await confirm_factor(work, vault, "li", "abcdef", at=scene.clock.now())

    await sets_up(scene, vault)

    async with scene.database.work() as work:
        assert (begun, await has_second_factor(work, "li")) == (False, True)
        with pytest.raises(IllegalMove):
            await begin_factor(work, vault, "li", at=scene.clock.now())


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (1, True), (2, False)])
async def test_a_code_beside_the_present_half_minute_counts(
    scene: StaffScene, vault: Vault, steps: int, *, counts: bool
) -> None:
    secret, _ = await sets_up(scene, vault)

    assert await fits(scene, vault, code_at(scene, secret, steps=steps)) is counts


async def test_no_code_fits_twice_and_none_before_the_newest(
    scene: StaffScene, vault: Vault
) -> None:
    secret, _ = await sets_up(scene, vault)
    scene.clock.advance(2 * STEP_S)
    before, now = code_at(scene, secret, steps=-1), code_at(scene, secret)

    found = [await fits(scene, vault, code) for code in (now, now, before)]

    assert found == [True, False, False]


async def test_a_recovery_code_fits_once_however_it_is_typed(
    scene: StaffScene, vault: Vault
) -> None:
    _, codes = await sets_up(scene, vault)
    typed = codes[0].upper().replace("-", " ")

    found = [await fits(scene, vault, code) for code in (typed, codes[0])]

    assert found == [True, False]
    async with scene.database.work() as work:
        assert await recovery_codes_left(work, "li") == RECOVERY_CODES - 1


async def test_what_was_removed_opens_nothing(scene: StaffScene, vault: Vault) -> None:
    secret, codes = await sets_up(scene, vault)
    async with scene.database.work() as work:
        await remove_factor(work, "li")
    scene.clock.advance(STEP_S)

    assert not await fits(scene, vault, code_at(scene, secret))
    assert not await fits(scene, vault, codes[0])


async def test_half_a_sign_in_takes_few_codes_and_lasts_ten_minutes(scene: StaffScene) -> None:
    async with scene.database.work() as work:
        li = await work.get_one(Staff, "li")
        half = stop_half_way(work, li, "code", "", at=scene.clock.now())

    for _ in range(MOST_CODES):
        await count_code(scene.database, half.token, "code", at=scene.clock.now())

    with pytest.raises(HalfWayOver):
        await count_code(scene.database, half.token, "code", at=scene.clock.now())
    async with scene.database.work() as work:
        with pytest.raises(HalfWayOver):
            await half_way(work, half.token, "enrol", at=scene.clock.now())
        with pytest.raises(HalfWayOver):
            await half_way(work, half.token, "code", at=scene.clock.now() + HALF_LASTS)


async def test_a_link_is_used_once_and_the_newest_alone_counts(scene: StaffScene) -> None:
    async with scene.database.work() as work:
        li = await work.get_one(Staff, "li")
        older = await invite(work, li, by="li", at=scene.clock.now())
        link = await invite(work, li, by="li", at=scene.clock.now())
    async with scene.database.work() as work:
        await accept_invitation(work, link, PASSWORD, at=scene.clock.now())

    for token in (older, link):
        async with scene.database.work() as work:
            with pytest.raises(NotFound):
                await invited(work, token, at=scene.clock.now())


async def test_a_link_is_too_old_after_three_days(scene: StaffScene) -> None:
    async with scene.database.work() as work:
        li = await work.get_one(Staff, "li")
        link = await invite(work, li, by="li", at=scene.clock.now())
    almost = scene.clock.now() + INVITATION_LASTS - timedelta(seconds=1)

    async with scene.database.work() as work:
        assert (await invited(work, link, at=almost)).id == "li"
        with pytest.raises(NotFound):
            await invited(work, link, at=almost + timedelta(seconds=1))
