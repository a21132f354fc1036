"""What people do with a report: say that it was made, or need not be; what the agency answered.

A report of a possible minor victim ends in two ways only, both of a person; nothing else ends one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotline.cases.timeline import CaseAct
from hotline.errors import IllegalMove, Invalid
from hotline.i18n.catalog import HERE
from hotline.statutory.handing_over import write_into_ledger
from hotline.statutory.model import (
    How,
    ReportAgency,
    ReportEvent,
    ReportKind,
    is_only_author,
    report_after,
)
from hotline.statutory.phones import withdraw_report_calls
from hotline.statutory.policy import FEEDBACK_WITHIN, feedback_due
from hotline.statutory.service import authors_of, lock_report
from hotline.statutory.telling import tell_of_report, tell_of_report_in_words
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import StatutoryReport

CLOCKS_APART = timedelta(minutes=5)  # between a browser and us
BEFORE_IT_BEGAN = timedelta(days=1)  # somebody rang first and pressed the button afterwards

NO_PERSON = "Write whom you spoke to: a name, a number or a desk."
NO_REASON = "Write why this need not be reported."
NO_ANSWER = "Write what they answered."
TO_THE_MANAGER = "An emergency event is reported to the manager of the hotline, others are not."
NOT_THEN = "It cannot have been reported in the future, or more than a day before it began."
NOT_THAT_DAY = "They cannot have taken it up in the future, or before it was reported."
ONLY_AUTHOR = (
    "Nobody but you suspected it: another supervisor has to say that it need not be reported."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How it was reported. `receipt`: the number they gave, or empty. `to_tell`: what the caller
    asked to be told of their answer, and how."""

    agency: ReportAgency
    how: How
    at: datetime
    person: str
    receipt: str = ""
    to_tell: str = ""


async def report_made(work: Work, act: CaseAct, report_id: str, made: Made) -> StatutoryReport:
    """It was reported. Raises `IllegalMove`, `Invalid`."""
    report = await lock_report(work, report_id)
    state = report_after(report.kind, report.state, ReportEvent.REPORTED)
    _check(report, made, at=act.at)
    report.agency, report.how = made.agency, made.how
    report.reported_at, report.reported_by = made.at, str(act.by)
    report.person_sealed = seal_cell(act.vault, report, "person_sealed", made.person.strip())
    report.receipt_sealed = seal_cell(act.vault, report, "receipt_sealed", made.receipt.strip())
    report.to_tell_sealed = seal_cell(act.vault, report, "to_tell_sealed", made.to_tell.strip())
    report.state = state
    if report.kind == ReportKind.EMERGENCY:
        _end(report, act)
    else:
        report.next_due_at = report.feedback_due_at = feedback_due(None, at=made.at)
        await write_into_ledger(work, report, by=act.by, at=act.at)
    await withdraw_report_calls(work, report, at=act.at)
    facts = {"agency": made.agency, "how": made.how, "reported_at": made.at.isoformat()}
    await tell_of_report(work, report, "reported", at=act.at, actor=act.by, **facts)
    return report


def _check(report: StatutoryReport, made: Made, *, at: datetime) -> None:
    to_manager = made.agency is ReportAgency.MANAGER
    if to_manager != (report.kind == ReportKind.EMERGENCY):
        raise Invalid(TO_THE_MANAGER)
    if not made.person.strip():
        raise Invalid(NO_PERSON)
    if not report.opened_at - BEFORE_IT_BEGAN <= made.at <= at + CLOCKS_APART:
        raise Invalid(NOT_THEN)


async def not_reportable(work: Work, act: CaseAct, report_id: str, reason: str) -> StatutoryReport:
    """A supervisor says why it need not be reported. Raises `IllegalMove`, `Invalid`."""
    report = await lock_report(work, report_id)
    state = report_after(report.kind, report.state, ReportEvent.NOT_REPORTABLE)
    if not reason.strip():
        raise Invalid(NO_REASON)
    if is_only_author(await authors_of(work, report.id), str(act.by)):
        raise IllegalMove(ONLY_AUTHOR)
    report.state = state
    report.reason_sealed = seal_cell(act.vault, report, "reason_sealed", reason.strip())
    _end(report, act)
    await withdraw_report_calls(work, report, at=act.at)
    await tell_of_report_in_words(work, act, report, "not_reportable", reason.strip())
    return report


async def accepted(work: Work, act: CaseAct, report_id: str, on: date) -> StatutoryReport:
    """The agency took it up on this day: their answer is due three days from then."""
    report = await lock_report(work, report_id)
    report.state = report_after(report.kind, report.state, ReportEvent.ACCEPTED)
    today, first = act.at.astimezone(HERE).date(), report.reported_at or report.opened_at
    if not first.astimezone(HERE).date() <= on <= today:
        raise Invalid(NOT_THAT_DAY)
    report.accepted_on, report.reminded = on, 0
    report.next_due_at = report.feedback_due_at = feedback_due(on, at=act.at)
    facts = {"on": on.isoformat()}
    await tell_of_report(work, report, "accepted", at=act.at, actor=act.by, **facts)
    return report


async def none_yet(work: Work, act: CaseAct, report_id: str) -> StatutoryReport:
    """Somebody asked, and there is no answer: it is asked for again in three days."""
    report = await lock_report(work, report_id)
    report.state = report_after(report.kind, report.state, ReportEvent.NONE_YET)
    report.reminded = 0
    report.next_due_at = report.feedback_due_at = act.at + FEEDBACK_WITHIN
    await tell_of_report(work, report, "none_yet", at=act.at, actor=act.by)
    return report


async def answered(work: Work, act: CaseAct, report_id: str, words: str) -> StatutoryReport:
    """What the agency answered. Whoever reported is shown it until they have read it."""
    report = await lock_report(work, report_id)
    state = report_after(report.kind, report.state, ReportEvent.FEEDBACK)
    if not words.strip():
        raise Invalid(NO_ANSWER)
    report.state, report.feedback_at = state, act.at
    report.feedback_sealed = seal_cell(act.vault, report, "feedback_sealed", words.strip())
    if report.reported_by == str(act.by):
        report.answer_read_at = act.at
    _end(report, act)
    await tell_of_report(work, report, "answered", at=act.at, actor=act.by)
    return report


def _end(report: StatutoryReport, act: CaseAct) -> None:
    report.next_due_at = None
    report.ended_at, report.ended_by = act.at, str(act.by)
