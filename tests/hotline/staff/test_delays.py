"""Patience after wrong passwords, the same for all processes."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.staff.delays import (
    FREE_TRIES,
    LONGEST_WAIT_S,
    MOST_WRONG,
    MOST_WRONG_OF_DEVICE,
    WINDOW,
    TooManyTries,
    count_device,
    count_try,
    forgive,
    wait_after,
)
from hotline.storage.session import Database
from hotline.storage.tables import SignInTry
from tests.fakes import NOON
from tests.hotline.locks import somebody_waits_for_a_lock

pytestmark = pytest.mark.anyio

SENDERS = col(SignInTry.key).startswith("sender:")


async def tries(
    database: Database, times: int, *, sender: str = "here", name: str = "li", minutes: int = 0
) -> float:
    """Count as many tries, each by some process or other. Returns what the last has to wait."""
    wait = 0.0
    for _ in range(times):
        async with database.work() as work:
            at = NOON + timedelta(minutes=minutes)
            wait = await count_try(work, sender=sender, name=name, at=at)
    return wait


def test_the_wait_doubles_and_never_becomes_a_lock() -> None:
    waits = [wait_after(FREE_TRIES + more) for more in range(5)]

    assert waits == [0, 1, 2, 4, 4]
    assert wait_after(100_000) == LONGEST_WAIT_S


async def test_guesses_from_many_places_slow_the_name_and_refuse_nobody(
    database: Database,
) -> None:
    for number in range(3 * MOST_WRONG):
        await tries(database, 1, sender=f"place {number}")

    assert await tries(database, 1, sender="where li is") == LONGEST_WAIT_S
    assert await tries(database, 1, sender="where li is", name="chen") == 0


async def test_a_sender_with_very_many_wrong_passwords_is_refused_for_every_name(
    database: Database,
) -> None:
    for number in range(MOST_WRONG):
        await tries(database, 1, name=f"name {number}")

    with pytest.raises(TooManyTries):
        await tries(database, 1)
    assert await tries(database, 1, sender="elsewhere") == 0


async def test_what_is_refused_does_not_prolong_the_refusal(database: Database) -> None:
    await tries(database, MOST_WRONG)
    for _ in range(5):
        with pytest.raises(TooManyTries):
            await tries(database, 1, minutes=14)

    assert await tries(database, 1, minutes=int(WINDOW.total_seconds() / 60) + 1) == 0


async def test_a_clock_that_was_set_back_refuses_nobody_until_it_has_caught_up(
    database: Database,
) -> None:
    await tries(database, MOST_WRONG, minutes=60)

    assert await tries(database, 1) == 0


async def test_the_right_password_forgives_the_name_and_one_try_of_the_sender(
    database: Database,
) -> None:
    for _ in range(2 * MOST_WRONG):
        await tries(database, 1)
        async with database.work() as work:
            await forgive(work, sender="here", device="", name="li")

    assert await tries(database, FREE_TRIES) == 0


async def test_who_is_forgiven_and_who_tries_at_the_same_time_do_not_stop_each_other(
    database: Database,
) -> None:
    """Both lock the sender's row, then the name's: otherwise each would wait for the other."""
    await tries(database, 1)

    async def forgiven() -> None:
        async with database.work() as work:
            await forgive(work, sender="here", device="", name="li")

    async with database.work() as trying:
        await trying.exec(select(SignInTry).where(SENDERS).with_for_update())
        forgiving = asyncio.create_task(forgiven())
        await somebody_waits_for_a_lock(database)
        wait = await count_try(trying, sender="here", name="li", at=NOON)

    await forgiving
    assert wait == 0


async def test_a_known_device_is_counted_by_itself_and_only_for_so_long(
    database: Database,
) -> None:
    known = []
    for _ in range(MOST_WRONG_OF_DEVICE + 1):
        async with database.work() as work:
            known.append(await count_device(work, "laptop", at=NOON))

    assert known == [True] * MOST_WRONG_OF_DEVICE + [False]
    assert await tries(database, 1) == 0


async def test_no_name_and_no_address_can_be_read_from_what_is_kept(database: Database) -> None:
    await tries(database, 1, sender="203.0.113.7", name="my password in the wrong field")

    async with database.work() as work:
        kept = [row.key for row in (await work.exec(select(SignInTry))).all()]
    assert len(kept) == 2
    assert not any("203" in key or "password" in key for key in kept)
