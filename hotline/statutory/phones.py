"""Supervisors' phones, which ring one after the other once a report is late.

Whoever presses the key is given ten minutes to report; then it rings again. Told is who pressed a
key: a mailbox presses none.
"""

from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    lock_delivery,
    move_delivery,
    subject_behind,
    withdraw_deliveries,
)
from hotline.escalations.on_call import supervisor_phones
from hotline.ports import LegStatus
from hotline.statutory.model import ReportState
from hotline.statutory.policy import HEARD_FOR, NEXT_PHONE, ROUNDS_APART
from hotline.statutory.service import lock_report
from hotline.statutory.telling import tell_of_report
from hotline.storage.session import Work
from hotline.storage.tables import Delivery, Line, StatutoryReport

log = structlog.get_logger()

LATE_REPORT = "late_report"  # the purpose of these deliveries
KEY_HEARD = "1"
ENDED_IN_VAIN = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP)


async def ring_next(work: Work, report: StatutoryReport, *, at: datetime) -> None:
    """The next phone of the round; after the last of them again in a while. Holds the report."""
    line = await work.get_one(Line, report.line_id)
    phones = await supervisor_phones(work, line, at=at)
    turn = report.rung - report.round_from
    if turn >= len(phones):
        report.round_from = report.rung
        report.next_due_at = at + ROUNDS_APART[report.kind]
        await tell_of_report(work, report, "nobody_came", at=at, phones=len(phones))
        return
    wanted = NewDelivery(
        purpose=LATE_REPORT,
        key=_key(report, report.rung),
        address=phones[turn],
        sender=line.number_shown,
        urgent=True,
    )
    await ask_for_delivery(work, wanted, at=at)
    report.rung += 1
    report.next_due_at = at + NEXT_PHONE
    await tell_of_report(work, report, "rung", at=at, turn=turn + 1)


async def withdraw_report_calls(work: Work, report: StatutoryReport, *, at: datetime) -> None:
    """Nobody needs to be told any more: what rings is to stop. Holds the report."""
    ours = select(Delivery.id).where(
        Delivery.purpose == LATE_REPORT, col(Delivery.dedupe_key).startswith(_key(report, ""))
    )
    await withdraw_deliveries(work, ours, at=at)


def _key(report: StatutoryReport, number: object) -> str:
    """One phone's turn has one key, whichever process asks for it."""
    return f"{LATE_REPORT}|{report.id}|{number}"


# ── sent and answered ───────────────────────────────────────────────────────────────────────────


class ReportCalls:
    """Who asks for these deliveries, as `deliveries.asker` wants to see it."""

    path = "/voice/report"
    ring_s = 28  # the next one is rung a minute after this one

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the report. What was reported needs no phone."""
        report = await _lock_late(work, delivery_id)
        return report is not None and report.state == ReportState.OPEN

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Who cannot be reached is followed by the next one at once."""
        log.info("late_report.phone", delivery_id=delivery.id, happened=event, why=why)
        if event in ENDED_IN_VAIN:
            await _next_at_once(work, delivery.id, at=at)


async def late_report_answered(work: Work, delivery_id: str, *, at: datetime) -> str | None:
    """Somebody, or a mailbox. The line's name; None where nobody needs to be told any more."""
    report = await _lock_late(work, delivery_id)
    if report is None or report.state != ReportState.OPEN:
        return None
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ANSWERED, at=at)
    return (await work.get_one(Line, report.line_id)).name


async def late_report_heard(work: Work, delivery_id: str, digits: str, *, at: datetime) -> bool:
    """Whether the key was pressed: a supervisor knows, and has a while to report."""
    report = await _lock_late(work, delivery_id)
    if report is None or report.state != ReportState.OPEN or digits != KEY_HEARD:
        return False
    is_news = move_delivery(
        await lock_delivery(work, delivery_id), DeliveryEvent.ACKNOWLEDGED, at=at
    )
    if is_news:
        report.round_from = report.rung
        report.next_due_at = at + HEARD_FOR
        await withdraw_report_calls(work, report, at=at)
        await tell_of_report(work, report, "heard", at=at)
    return True


async def late_report_hung_up(
    work: Work, delivery_id: str, status: LegStatus, *, at: datetime
) -> None:
    """Without a key nobody was told: the next one is rung at once."""
    if not status.over or await _lock_late(work, delivery_id) is None:
        return
    delivery = await lock_delivery(work, delivery_id)
    if move_delivery(delivery, DeliveryEvent.FAILED, at=at, why=status.value):
        await _next_at_once(work, delivery_id, at=at)


async def _next_at_once(work: Work, delivery_id: str, *, at: datetime) -> None:
    """No use in waiting it out; not at the end of a round, and not while somebody sees to it."""
    report = await _lock_late(work, delivery_id)
    if report is None or report.next_due_at is None or report.rung == report.round_from:
        return
    report.next_due_at = min(report.next_due_at, at)


async def _lock_late(work: Work, delivery_id: str) -> StatutoryReport | None:
    """The report of such a delivery, held; None where it is no such delivery."""
    report_id = await subject_behind(work, delivery_id, LATE_REPORT)
    return None if report_id is None else await lock_report(work, report_id)
