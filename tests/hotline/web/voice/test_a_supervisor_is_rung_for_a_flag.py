"""No supervisor has seen a flag: their phone says so, and a key ends it."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.escalations.model import Level
from hotline.escalations.service import NewFlag, raise_flag
from hotline.escalations.supervisors import FLAGGED, SupervisorLook
from hotline.storage.tables import Call, Delivery, Line, SupervisorAlarm
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio


async def rung_for_a_flag(scene: VoiceScene) -> list[Delivery]:
    """A flag of half a minute ago."""
    await scene.change(Line, "youth", supervisor_phone="02000000011", duty_phone="02000000010")
    now = scene.clock.now()
    async with scene.backend.database.work() as work:
        work.add(
            Call(id="child", carrier_sid="CA-child", line_id="youth", state="talking",
                 arrived_at=NOON, heard_at=NOON)
        )  # fmt: skip
        await work.flush()
        call = await lock_call(work, "child")
        flag = NewFlag(raised_by=None, level=Level.HIGH, summary="", client_key="k")
        await raise_flag(work, scene.backend.vault, call=call, flag=flag, at=now)
    scene.clock.time = now + timedelta(seconds=30)
    return await looks(scene)


async def looks(scene: VoiceScene) -> list[Delivery]:
    """Whom we rang until now, first to last."""
    await SupervisorLook(database=scene.backend.database, clock=scene.clock).tick()
    query = select(Delivery).where(Delivery.purpose == FLAGGED)
    async with scene.backend.database.work() as work:
        return list((await work.exec(query.order_by(col(Delivery.created_at)))).all())


async def answers(scene: VoiceScene, delivery: Delivery) -> str:
    """Somebody, or a mailbox, lifts the receiver."""
    sid = f"CA-{delivery.id}"
    await scene.change(Delivery, delivery.id, state="submitted", tries=1, carrier_sid=sid)
    return await scene.asks(f"/voice/supervisors/{delivery.id}/answer", CallSid=sid)


async def test_the_phone_says_that_nobody_has_seen_it_and_a_key_ends_it(
    scene: VoiceScene,
) -> None:
    [rung] = await rung_for_a_flag(scene)

    said = await answers(scene, rung)
    thanks = await scene.asks(leads_to(said), CallSid="CA-sup", Digits="1")

    assert says(said, "supervisor.flagged", line="青少年")
    assert says(thanks, "supervisor.flagged_heard")
    async with scene.backend.database.work() as work:
        assert (await work.exec(select(SupervisorAlarm))).one().seen_at is not None
    assert silent(await answers(scene, rung)) is False


async def test_a_mailbox_presses_no_key_and_the_next_is_rung_at_once(scene: VoiceScene) -> None:
    [rung] = await rung_for_a_flag(scene)
    await answers(scene, rung)

    path = f"/voice/supervisors/{rung.id}/status"
    await scene.reports(path, CallSid="CA-sup", CallStatus="completed")

    assert [one.address for one in await looks(scene)] == ["02000000011", "02000000010"]
