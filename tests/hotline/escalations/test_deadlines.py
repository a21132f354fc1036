"""Deadlines are kept: once by however many look, and as soon as something is heard."""

import asyncio
from collections import Counter

import pytest
from structlog.testing import capture_logs

from hotline.bootstrap import loop_over
from hotline.deliveries.tick_loop import Look, TickLoop, Watch
from hotline.escalations import deadlines
from hotline.escalations.deadlines import Deadlines
from hotline.escalations.model import Level
from hotline.storage.tables import Delivery
from tests.hotline.escalations.conftest import DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio


async def test_a_worker_is_told_of_the_attempt_of_a_flag(scene: EscalationScene) -> None:
    await scene.flag()

    await scene.tick()

    [attempt] = await scene.attempts()
    assert scene.jobs.woken == [("deliver", attempt.id)]


async def test_imminent_danger_goes_first(scene: EscalationScene) -> None:
    await scene.add(scene.call("early"), scene.call("late"))
    await scene.flag("key-1", call="early", level=Level.HIGH)
    scene.clock.advance(1)
    loud = await scene.flag("key-2", call="late", level=Level.IMMINENT)

    await scene.tick()

    first = next(a for a in await scene.attempts() if a.id == scene.jobs.woken[0][1])
    assert first.escalation_id == loud.id


async def test_where_more_is_due_than_one_look_takes_imminent_danger_is_among_it(
    scene: EscalationScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "ROWS_A_TICK", 1)
    await scene.add(scene.call("early"), scene.call("late"))
    await scene.flag("key-1", call="early", level=Level.HIGH)
    scene.clock.advance(1)
    loud = await scene.flag("key-2", call="late", level=Level.IMMINENT)
    scene.clock.advance(120)

    await scene.deadlines.tick()

    newest = [a.escalation_id for a in await scene.attempts() if a.step == 1]
    assert newest == [loud.id]


async def test_many_who_look_take_each_step_once(scene: EscalationScene) -> None:
    calls = [scene.call(f"call-{number}") for number in range(20)]
    await scene.add(*calls)
    for call in calls:
        await scene.flag(f"key-{call.id}", call=call.id)
    scene.clock.advance(120)
    three = [Deadlines(database=scene.database, clock=scene.clock) for _ in range(3)]

    await asyncio.gather(*(one.tick() for one in three))

    planned = Counter((a.escalation_id, a.contact_id) for a in await scene.attempts())
    assert len(planned) == 40
    assert set(planned.values()) == {1}


async def test_a_step_that_was_planned_before_is_not_planned_again(scene: EscalationScene) -> None:
    """As a transition that is made twice would do: its key is taken."""
    escalation = await scene.flag()
    [delivery] = await scene.deliveries()
    key = f"escalation|{escalation.id}|1|head"
    await scene.change(Delivery, delivery.id, dedupe_key=key)

    await scene.passes(120)

    assert [attempt.contact_id for attempt in await scene.attempts()] == ["duty"]
    assert (await scene.kinds()).count("attempt.planned") == 1


async def test_what_a_deadline_brings_about_is_handed_out_in_the_same_look(
    scene: EscalationScene,
) -> None:
    scene.jobs.reachable = False
    await scene.flag()
    loop = loop_over(scene.dispatcher, database=scene.database, clock=scene.clock)
    await loop.look()
    await scene.dispatcher.settled()
    scene.clock.advance(120)

    await loop.look()
    await scene.dispatcher.settled()

    assert scene.carrier.dialled() == [DUTY, HEAD]


async def fails() -> None:
    raise ZeroDivisionError


def loop_with(scene: EscalationScene, **looks: Look) -> TickLoop:
    return TickLoop(database=scene.database, clock=scene.clock, watch=Watch(looks=looks))


async def test_a_flag_rings_though_the_deadlines_cannot_be_looked_at(
    scene: EscalationScene,
) -> None:
    scene.jobs.reachable = False
    await scene.flag()
    loop = loop_with(scene, deadlines=fails, deliveries=scene.dispatcher.tick)

    with capture_logs():
        await loop.look()
    await scene.dispatcher.settled()

    assert scene.carrier.dialled() == [DUTY]


async def test_deadlines_are_kept_though_nothing_can_be_handed_out(scene: EscalationScene) -> None:
    await scene.flag()
    scene.clock.advance(120)
    loop = loop_with(scene, deliveries=fails, deadlines=scene.deadlines.tick)

    with capture_logs():
        await loop.look()

    assert (await scene.escalation()).step == 1
