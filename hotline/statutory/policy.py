"""By when a report is due, and what comes next where nobody acts. Pure: moments in, moments out.

Numbers marked (P) have no source. Those that an installation may change come from its settings, and
stay in the row as they were when the report began.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotline.i18n.catalog import HERE
from hotline.statutory.model import ReportKind, ReportState
from hotline.statutory_settings import StatutorySettings
from hotline.storage.tables import StatutoryReport

EMERGENCY_WITHIN = timedelta(hours=24)  # domain research 35
EMERGENCY_WARNED = timedelta(hours=20)  # (P)
FEEDBACK_WITHIN = timedelta(days=3)  # domain research 35
REMIND_EVERY = timedelta(days=1)  # (P)
NEXT_PHONE = timedelta(seconds=60)  # (P) as with flags
ROUNDS_APART: dict[str, timedelta] = {  # (P)
    ReportKind.MANDATORY: timedelta(minutes=5),
    ReportKind.EMERGENCY: timedelta(hours=1),
}
HEARD_FOR = timedelta(minutes=10)  # (P) whoever pressed the key may now ring the police
SUPERVISOR_AFTER = 2  # reminders: the first is the owner's alone
LONGEST_FEEDBACK = FEEDBACK_WITHIN + timedelta(days=1)  # of a day that is not over yet


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDates:
    """When supervisors are told, and when their phones ring."""

    warn_at: datetime
    breach_at: datetime


def dates_of(kind: ReportKind, settings: StatutorySettings, *, at: datetime) -> ReportDates:
    """For a report that begins now."""
    if kind is ReportKind.EMERGENCY:
        return ReportDates(warn_at=at + EMERGENCY_WARNED, breach_at=at + EMERGENCY_WITHIN)
    warn = timedelta(minutes=settings.report_warning_min)
    breach = timedelta(minutes=settings.report_breach_min)
    return ReportDates(warn_at=at + warn, breach_at=at + breach)


def feedback_due(accepted_on: date | None, *, at: datetime) -> datetime:
    """Three days from the report; from the day of acceptance, once it is known: to its end."""
    if accepted_on is None:
        return at + FEEDBACK_WITHIN
    midnight = datetime(accepted_on.year, accepted_on.month, accepted_on.day, tzinfo=HERE)
    return midnight + LONGEST_FEEDBACK


def longest_wait(report: StatutoryReport) -> timedelta:
    """Further away no deadline of its state can rightly be: a clock was set back."""
    if report.state == ReportState.REPORTED:
        return LONGEST_FEEDBACK
    return max(report.breach_at - report.opened_at, HEARD_FOR, ROUNDS_APART[report.kind])
