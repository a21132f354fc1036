"""Presses on what is due: warned, breached, rung for, and the agency's answer asked for.

Needs no leader: each row is taken with SKIP LOCKED and looked at once more, so that any number of
processes may do this at once, and one that is killed leaves the row as it was.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, or_
from sqlmodel import col, select

from hotline.ports import Clock
from hotline.statutory.model import ReportState
from hotline.statutory.phones import ring_next
from hotline.statutory.policy import (
    HEARD_FOR,
    LONGEST_FEEDBACK,
    REMIND_EVERY,
    ROUNDS_APART,
    longest_wait,
)
from hotline.statutory.telling import tell_of_report
from hotline.storage.session import Database, Work
from hotline.storage.tables import StatutoryReport
from hotline.supervision import RowFaults

MOST_AT_ONCE = 50


class ReportLook:
    """One of possibly several."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database = database
        self._clock = clock
        self._faults = RowFaults()

    async def tick(self) -> None:
        """One look at every deadline that has passed, or lies further away than it may."""
        at = self._clock.now()
        query = select(StatutoryReport.id).where(_wants_a_look(at))
        query = query.order_by(col(StatutoryReport.next_due_at)).limit(MOST_AT_ONCE)
        async with self._database.work() as work:
            wanted = list((await work.exec(query)).all())
        for report_id in wanted:
            with self._faults.kept_apart("statutory_report", report_id):
                async with self._database.work() as work:
                    await press_on(work, report_id, at=at)


def _wants_a_look(at: datetime) -> ColumnElement[bool]:
    due = col(StatutoryReport.next_due_at)
    return or_(due <= at, and_(due > at, due - at > _longest()))


def _longest() -> ColumnElement[timedelta]:
    """As `longest_wait`; where it is not reached yet, nothing is done."""
    own = col(StatutoryReport.breach_at) - col(StatutoryReport.opened_at)
    least = min(HEARD_FOR, *ROUNDS_APART.values())
    open_ones = case((own > least, own), else_=least)
    return case((col(StatutoryReport.state) == ReportState.OPEN, open_ones), else_=LONGEST_FEEDBACK)


async def press_on(work: Work, report_id: str, *, at: datetime) -> None:
    """What is due of one report now. In other hands at this moment: left to them."""
    query = select(StatutoryReport).where(StatutoryReport.id == report_id)
    held = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    report = (await work.exec(held)).one_or_none()
    if report is None or report.next_due_at is None:
        return
    if report.next_due_at > at:
        report.next_due_at = min(report.next_due_at, at + longest_wait(report))
    elif report.state == ReportState.REPORTED:
        await _ask_for_the_answer(work, report, at=at)
    elif report.warned_at is None:
        report.warned_at, report.next_due_at = at, report.breach_at
        await tell_of_report(work, report, "warned", at=at)
    elif report.breached_at is None:
        report.breached_at = at
        await tell_of_report(work, report, "breached", at=at)
        await ring_next(work, report, at=at)
    else:
        await ring_next(work, report, at=at)


async def _ask_for_the_answer(work: Work, report: StatutoryReport, *, at: datetime) -> None:
    """The owner's first, then the supervisors' as well; each day until somebody has asked."""
    report.reminded += 1
    report.next_due_at = at + REMIND_EVERY
    await tell_of_report(work, report, "answer_due", at=at, times=report.reminded)
