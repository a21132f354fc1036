"""What happens to a report is written into its case, and told to whoever looks."""

from datetime import datetime
from typing import Any

import structlog

from hotline.cases.queries import standing_case
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.staff.actor import SYSTEM, Actor
from hotline.statutory.model import ReportKind
from hotline.storage.session import Work
from hotline.storage.tables import StatutoryReport

log = structlog.get_logger()

WORD = {ReportKind.MANDATORY: "statutory", ReportKind.EMERGENCY: "emergency"}  # of entries


async def tell_of_report(
    work: Work,
    report: StatutoryReport,
    what: str,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    **facts: Any,
) -> None:
    """Codes and ids alone. An emergency event has a case only where it is one person's."""
    work.announce("statutory", report.id)
    log.info("statutory.report", report_id=report.id, happened=what)
    if report.case_id is not None:
        case_id = await standing_case(work, report.case_id)
        told = {"report_id": report.id, "number": report.number, **facts}
        tell(work, case_id, f"{WORD[ReportKind(report.kind)]}.{what}", at=at, actor=actor, **told)


async def tell_of_report_in_words(
    work: Work, act: CaseAct, report: StatutoryReport, what: str, words: str
) -> None:
    """With what somebody wrote, sealed for the entry."""
    work.announce("statutory", report.id)
    if report.case_id is not None:
        case_id = await standing_case(work, report.case_id)
        told = {"report_id": report.id, "number": report.number}
        tell_in_words(work, act, case_id, f"statutory.{what}", words, **told)
