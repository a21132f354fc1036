"""The loop: what it hands out, to whom, and that several of it do no harm."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select
from structlog.testing import capture_logs

from hotline.escalations import dispatcher as room
from hotline.escalations.model import Level
from hotline.ports import LegReport
from hotline.storage.tables import Attempt, Beat
from tests.fakes import Fault
from tests.hotline.escalations.conftest import DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio


async def test_a_worker_is_told_of_an_attempt_once(scene: EscalationScene) -> None:
    await scene.flag()

    await scene.tick()
    await scene.passes(1)

    [attempt] = await scene.attempts()
    assert scene.jobs.woken == [("send_attempt", attempt.id)]
    assert scene.carrier.dialled() == []


async def test_what_no_worker_takes_within_three_seconds_is_sent_by_the_dispatcher(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    await scene.tick()

    await scene.passes(2)
    assert scene.carrier.dialled() == []
    await scene.passes(1)

    assert scene.carrier.dialled() == [DUTY]


async def test_without_the_queue_it_is_sent_at_once(scene: EscalationScene) -> None:
    scene.jobs.reachable = False
    await scene.flag()

    await scene.tick()

    assert scene.carrier.dialled() == [DUTY]


async def test_a_queue_that_comes_back_is_told_again(scene: EscalationScene) -> None:
    scene.jobs.reachable = False
    await scene.flag()
    await scene.tick()
    scene.jobs.reachable = True

    await scene.passes(120)

    assert [job for job, _ in scene.jobs.woken] == ["send_attempt"]


async def test_imminent_danger_goes_first(scene: EscalationScene) -> None:
    await scene.add(scene.call("early"), scene.call("late"))
    await scene.flag("key-1", call="early", level=Level.HIGH)
    scene.clock.advance(1)
    loud = await scene.flag("key-2", call="late", level=Level.IMMINENT)

    await scene.tick()

    first = next(a for a in await scene.attempts() if a.id == scene.jobs.woken[0][1])
    assert first.escalation_id == loud.id


async def test_two_dispatchers_and_two_hundred_attempts_make_two_hundred_calls(
    scene: EscalationScene,
) -> None:
    calls = [scene.call(f"call-{number}") for number in range(200)]
    await scene.add(*calls)
    for call in calls:
        await scene.flag(f"key-{call.id}", call=call.id)
    scene.jobs.reachable = False
    both = [scene.dispatcher, scene.another_dispatcher()]

    for _ in range(4):
        await asyncio.gather(*(one.tick() for one in both))
        await asyncio.gather(*(one.settled() for one in both))

    rung = Counter(leg.dial.answer_url for leg in scene.carrier.legs)
    assert len(rung) == 200
    assert set(rung.values()) == {1}


async def test_two_dispatchers_take_each_step_once(scene: EscalationScene) -> None:
    calls = [scene.call(f"call-{number}") for number in range(20)]
    await scene.add(*calls)
    for call in calls:
        await scene.flag(f"key-{call.id}", call=call.id)
    scene.clock.advance(120)
    three = [scene.another_dispatcher() for _ in range(3)]

    await asyncio.gather(*(one.tick() for one in three))
    await asyncio.gather(*(one.settled() for one in three))

    planned = Counter((a.escalation_id, a.contact_id) for a in await scene.attempts())
    assert len(planned) == 40
    assert set(planned.values()) == {1}


async def test_each_finished_look_is_a_beat(scene: EscalationScene) -> None:
    await scene.tick()
    await scene.passes(1)

    async with scene.work() as work:
        beat = (await work.exec(select(Beat))).one()
    assert (beat.name, beat.at) == ("dispatcher", scene.clock.now())


async def test_running_it_sends_what_is_flagged_and_stops_when_told(scene: EscalationScene) -> None:
    scene.jobs.reachable = False
    stop, wake = asyncio.Event(), asyncio.Event()
    scene.carrier.hold()
    await scene.flag()

    running = asyncio.create_task(scene.dispatcher.run(stop, wake))
    await scene.carrier.asked.wait()
    stop.set()
    wake.set()
    scene.carrier.gate.set()
    await running

    assert scene.carrier.dialled() == [DUTY]
    assert [state for _, state in await scene.states()] == ["submitted"]


async def test_on_its_own_it_hears_of_a_flag_without_waiting_for_its_next_look(
    scene: EscalationScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TICK_S", 3600)
    scene.jobs.reachable = False
    stop = asyncio.Event()
    running = asyncio.create_task(scene.dispatcher.run(stop))

    async with asyncio.timeout(20):
        while not scene.carrier.legs:
            await scene.flag(f"key-{scene.clock.advance(1)}")
            await asyncio.sleep(0.05)
    stop.set()
    await running

    assert scene.carrier.dialled()[0] == DUTY


@pytest.mark.parametrize("fault", [OperationalError("", {}, Exception()), ValueError()])
async def test_a_look_that_fails_does_not_end_the_loop(
    scene: EscalationScene, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    stop, wake, looks = asyncio.Event(), asyncio.Event(), []

    async def failing_look() -> None:
        looks.append(1)
        wake.set()
        if len(looks) == 2:
            stop.set()
        raise fault

    monkeypatch.setattr(scene.dispatcher, "tick", failing_look)
    with capture_logs() as logs:
        await scene.dispatcher.run(stop, wake)

    assert [entry["event"] for entry in logs] == ["dispatcher.tick_failed"] * 2


async def test_an_accident_while_sending_is_left_to_a_later_look(
    scene: EscalationScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.jobs.reachable = False
    await scene.flag()

    async def breaks(*, to: str, since: datetime) -> Sequence[LegReport]:
        raise ZeroDivisionError

    scene.carrier.fails(Fault(ZeroDivisionError()))
    monkeypatch.setattr(scene.carrier, "find_legs", breaks)
    with capture_logs() as logs:
        await scene.tick()
        await scene.passes(20)
    monkeypatch.undo()

    for seconds in (5, 5):
        await scene.passes(seconds)

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["job.failed"] * 2
    assert scene.carrier.dialled() == [DUTY]


async def test_what_is_being_sent_is_not_sent_a_second_time(scene: EscalationScene) -> None:
    scene.jobs.reachable = False
    scene.carrier.hold()
    await scene.flag()
    await scene.dispatcher.tick()
    await scene.carrier.asked.wait()
    [attempt] = await scene.attempts()
    await scene.change(Attempt, attempt.id, state="pending")

    await scene.dispatcher.tick()
    scene.carrier.gate.set()
    await scene.dispatcher.settled()

    assert scene.carrier.journal == [("dial", DUTY)]
    assert HEAD not in scene.carrier.dialled()
