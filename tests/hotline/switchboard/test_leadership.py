"""One switchboard leads; the next one's turn comes when the first is gone, and ends its rights."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from hotline.storage.news import Change
from hotline.storage.tables import Leadership
from hotline.switchboard.leadership import (
    Lead,
    NoLongerLeading,
    leadership,
    require_lead,
    take_over,
)
from tests.hotline.locks import PATIENCE_S, somebody_stands_by, somebody_waits_for_a_lock
from tests.hotline.switchboard.conftest import SwitchboardScene

pytestmark = pytest.mark.anyio


async def check(floor: SwitchboardScene, epoch: int) -> None:
    """A unit of work that only counts while its leader leads."""
    async with floor.database.work() as work:
        await require_lead(work, epoch)


async def test_the_second_stands_by_until_the_first_gives_up(floor: SwitchboardScene) -> None:
    second = AsyncExitStack()
    async with leadership(floor.database) as first:
        turn = asyncio.create_task(second.enter_async_context(leadership(floor.database)))
        await somebody_stands_by(floor.database)
        assert not turn.done()

    next_lead = await asyncio.wait_for(turn, PATIENCE_S)
    await second.aclose()

    assert next_lead.epoch == first.epoch + 1


async def test_the_second_leads_at_once_when_the_connection_of_the_first_breaks(
    floor: SwitchboardScene, lead: Lead
) -> None:
    second = AsyncExitStack()
    turn = asyncio.create_task(second.enter_async_context(leadership(floor.database)))
    await somebody_stands_by(floor.database)

    async with floor.database.work() as work:
        end = text("select pg_terminate_backend(:pid)")
        await work.sql(end, {"pid": lead.connection.info.backend_pid})

    assert (await asyncio.wait_for(turn, PATIENCE_S)).epoch == lead.epoch + 1
    await second.aclose()


async def test_every_leader_is_told_what_is_announced_from_its_first_moment(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await floor.announce("call", "c1")

    (notification,) = [one async for one in lead.connection.notifies(timeout=10, stop_after=1)]

    assert Change("call", "c1") in await floor.heard()
    assert '"c1"' in notification.payload


async def test_the_one_who_leads_may_write(floor: SwitchboardScene, lead: Lead) -> None:
    await check(floor, lead.epoch)


async def test_one_who_led_before_may_not_write_any_more(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await lead.connection.close()

    async with leadership(floor.database) as following:
        with pytest.raises(NoLongerLeading):
            await check(floor, lead.epoch)
        await check(floor, following.epoch)


async def test_nobody_may_write_where_nobody_ever_led(floor: SwitchboardScene) -> None:
    with pytest.raises(NoLongerLeading):
        await check(floor, 1)


async def test_the_next_leader_begins_only_when_what_the_last_one_writes_is_written(
    floor: SwitchboardScene, lead: Lead
) -> None:
    second = AsyncExitStack()
    async with floor.database.work() as work:
        await require_lead(work, lead.epoch)
        await lead.connection.close()
        turn = asyncio.create_task(second.enter_async_context(leadership(floor.database)))
        await somebody_waits_for_a_lock(floor.database)

    await asyncio.wait_for(turn, PATIENCE_S)
    await second.aclose()

    (row,) = await floor.all_of(Leadership)
    assert row.epoch == lead.epoch + 1


# ── the lease ───────────────────────────────────────────────────────────────────────────────────


async def looks_for_a_turn(floor: SwitchboardScene) -> int | None:
    """Another one that stands by looks once; its epoch where it may lead."""
    async with await floor.database.connect() as connection:
        return await take_over(connection)


async def test_one_that_renews_is_left_alone(floor: SwitchboardScene, lead: Lead) -> None:
    await lead.renew()

    assert await looks_for_a_turn(floor) is None


async def test_one_that_hangs_is_replaced_though_its_connection_lives(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await lead.renew(lease_s=0)

    assert await looks_for_a_turn(floor) == lead.epoch + 1


async def test_one_that_hung_and_was_replaced_cannot_renew(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await lead.renew(lease_s=0)
    async with leadership(floor.database) as following:
        with pytest.raises(NoLongerLeading):
            await lead.renew()
        await following.renew()


async def test_one_that_hung_while_nobody_stood_by_goes_on(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await lead.renew(lease_s=0)

    await lead.renew()

    assert await looks_for_a_turn(floor) is None


async def test_the_end_of_one_that_was_replaced_gives_nobody_a_turn(
    floor: SwitchboardScene, lead: Lead
) -> None:
    await lead.renew(lease_s=0)
    async with leadership(floor.database):
        await lead.connection.close()

        assert await looks_for_a_turn(floor) is None


async def test_of_many_that_look_at_once_one_leads(floor: SwitchboardScene, lead: Lead) -> None:
    await lead.renew(lease_s=0)

    async with AsyncExitStack() as standing_by:
        many = [
            await standing_by.enter_async_context(await floor.database.connect()) for _ in range(5)
        ]
        turns = await asyncio.gather(*(take_over(one) for one in many))

    assert [turn for turn in turns if turn is not None] == [lead.epoch + 1]
