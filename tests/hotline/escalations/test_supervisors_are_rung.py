"""Every flag is seen by a supervisor, or their phones ring one after the other."""

from typing import Any

import pytest
from sqlmodel import col, select

from hotline.deliveries.asker import Asker
from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.sending import Askers, Sender
from hotline.escalations.attempts import PURPOSE
from hotline.escalations.model import EscalationState
from hotline.escalations.on_call import supervisor_phones
from hotline.escalations.progress import lock_escalation
from hotline.escalations.service import acknowledge, close
from hotline.escalations.station_call import StationCalls
from hotline.escalations.supervisor_call import (
    supervisor_answered,
    supervisor_hung_up,
    supervisor_pressed,
)
from hotline.escalations.supervisors import (
    APART,
    FLAGGED,
    SupervisorCalls,
    SupervisorLook,
    supervisor_saw,
)
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.storage.tables import Delivery, Escalation, Line, Staff, SupervisorAlarm
from tests.hotline.escalations.conftest import BASE, EscalationScene
from tests.hotline.escalations.test_a_chain_is_walked import chain

pytestmark = pytest.mark.anyio

FIRST, AT_HOME, DUTY_DESK = "15400000011", "15400000012", "02000000013"
NIGHT: list[dict[str, Any]] = [
    {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "24:00"}
]


def supervisor(name: str, phone: str, shifts: list[dict[str, Any]]) -> Staff:
    return Staff(
        id=name,
        username=name,
        name=name,
        password_hash="",
        roles=["supervisor"],
        lines=["12355"],
        own_phone=phone,
        shifts=shifts,
    )


@pytest.fixture
async def watched(scene: EscalationScene) -> EscalationScene:
    """A supervisor on duty, one at home whose name comes first, and the duty phone."""
    await scene.add(supervisor("a-home", AT_HOME, []), supervisor("sun", FIRST, NIGHT))
    await scene.change(Line, "12355", duty_phone=DUTY_DESK)
    both: dict[str, Asker] = {PURPOSE: StationCalls(), FLAGGED: SupervisorCalls()}
    scene.sender = Sender(
        database=scene.database,
        carrier=scene.carrier,
        clock=scene.clock,
        askers=Askers(by_purpose=both, base_url=BASE),
    )
    scene.dispatcher = Dispatcher(
        database=scene.database, sender=scene.sender, jobs=scene.jobs, clock=scene.clock
    )
    return scene


async def look(scene: EscalationScene, seconds: float = 0) -> list[Delivery]:
    """Time passes; the phones of supervisors so far."""
    scene.clock.advance(seconds)
    await SupervisorLook(database=scene.database, clock=scene.clock).tick()
    return await phones(scene)


async def phones(scene: EscalationScene) -> list[Delivery]:
    query = select(Delivery).where(Delivery.purpose == FLAGGED)
    async with scene.work() as work:
        return list((await work.exec(query.order_by(col(Delivery.created_at)))).all())


async def addresses(scene: EscalationScene, seconds: float = 0) -> list[str]:
    return [one.address for one in await look(scene, seconds)]


async def test_one_is_rung_at_thirty_seconds_the_next_at_sixty_then_the_duty_phone(
    watched: EscalationScene,
) -> None:
    await watched.flag()

    assert await addresses(watched, 29) == []
    assert await addresses(watched, 1) == [FIRST]
    assert await addresses(watched, 29) == [FIRST]
    assert await addresses(watched, 1) == [FIRST, AT_HOME]
    assert await addresses(watched, 30) == [FIRST, AT_HOME, DUTY_DESK]


async def test_after_a_round_it_goes_on_while_no_station_has_acknowledged(
    watched: EscalationScene, officer: Actor
) -> None:
    escalation = await watched.flag()
    for _ in range(4):
        await look(watched, 30)
    assert len(await phones(watched)) == 3
    assert {"why": "no_supervisor_saw_it", "round": 0} in await watched.facts("supervisors.paged")

    assert len(await look(watched, APART.total_seconds())) == 4
    async with watched.work() as work:
        await acknowledge(work, escalation.id, by=officer, at=watched.clock.now())
    for _ in range(3):
        await look(watched, 30)
    assert len(await look(watched, APART.total_seconds())) == 6


async def test_who_has_seen_it_is_not_rung_nor_anybody_else(watched: EscalationScene) -> None:
    escalation = await watched.flag()
    await look(watched, 30)
    async with watched.work() as work:
        held = await lock_escalation(work, escalation.id)
        by, now = Actor.of_staff("sun"), watched.clock.now()
        assert await supervisor_saw(work, held, by=by, at=now)
        assert not await supervisor_saw(work, held, by=by, at=now)

    assert [one.state for one in await look(watched, 600)] == ["superseded"]
    assert (await watched.facts("supervisors.seen")) == [{"how": "screen"}]
    assert (await watched.escalation()).state == EscalationState.OPEN


async def test_a_key_on_the_phone_is_seen_and_a_mailbox_is_not(watched: EscalationScene) -> None:
    await watched.flag()
    (delivery,) = await look(watched, 30)
    await watched.rings()

    async with watched.work() as work:
        now = watched.clock.now()
        assert await supervisor_answered(work, delivery.id, at=now) == "青少年热线"
        assert not await supervisor_pressed(work, delivery.id, "", at=now)
        await supervisor_hung_up(work, delivery.id, LegStatus.COMPLETED, at=now)
    [second] = [one for one in await look(watched) if one.id != delivery.id]
    assert second.address == AT_HOME
    async with watched.work() as work:
        assert await supervisor_pressed(work, second.id, "1", at=watched.clock.now())

    assert len(await look(watched, 600)) == 2
    assert (await watched.facts("supervisors.seen")) == [{"how": "phone"}]


async def test_what_was_closed_rings_nobody(watched: EscalationScene, officer: Actor) -> None:
    escalation = await watched.flag()
    (delivery,) = await look(watched, 30)
    async with watched.work() as work:
        await close(
            work, watched.vault, escalation.id, by=officer, reason="safe", at=watched.clock.now()
        )

    await watched.rings()
    (delivery,) = await look(watched, 600)
    assert delivery.state == "superseded"
    async with watched.work() as work:
        assert await supervisor_answered(work, delivery.id, at=watched.clock.now()) is None


async def test_a_phone_that_rings_stops_when_a_person_closes_it(
    watched: EscalationScene, officer: Actor
) -> None:
    escalation = await watched.flag()
    await look(watched, 30)
    await watched.rings()
    async with watched.work() as work:
        now = watched.clock.now()
        await close(work, watched.vault, escalation.id, by=officer, reason="safe", at=now)

    (delivery,) = await phones(watched)
    assert (delivery.state, delivery.stop_at) == ("submitted", now)


async def test_a_line_without_any_phone_pages_and_looks_again(scene: EscalationScene) -> None:
    await scene.flag()

    assert await look(scene, 30) == []
    assert await look(scene, 1) == []
    whys = [fact["why"] for fact in await scene.facts("supervisors.paged")]
    assert whys.count("no_supervisor_phone") == 1


async def test_the_deadline_of_the_chain_rings_them_again_whoever_saw_it(
    watched: EscalationScene,
) -> None:
    await watched.add(chain(deadline_s=100, steps=[{"ring": ["station", "police"]}]))
    escalation = await watched.flag()
    async with watched.work() as work:
        held = await lock_escalation(work, escalation.id)
        await supervisor_saw(work, held, by=Actor.of_staff("sun"), at=watched.clock.now())

    assert await addresses(watched, 99) == []
    assert await addresses(watched, 1) == [FIRST]
    assert "deadline_passed" in [one["why"] for one in await watched.facts("supervisors.paged")]


async def test_a_step_of_a_chain_may_ring_a_supervisor(watched: EscalationScene) -> None:
    steps = [{"ring": ["supervisor"], "within_s": 60}, {"ring": ["police", "station"]}]
    await watched.add(chain(steps=steps))
    await watched.flag()

    assert await addresses(watched) == [FIRST]
    assert await watched.attempts() == []
    await watched.passes(60)
    assert [one.contact_id for one in await watched.attempts()] == ["duty"]


async def test_two_who_look_at_once_ring_one_phone(watched: EscalationScene) -> None:
    await watched.flag()
    watched.clock.advance(30)

    await look(watched)
    await look(watched)

    assert len(await phones(watched)) == 1
    async with watched.work() as work:
        assert (await work.exec(select(SupervisorAlarm.rung))).all() == [1]


async def test_one_phone_is_not_rung_for_many_flags_at_once(watched: EscalationScene) -> None:
    """A hundred calls to one person reach nobody, and take the lines from the stations' phones."""
    calls = [watched.call(f"call-{number}") for number in range(3)]
    await watched.add(*calls)
    for call in calls:
        await watched.flag(f"key-{call.id}", call=call.id)
    watched.clock.advance(30)
    seen = SupervisorLook(database=watched.database, clock=watched.clock)

    rung = []
    for seconds in (0, 4, 1, 5):
        watched.clock.advance(seconds)
        await seen.tick()
        rung.append([one.address for one in await phones(watched)])

    assert rung == [[FIRST], [FIRST], [FIRST] * 2, [FIRST] * 3]


async def test_after_the_clock_was_set_back_a_phone_is_not_spared_for_long(
    watched: EscalationScene,
) -> None:
    await watched.flag()
    watched.clock.advance(30)
    seen = SupervisorLook(database=watched.database, clock=watched.clock)
    await seen.tick()
    watched.clock.advance(-3600)
    await watched.add(watched.call("second"))
    await watched.flag("key-2", call="second")

    watched.clock.advance(30)
    await seen.tick()

    assert [one.address for one in await phones(watched)] == [FIRST, FIRST]


async def test_the_lines_own_supervisor_phone_is_first(watched: EscalationScene) -> None:
    await watched.change(Line, "12355", supervisor_phone="02000000001")

    async with watched.work() as work:
        line = await work.get_one(Line, "12355")
        found = await supervisor_phones(work, line, at=watched.clock.now())

    assert found == ["02000000001", FIRST, AT_HOME, DUTY_DESK]


async def test_a_clock_that_is_set_back_puts_no_supervisor_off_by_an_hour(
    watched: EscalationScene,
) -> None:
    await watched.add(chain(deadline_s=180))
    escalation = await watched.flag()
    watched.clock.advance(-3600)

    assert await addresses(watched) == []
    assert await addresses(watched, 40) == [FIRST]
    async with watched.work() as work:
        held = await lock_escalation(work, escalation.id)
        await supervisor_saw(work, held, by=Actor.of_staff("sun"), at=watched.clock.now())
    await look(watched, 150)
    assert len(await phones(watched)) == 2


async def test_an_alarm_that_cannot_be_read_holds_up_no_other(watched: EscalationScene) -> None:
    broken = await watched.flag()
    await watched.change(Escalation, broken.id, policy={"supervisors": {"first_s": "soon"}})
    await watched.add(watched.call("other"))
    await watched.flag("key-2", call="other")

    assert await addresses(watched, 30) == [FIRST]
