"""We fail for a while, in a call or at its beginning. Danger is heard, and nobody is ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from tests.harness.scene import GREETING, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario, pytest.mark.real_budgets]

CHILD, DUTY_PHONE = "15400000001", "02000000010"
HEARD, TECHNICAL = "我们听到了", "出了点小问题"
CRISIS = "select 1 from call where urgency = 'crisis' and state = 'waiting'"


@asynccontextmanager
async def frozen(scene: Scene) -> AsyncIterator[None]:
    """Nothing about any call can be read or written."""
    held = await psycopg.AsyncConnection.connect(scene.house.database_url)
    await held.execute(b"lock table call in access exclusive mode")
    try:
        yield
    finally:
        await held.close()


async def whys(scene: Scene) -> list[tuple[str]]:
    """For what reasons the call became a crisis."""
    query = "select facts ->> 'why' from call_event where kind = 'call.raised_to_crisis'"
    return await scene.house.rows(query)


async def test_the_danger_key_in_the_menu_outlives_a_frozen_database(scene: Scene) -> None:
    child = scene.handset(CHILD)
    await child.dials("12355")
    await child.hears(GREETING)

    async with frozen(scene):
        await child.presses("9")
        await child.hears(HEARD)
    await scene.passes(5)

    await scene.until(CRISIS)
    assert await whys(scene) == [("key_carried_on",)]


async def test_the_danger_key_while_waiting_outlives_a_frozen_database(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)

    async with frozen(scene):
        await scene.passes(15)
        await child.hears(TECHNICAL)
        await child.presses("9")
        await child.hears(HEARD)
    await scene.passes(5)

    await scene.until(CRISIS)
    assert await whys(scene) == [("key_carried_on",)]


async def test_the_danger_key_counts_after_two_stalls_in_one_call(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)
    for _ in range(2):
        async with frozen(scene):
            await scene.passes(15)
            await child.hears(TECHNICAL)
        await scene.passes(5)
        await scene.passes(15)

    await child.presses("9")

    await scene.until(CRISIS)
    log = (scene.house.logs / "web.log").read_text()
    assert "webhook.repeated" not in log, "the carrier repeated nothing"


async def test_a_child_who_hangs_up_before_the_thaw_was_heard_all_the_same(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)

    async with frozen(scene):
        await child.presses("9")
        await child.hears(HEARD)
        await child.hangs_up()

    await scene.until("select 1 from call where urgency = 'crisis' and state = 'ended'")


async def test_a_caller_whom_nobody_could_write_down_counts(scene: Scene) -> None:
    child = scene.handset(CHILD)

    async with frozen(scene):
        await child.dials("12355")
        await child.hears("值班的老师")
        await child.hangs_up()

    await scene.ends(CHILD, "hung_up")


# ── one answer with an error ────────────────────────────────────────────────────────────────────


async def falls_back(scene: Scene) -> None:
    """The carrier has asked the fallback, and was answered."""
    await scene.carrier.until(
        lambda e: e["kind"] == "webhook" and e["url"].endswith("/fallback"), "asks the fallback"
    )


async def test_one_bad_gateway_does_not_cost_a_waiting_caller_the_place(scene: Scene) -> None:
    await scene.dials_and_waits(CHILD)

    await scene.carrier.faults(bad_gateways=1)
    await scene.passes(15)
    await falls_back(scene)
    li = await scene.counselor("li")
    await li.phone.rings()
    await li.phone.answers()

    await scene.talk(CHILD)


async def test_the_danger_key_that_met_a_bad_gateway_counts(scene: Scene) -> None:
    child = await scene.dials_and_waits(CHILD)

    await scene.carrier.faults(bad_gateways=1)
    await child.presses("9")

    await child.hears(HEARD)
    await scene.until(CRISIS)


async def test_who_meets_a_bad_gateway_at_the_door_is_put_through_and_comes_back(
    scene: Scene,
) -> None:
    child = scene.handset(CHILD)
    await scene.handset(DUTY_PHONE).registers()

    await scene.carrier.faults(bad_gateways=1)
    await child.dials("12355")
    await falls_back(scene)
    await child.hears("值班的老师")
    await scene.passes(60)

    await child.hears(GREETING)
    assert await scene.handset(DUTY_PHONE).was_rung()
