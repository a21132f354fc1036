"""A child in danger is gone and not reached within a minute: a supervisor's phone says so."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.escalations.dropped import APART, ROUNDS, DroppedCalls, DroppedLook
from hotline.storage.tables import Call, Callback, CallEntry, Delivery, Line
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio

SUPERVISOR = "02000000011"


@pytest.fixture
async def dropped(scene: VoiceScene) -> VoiceScene:
    """The line broke a minute ago; the call is owed, and late."""
    await scene.change(Line, "youth", supervisor_phone=SUPERVISOR)
    async with scene.backend.database.work() as work:
        work.add(
            Call(id="gone", carrier_sid="CA-gone", line_id="youth", state="ended",
                 outcome="talked", urgency="crisis", arrived_at=NOON, heard_at=NOON)
        )  # fmt: skip
        await work.flush()
        work.add(
            Callback(id="owed", line_id="youth", call_id="gone", why="dropped", urgency="crisis",
                     promised_at=NOON, place_at=NOON, due_at=NOON, try_at=NOON)
        )  # fmt: skip
    scene.clock.time = NOON + timedelta(seconds=1)
    return scene


async def looks(scene: VoiceScene) -> list[Delivery]:
    """A look at what is late. Returns whom we rang until now, first to last."""
    await DroppedLook(database=scene.backend.database, clock=scene.clock).tick()
    async with scene.backend.database.work() as work:
        query = select(Delivery).order_by(col(Delivery.created_at), col(Delivery.id))
        return list((await work.exec(query)).all())


async def answers(scene: VoiceScene, delivery: Delivery) -> str:
    """Somebody, or a mailbox, lifts the receiver."""
    await scene.change(
        Delivery, delivery.id, state="submitted", tries=1, carrier_sid=f"CA-{delivery.id}"
    )
    return await scene.asks(f"/voice/dropped/{delivery.id}/answer", CallSid="CA-sup")


async def hangs_up(scene: VoiceScene, delivery: Delivery) -> None:
    """The leg is over."""
    path = f"/voice/dropped/{delivery.id}/status"
    await scene.reports(path, CallSid="CA-sup", CallStatus="completed")


async def test_the_supervisors_phone_is_rung_once_and_a_key_ends_it(dropped: VoiceScene) -> None:
    [rung] = await looks(dropped)

    said = await answers(dropped, rung)
    thanks = await dropped.asks(leads_to(said), CallSid="CA-sup", Digits="1")
    await hangs_up(dropped, rung)
    dropped.clock.time += APART

    assert rung.address == SUPERVISOR
    assert says(said, "supervisor.dropped", line="青少年")
    assert says(thanks, "supervisor.dropped_heard")
    [after] = await looks(dropped)
    assert after.state == "acknowledged"
    async with dropped.backend.database.work() as work:
        told = select(CallEntry).where(CallEntry.kind == "callback.supervisor_told")
        assert (await work.exec(told)).one().call_id == "gone"


async def test_a_mailbox_presses_no_key_so_that_it_rings_again_but_not_for_ever(
    dropped: VoiceScene,
) -> None:
    for number in range(1, ROUNDS + 1):
        rung = await looks(dropped)
        assert len(rung) == number
        await answers(dropped, rung[-1])
        await hangs_up(dropped, rung[-1])
        assert len(await looks(dropped)) == number, "too soon"
        dropped.clock.time += APART

    assert len(await looks(dropped)) == ROUNDS


async def test_once_only_people_call_the_supervisor_hears_of_it_anew(dropped: VoiceScene) -> None:
    [rung] = await looks(dropped)
    await dropped.change(Delivery, rung.id, state="acknowledged")

    await dropped.change(Callback, "owed", try_at=None)

    assert len(await looks(dropped)) == 2


@pytest.mark.parametrize("state", ["done", "withdrawn", "closed"])
async def test_whoever_was_reached_meanwhile_needs_nobodys_phone(
    dropped: VoiceScene, state: str
) -> None:
    [rung] = await looks(dropped)
    await dropped.change(Callback, "owed", state=state)

    said = await answers(dropped, rung)

    assert silent(said)
    assert len(await looks(dropped)) == 1
    async with dropped.backend.database.work() as work:
        assert not await DroppedCalls().lock(work, rung.id)


@pytest.mark.parametrize(
    "fields", [{"due_at": NOON + timedelta(hours=1)}, {"urgency": "routine"}, {"state": "in_hand"}]
)
async def test_nobody_is_rung_for_who_is_not_late_not_in_danger_or_being_called(
    dropped: VoiceScene, fields: dict[str, object]
) -> None:
    await dropped.change(Callback, "owed", **fields)

    assert await looks(dropped) == []


async def test_without_a_supervisors_phone_the_duty_phone_is_rung(dropped: VoiceScene) -> None:
    await dropped.change(Line, "youth", supervisor_phone="", duty_phone="02000000010")

    [rung] = await looks(dropped)

    assert rung.address == "02000000010"
