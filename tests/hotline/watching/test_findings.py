"""Each thing that can be wrong, by a real row: found once, and gone when it is gone."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from hotline.callcontrol.carrier_account import CALLS
from hotline.calls.model import CallState
from hotline.escalations.watched import missing_walls, overdue_since
from hotline.incidents.watch import AUDITOR
from hotline.storage.session import Database
from hotline.storage.tables import (
    AuditEntry,
    Beat,
    Call,
    CarrierCheck,
    Case,
    Delivery,
    Escalation,
    Incident,
    Leadership,
    Presence,
    Staff,
    Station,
    StatutoryReport,
    VisitPlan,
    WatchFinding,
)
from hotline.watching.looks import UNSEALED_SINCE, share_used
from tests.fakes import NOON
from tests.hotline.watching.conftest import YEARS, WatchedScene

pytestmark = pytest.mark.anyio


def call(call_id: str, **how: Any) -> Call:
    return Call(id=call_id, carrier_sid=f"CA-{call_id}", line_id="youth", arrived_at=NOON,
                heard_at=NOON, **how)  # fmt: skip


async def escalate(scene: WatchedScene, due_s: float) -> None:
    await scene.add(
        Station(id="district", name="区", name_en="D", division="44", phone="2"),
        call("call", state=CallState.TALKING),
        Escalation(id="one", number="123456", call_id="call", station_id="district", level="high",
                   created_at=NOON, next_due_at=NOON + timedelta(seconds=due_s)),
    )  # fmt: skip


async def incidents(scene: WatchedScene) -> list[tuple[str, bool]]:
    rows = await scene.all(Incident)
    return sorted((one.part, one.ended_at is not None) for one in rows if one.part != "clocks")


async def test_nothing_is_found_where_all_is_well(scene: WatchedScene) -> None:
    assert await scene.after(0) == []
    assert await scene.after(15) == []
    assert scene.phones.rung() == []


async def test_a_look_that_came_to_its_end_leaves_a_beat(scene: WatchedScene) -> None:
    await scene.after(15)

    async with scene.database.work() as work:
        assert (await work.get_one(Beat, AUDITOR)).at == scene.clock.now()


async def test_an_escalation_that_nobody_presses_on_is_found_within_half_a_minute(
    scene: WatchedScene,
) -> None:
    await escalate(scene, due_s=0)

    soon, late = await scene.after(14), await scene.after(15)
    await scene.change(Escalation, "one", next_due_at=NOON + timedelta(hours=1))
    gone = await scene.after(15)

    assert (soon, late, gone) == ([], [("escalation_overdue", "one")], [])
    assert await incidents(scene) == [("escalations", True)]


async def test_a_report_of_the_law_that_nobody_presses_on_is_found(scene: WatchedScene) -> None:
    await scene.add(

        StatutoryReport(id="late", number="12345678", kind="emergency", line_id="youth",
                        codes=["media"], opened_at=NOON, opened_by="system", warn_at=NOON,
                        breach_at=NOON, next_due_at=NOON),
    )  # fmt: skip

    assert await scene.after(14) == []
    assert await scene.after(15) == [("report_overdue", "late")]
    assert await incidents(scene) == [("escalations", False)]


async def test_a_visit_that_is_overdue_and_told_to_nobody_is_found_and_rings_no_phone(
    scene: WatchedScene,
) -> None:
    await scene.add(
        Station(id="district", name="区", name_en="D", division="44", phone="2"),
        Case(id="case", number="1234567", line_id="youth", station_id="district",
             opened_as="by_hand", opened_by="system", opened_at=NOON),
        VisitPlan(case_id="case", due_for="visit", due_at=NOON, tell_at=NOON),
    )  # fmt: skip

    soon, late = await scene.after(14 * 60), await scene.after(60)
    await scene.change(VisitPlan, "case", tell_at=NOON + timedelta(days=1))
    gone = await scene.after(15)

    assert (soon, late, gone) == ([], [("visit_untold", "case")], [])
    assert await incidents(scene) == [("visits", True)]
    assert scene.phones.rung() == []


async def test_however_old_it_is_it_is_found(scene: WatchedScene) -> None:
    await escalate(scene, due_s=-YEARS.total_seconds())

    assert await scene.after(0) == [("escalation_overdue", "one")]


async def test_what_goes_on_is_one_finding_and_one_incident(scene: WatchedScene) -> None:
    await escalate(scene, due_s=-60)

    for _ in range(4):
        await scene.after(15)

    rows = [one for one in await scene.all(WatchFinding) if one.kind != "clock_differs"]
    assert len(rows) == 1
    assert rows[0].since == NOON - timedelta(seconds=60)
    assert await incidents(scene) == [("escalations", False)]


async def test_two_auditors_write_it_down_once(scene: WatchedScene) -> None:
    await escalate(scene, due_s=-60)
    await scene.after(15)

    await scene.another_auditor().look()

    assert await scene.standing() == [("escalation_overdue", "one")]
    assert scene.phones.rung() == scene.phones.rung()[:1]


async def test_the_database_still_refuses_a_flag_without_an_escalation(
    scene: WatchedScene,
) -> None:
    async with scene.database.work() as work:
        assert await missing_walls(work) == []


@pytest.mark.parametrize(
    ("taken_down", "wall"),
    [
        ("alter table escalation drop constraint open_has_a_next_deadline",
         "open_has_a_next_deadline"),
        ("alter table crisis_flag alter escalation_id drop not null", "crisis_flag.escalation_id"),
    ],
)  # fmt: skip
async def test_a_wall_that_somebody_took_down_is_found(
    scene: WatchedScene, taken_down: str, wall: str
) -> None:
    async with scene.database.work() as work:
        await work.sql(text(taken_down), {})
        found = await missing_walls(work)
        await work.rollback()

    assert found == [wall]


async def test_a_delivery_that_nobody_sends_is_found(scene: WatchedScene) -> None:
    await scene.add(scene.delivery("pending", NOON))

    assert await scene.after(9) == []
    assert await scene.after(2) == [("delivery_late", "pending-1")]
    await scene.change(Delivery, "pending-1", state="submitted")
    assert await scene.after(15) == []


@pytest.mark.parametrize("state", ["submitting", "unknown"])
async def test_a_delivery_that_is_under_way_for_too_long_is_found(
    scene: WatchedScene, state: str
) -> None:
    await scene.add(scene.delivery(state, NOON, NOON + timedelta(seconds=20)))

    assert await scene.after(25) == []
    assert await scene.after(5) == [("delivery_stuck", f"{state}-1")]


async def test_a_dispatcher_without_progress_is_found(scene: WatchedScene) -> None:
    await scene.after(0)
    scene.beats = False

    assert await scene.after(9) == []
    assert await scene.after(2) == [("dispatcher_silent", "")]
    scene.beats = True
    assert await scene.after(15) == []


async def test_a_house_without_a_dispatcher_is_found(scene: WatchedScene) -> None:
    scene.beats = False

    assert await scene.after(0) == []
    assert await scene.after(15) == [("dispatcher_silent", "")]


async def test_nobody_leads(scene: WatchedScene) -> None:
    await scene.add(Leadership(name="switchboard", epoch=1, expires_at=NOON - YEARS))

    assert await scene.after(0) == []
    assert await scene.after(15) == [("switchboard_silent", "")]


async def ready_and_waiting(scene: WatchedScene) -> None:
    await scene.add(
        Staff(id="li", username="li", name="Li", password_hash="", lines=["youth"],
              roles=["counselor"], skills={"languages": {"cmn": 5}}),
        Presence(staff_id="li", state="ready", since=NOON, idle_since=NOON),
        call("call", state=CallState.WAITING, queued_at=NOON),
    )  # fmt: skip


async def test_a_caller_whom_somebody_ready_could_take_is_found(scene: WatchedScene) -> None:
    await ready_and_waiting(scene)

    assert await scene.after(0) == []
    assert await scene.after(15) == []
    assert await scene.after(15) == [("caller_not_offered", "call")]


async def test_a_caller_who_waits_since_nobody_is_ready_is_no_finding(
    scene: WatchedScene,
) -> None:
    await ready_and_waiting(scene)
    await scene.change(Presence, "li", state="paused")

    for _ in range(4):
        assert await scene.after(15) == []


async def test_who_was_ready_at_last_is_given_time_to_be_rung(scene: WatchedScene) -> None:
    await ready_and_waiting(scene)
    await scene.change(Presence, "li", state="paused")
    await scene.after(60)
    await scene.change(Presence, "li", state="ready")

    assert await scene.after(15) == []


async def test_redis_that_is_away_is_found_and_rings_nobody(scene: WatchedScene) -> None:
    scene.redis = False

    assert await scene.after(0) == []
    assert await scene.after(15) == [("redis_away", "")]
    assert scene.phones.rung() == []
    assert await incidents(scene) == []  # the web processes tell of that one


async def test_a_disk_that_fills_is_found_before_it_is_full(scene: WatchedScene) -> None:
    scene.used = 0.79
    assert await scene.after(0) == []
    scene.used = 0.8
    assert await scene.after(15) == [("disk_full", "")]


def test_a_folder_that_is_not_there_yet_has_used_nothing(tmp_path: Path) -> None:
    assert share_used(tmp_path / "later") == 0.0
    assert 0 < share_used(tmp_path) <= 1


async def test_what_lies_on_disk_though_the_database_answers_is_found(
    scene: WatchedScene,
) -> None:
    spool = scene.folder / "spool"
    spool.mkdir()
    (spool / "9-a.spool").touch()
    assert await scene.after(15) == []
    (spool / "9-a.spool").write_text("a line")
    old = (NOON - timedelta(minutes=1)).timestamp()
    os.utime(spool / "9-a.spool", (old, old))

    assert await scene.after(0) == []  # seen for the first time
    assert await scene.after(15) == [("spool_waits", "")]


async def test_what_could_never_be_stored_is_found(scene: WatchedScene) -> None:
    (scene.folder / "spool").mkdir()
    (scene.folder / "spool" / "given_up.lines").write_text("a line")
    await scene.after(0)

    assert await scene.after(15) == [("spool_waits", "")]


async def test_clocks_that_differ_are_found(scene: WatchedScene) -> None:
    await scene.add(CarrierCheck(name=CALLS, ahead_s=30))
    await scene.after(0)

    assert await scene.after(30) == [("carrier_clock", "")]
    kinds = {one.kind for one in await scene.all(WatchFinding)}
    assert "clock_differs" in kinds  # noon of a test is not the database's


async def test_an_audit_that_nobody_seals_is_found(scene: WatchedScene) -> None:
    await scene.add(AuditEntry(at=NOON, kind="call.read"))

    assert await scene.after(59) == []
    assert await scene.after(2) == [("audit_unsealed", "")]


async def test_an_incident_ends_with_the_last_finding_of_its_part(scene: WatchedScene) -> None:
    await scene.add(scene.delivery("pending", NOON), scene.delivery("unknown", NOON))
    await scene.after(31)
    assert await incidents(scene) == [("deliveries", False)]

    await scene.change(Delivery, "pending-1", state="submitted")
    await scene.after(15)
    assert await incidents(scene) == [("deliveries", False)]
    await scene.change(Delivery, "unknown-1", state="submitted")
    await scene.after(15)

    assert await incidents(scene) == [("deliveries", True)]


ASKED = (
    ("select id from escalation where state <> 'closed' and next_due_at < now()",
     "escalation_due"),
    ("select id from delivery where state in ('pending', 'submitting', 'unknown')"
     " and due_at < now()", "delivery_due"),
    (UNSEALED_SINCE.text, "audit_entry_unsealed"),
    ("select id from watch_finding where gone_at is null", "watch_finding_open"),
    ("select id from watch_page where at > now()", "watch_page_at"),
)  # fmt: skip


@pytest.mark.parametrize(("query", "index"), ASKED, ids=lambda each: each.partition(" ")[0])
async def test_each_question_finds_its_rows_by_an_index(
    database: Database, query: str, index: str
) -> None:
    async with database.work() as work:
        await work.sql(text("set local enable_seqscan = off"), {})
        plan = "\n".join(row[0] for row in await work.sql(text(f"explain {query}"), {}))

    assert index in plan


async def test_what_is_asked_of_escalations_is_what_was_explained(scene: WatchedScene) -> None:
    await escalate(scene, due_s=0)

    async with scene.database.work() as work:
        found = await overdue_since(work, before=NOON + timedelta(seconds=1))
        closed = await overdue_since(work, before=NOON)
        assert (await work.exec(select(Escalation.id))).all() == ["one"]

    assert (found, closed) == ([("one", NOON)], [])
