"""A child in danger is suddenly gone: called back within a minute, by the same counselor first."""

import pytest

from tests.harness.carrier import Handset
from tests.harness.scene import Counselor, Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD, SUPERVISOR = "15400000001", "02000000011"


async def is_dropped(scene: Scene) -> Counselor:
    """Li talks with a child in danger, whose line breaks."""
    li, child = await scene.talking("li", CHILD)
    [(call,)] = await scene.house.rows("select id from call where state = 'talking'")
    await li.does("POST", f"/calls/{call}/flags", {"level": "high", "summary": "x"})
    await scene.until("select 1 from call where urgency = 'crisis'")
    await child.hangs_up()
    await scene.until("select 1 from callback where why = 'dropped' and state = 'open'")
    return li


async def is_dropped_in_the_queue(scene: Scene) -> Handset:
    """A child in danger whom nobody has answered yet, whose line breaks."""
    child = await scene.dials_and_waits(CHILD)
    await child.presses("9")
    await scene.until("select 1 from call where urgency = 'crisis' and state = 'waiting'")
    await child.hangs_up()
    owed = "why = 'dropped' and state = 'open' and owner_id is null"
    await scene.until(f"select 1 from callback where {owed}")
    return child


async def is_rung_and_declines(scene: Scene, counselor: Counselor) -> None:
    """It is to this counselor that the child was left; who says no, so that all is at rest."""
    await counselor.phone.rings()
    await counselor.phone.declines()
    await scene.until("select 1 from call having bool_and(state = 'ended')")


async def test_the_same_counselor_is_rung_then_the_child(scene: Scene) -> None:
    li = await is_dropped(scene)

    await scene.passes(10)
    await li.phone.rings()
    await li.phone.answers()
    child = scene.handset(CHILD)
    await child.rings()
    await child.answers()

    await child.is_talking_to_somebody()
    await scene.until("select 1 from callback where state = 'done' and closed_at <= due_at")


async def test_a_counselor_who_does_not_come_leaves_it_to_the_next(scene: Scene) -> None:
    li = await is_dropped(scene)
    chen = await scene.counselor("chen")
    await scene.passes(10)
    await li.phone.rings()

    await li.phone.declines()

    await scene.passes(2)
    await is_rung_and_declines(scene, chen)


async def test_a_child_who_waits_in_danger_and_is_gone_is_called_by_who_is_ready(
    scene: Scene,
) -> None:
    await is_dropped_in_the_queue(scene)

    chen = await scene.counselor("chen")
    await scene.passes(10)

    await is_rung_and_declines(scene, chen)


async def test_where_nobody_is_at_work_the_child_is_rung_and_the_alarm_goes(scene: Scene) -> None:
    child = await is_dropped_in_the_queue(scene)

    await scene.passes(40)
    await child.rings()
    await child.answers()
    await child.hears("这是您要的回电")
    await child.presses("1")

    await scene.until(
        "select 1 from call where direction = 'out' and urgency = 'crisis' and state = 'waiting'"
    )
    await scene.passes(20)
    await scene.until("select 1 from call_event where kind = 'alarm.rang'")


async def test_a_child_who_is_not_reached_in_a_minute_is_told_to_a_supervisor_by_phone(
    scene: Scene,
) -> None:
    child = await is_dropped_in_the_queue(scene)

    await scene.passes(40)
    await child.rings()
    await child.declines()
    await scene.until("select 1 from callback where state = 'open' and attempts = 1")
    await scene.passes(25)
    supervisor = scene.handset(SUPERVISOR)
    await supervisor.rings()
    await supervisor.answers()
    await supervisor.hears("到现在还没有联系上")
    await supervisor.presses("1")

    await scene.until("select 1 from call_event where kind = 'callback.supervisor_told'")
    await supervisor.is_hung_up()
