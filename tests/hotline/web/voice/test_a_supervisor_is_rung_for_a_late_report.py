"""A report that the law asks for is late: the phone says so, and a key gives ten minutes."""

import pytest
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.staff.actor import Actor
from hotline.statutory.deadlines import ReportLook
from hotline.statutory.model import Source
from hotline.statutory.phones import LATE_REPORT
from hotline.statutory.policy import HEARD_FOR
from hotline.statutory.service import Suspicion, suspect
from hotline.storage.tables import Call, Delivery, Line, StatutoryReport
from tests.fakes import NOON
from tests.hotline.web.voice.conftest import VoiceScene, leads_to, says, silent

pytestmark = pytest.mark.anyio


async def rung_for_a_report(scene: VoiceScene) -> list[Delivery]:
    """A suspicion of half an hour ago."""
    await scene.change(Line, "youth", supervisor_phone="02000000011", duty_phone="02000000010")
    async with scene.backend.database.work() as work:
        work.add(
            Call(id="child", carrier_sid="CA-child", line_id="youth", state="talking",
                 arrived_at=NOON, heard_at=NOON)
        )  # fmt: skip
        await work.flush()
        suspicion = Suspicion(
            codes=("missing",),
            source=Source.BUTTON,
            by=Actor.of_staff("li"),
            at=scene.clock.now(),
            settings=scene.backend.settings,
        )
        await suspect(work, await lock_call(work, "child"), suspicion)
    for _ in range(2):
        scene.clock.advance(15 * 60)
        found = await looks(scene)
    return found


async def looks(scene: VoiceScene) -> list[Delivery]:
    """Whom we rang until now, first to last."""
    await ReportLook(database=scene.backend.database, clock=scene.clock).tick()
    query = select(Delivery).where(Delivery.purpose == LATE_REPORT)
    async with scene.backend.database.work() as work:
        return list((await work.exec(query.order_by(col(Delivery.dedupe_key)))).all())


async def answers(scene: VoiceScene, delivery: Delivery) -> str:
    """Somebody, or a mailbox, lifts the receiver."""
    sid = f"CA-{delivery.id}"
    await scene.change(Delivery, delivery.id, state="submitted", tries=1, carrier_sid=sid)
    return await scene.asks(f"/voice/report/{delivery.id}/answer", CallSid=sid)


async def test_the_phone_says_that_it_is_late_and_a_key_is_kept(scene: VoiceScene) -> None:
    [rung] = await rung_for_a_report(scene)

    said = await answers(scene, rung)
    thanks = await scene.asks(leads_to(said), CallSid="CA-sup", Digits="1")

    assert says(said, "supervisor.report", line="青少年")
    assert says(thanks, "supervisor.report_heard")
    async with scene.backend.database.work() as work:
        report = (await work.exec(select(StatutoryReport))).one()
    assert report.next_due_at == scene.clock.now() + HEARD_FOR
    assert silent(said) is False


async def test_a_mailbox_presses_no_key_and_the_next_is_rung_at_once(scene: VoiceScene) -> None:
    [rung] = await rung_for_a_report(scene)
    await answers(scene, rung)

    path = f"/voice/report/{rung.id}/status"
    await scene.reports(path, CallSid="CA-sup", CallStatus="completed")

    assert [one.address for one in await looks(scene)] == ["02000000011", "02000000010"]


async def test_another_key_hangs_up_and_changes_nothing(scene: VoiceScene) -> None:
    [rung] = await rung_for_a_report(scene)

    said = await answers(scene, rung)
    after = await scene.asks(leads_to(said), CallSid="CA-sup", Digits="7")

    assert silent(after)
    async with scene.backend.database.work() as work:
        report = (await work.exec(select(StatutoryReport))).one()
    assert report.next_due_at != scene.clock.now() + HEARD_FOR
