"""Which reports somebody sees, how they stand to each, and its sealed words."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, false, func, or_
from sqlmodel import col, exists, select
from sqlmodel.sql.expression import Select

from hotline.cases.queries import standing_case
from hotline.cases.timeline import keep_trace
from hotline.errors import NotFound
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, may, require, through
from hotline.staff.sign_in import SignedIn
from hotline.statutory.model import ReportState, is_only_author
from hotline.statutory.policy import SUPERVISOR_AFTER
from hotline.statutory.service import lock_report
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, Line, ReportSuspicion, Staff, StatutoryReport
from hotline.storage.vault import Vault

ReportsBeside = TypeVar("ReportsBeside")

MOST_ENDED = 100
SEALED = ("person", "receipt", "to_tell", "feedback", "reason")


class ReportTab(StrEnum):
    """Which of the list: to be reported, answer owed, over."""

    OPEN = "open"
    FEEDBACK = "feedback"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One line of a list: what, until when, who. Nothing of whom it is about.

    `due_at`: of what is owed now; None: nothing is. `reporter`: who reported, by name.
    """

    report: StatutoryReport
    line_name: str
    line_name_en: str
    case_number: str
    masked: str
    due_at: datetime | None
    reporter: str
    decides: bool
    only_mine: bool


async def people_of(work: Work, report: StatutoryReport) -> frozenset[str]:
    """Whose it is: who suspected it, whose call it was, who reported, whose case it is."""
    by = select(ReportSuspicion.by).where(ReportSuspicion.report_id == report.id)
    actors = [*(await work.exec(by)).all(), report.opened_by, report.reported_by]
    call = await work.get(Call, report.call_id) if report.call_id else None
    case = await work.get(Case, report.case_id) if report.case_id else None
    beside = [call.counselor_id if call else None, case.owner_id if case else None]
    found = [*(Actor.parse(one).id for one in actors if one), *beside]
    return frozenset(one for one in found if one)


async def require_report(
    work: Work, report_id: str, who: SignedIn, wanted: Permission = Permission.MAKE_REPORT
) -> StatutoryReport:
    """Raises `NotFound` where it is none of their business, else `Forbidden`."""
    report = await work.get(StatutoryReport, report_id)
    if report is None:
        raise NotFound
    standing = await relations_to_report(work, report, who)
    require(who.roles, standing, wanted, to_know=Permission.MAKE_REPORT)
    return report


async def relations_to_report(
    work: Work, report: StatutoryReport, who: SignedIn
) -> frozenset[Relation]:
    """How somebody stands to it. No station stands to one in any way."""
    known = {
        Relation.LINE: report.line_id in who.lines,
        Relation.OWN: who.staff_id in await people_of(work, report),
    }
    return frozenset(relation for relation, holds in known.items() if holds)


async def list_reports(work: Work, who: SignedIn, tab: ReportTab) -> list[ReportRow]:
    """What this person answers for: what is due first at the top; what is over, the newest."""
    return await _rows(work, await _reports(work, who, tab), who)


async def _reports(work: Work, who: SignedIn, tab: ReportTab) -> list[StatutoryReport]:
    over = col(StatutoryReport.next_due_at).is_(None)
    of_tab: dict[ReportTab, ColumnElement[bool]] = {
        ReportTab.OPEN: _is_open(),
        ReportTab.FEEDBACK: _is_in(ReportState.REPORTED) & ~over,
        ReportTab.ENDED: over,
    }
    due = func.coalesce(StatutoryReport.feedback_due_at, StatutoryReport.breach_at)
    query = select(StatutoryReport).where(of_tab[tab], _seen_by(who))
    if tab is ReportTab.ENDED:
        query = query.order_by(col(StatutoryReport.ended_at).desc()).limit(MOST_ENDED)
    else:
        query = query.order_by(due, col(StatutoryReport.id))
    return list((await work.exec(query)).all())


def _own(who: SignedIn) -> ColumnElement[bool]:
    """As `people_of` says of one, for a list. Asked of each row, so that few rows cost little."""
    me = str(Actor.of_staff(who.staff_id))
    suspected = exists().where(
        col(ReportSuspicion.report_id) == col(StatutoryReport.id), col(ReportSuspicion.by) == me
    )
    # Scalars, which are looked up by key: an `exists` may be answered by reading all calls.
    counselor = select(Call.counselor_id).where(Call.id == StatutoryReport.call_id)
    owner = select(Case.owner_id).where(Case.id == StatutoryReport.case_id)
    called = counselor.scalar_subquery() == who.staff_id
    owns = owner.scalar_subquery() == who.staff_id
    by_name = (col(StatutoryReport.opened_by) == me) | (col(StatutoryReport.reported_by) == me)
    return or_(by_name, suspected, called, owns)


def _seen_by(who: SignedIn) -> ColumnElement[bool]:
    """As `relations_to_report` says of one, for a list."""
    conditions = {
        Relation.OWN: _own(who),
        Relation.LINE: col(StatutoryReport.line_id).in_(who.lines),
    }
    ways = through(who.roles, Permission.MAKE_REPORT)
    return or_(false(), *(condition for way, condition in conditions.items() if way in ways))


async def owed_by(work: Work, who: SignedIn) -> list[ReportRow]:
    """What this person has to report: their calls, and what they suspected themselves."""
    query = select(StatutoryReport).where(_is_open(), _own(who))
    in_order = query.order_by(col(StatutoryReport.breach_at), col(StatutoryReport.id))
    return await _rows(work, (await work.exec(in_order)).all(), who)


async def due_from(work: Work, who: SignedIn) -> list[ReportRow]:
    """The same, with answers to ask for and answers that they have not read.

    Who asks is the owner of the case, else whoever reported; who reads is whoever reported.
    """
    me = col(StatutoryReport.reported_by) == str(Actor.of_staff(who.staff_id))
    owner = select(Case.owner_id).where(Case.id == StatutoryReport.case_id).scalar_subquery()
    asks = (owner == who.staff_id) | (owner.is_(None) & me)
    waits = _is_in(ReportState.REPORTED) & col(StatutoryReport.next_due_at).is_not(None)
    unread = _is_in(ReportState.ANSWERED) & col(StatutoryReport.answer_read_at).is_(None)
    query = select(StatutoryReport).where(or_(_is_open() & _own(who), waits & asks, unread & me))
    return await _rows(work, (await work.exec(query)).all(), who)


async def seen_on_floor(work: Work, who: SignedIn) -> list[ReportRow]:
    """What supervisors must know: all that is to be reported, and answers that nobody asks for."""
    forgotten = _is_in(ReportState.REPORTED) & col(StatutoryReport.next_due_at).is_not(None)
    forgotten &= col(StatutoryReport.reminded) >= SUPERVISOR_AFTER
    query = select(StatutoryReport).where(or_(_is_open(), forgotten), _seen_by(who))
    rows = await _rows(work, (await work.exec(query)).all(), who)
    return sorted(rows, key=lambda row: (row.due_at or row.report.opened_at, row.report.id))


def _is_open() -> ColumnElement[bool]:
    return _is_in(ReportState.OPEN) & col(StatutoryReport.next_due_at).is_not(None)


def _is_in(state: ReportState) -> ColumnElement[bool]:
    return col(StatutoryReport.state) == state


async def _rows(work: Work, reports: Collection[StatutoryReport], who: SignedIn) -> list[ReportRow]:
    """What stands beside each is read once for all of them."""
    if not reports:
        return []
    lines = await _named(work, select(Line.id, Line), (one.line_id for one in reports))
    calls = await _named(work, select(Call.id, Call.from_masked), (one.call_id for one in reports))
    cases = await _named(work, select(Case.id, Case.number), (one.case_id for one in reports))
    people = await _named(work, select(Staff.id, Staff.name), map(_reporter, reports))
    authors = await _authors(work, reports)
    me = str(Actor.of_staff(who.staff_id))
    return [
        ReportRow(
            report=one,
            line_name=lines[one.line_id].name,
            line_name_en=lines[one.line_id].name_en,
            case_number=cases.get(one.case_id or "", ""),
            masked=calls.get(one.call_id or "", ""),
            due_at=due_at(one),
            reporter=people.get(_reporter(one) or "", ""),
            decides=_decides(one, who),
            only_mine=is_only_author(authors.get(one.id, ()), me),
        )
        for one in reports
    ]


async def _named(
    work: Work, query: Select[str, ReportsBeside], ids: Iterable[str | None]
) -> dict[str, ReportsBeside]:
    """By id, the second of what is selected."""
    key = query.selected_columns[0]
    found = await work.exec(query.where(key.in_({one for one in ids if one})))
    return dict(found.all())


def _reporter(report: StatutoryReport) -> str | None:
    return Actor.parse(report.reported_by).id if report.reported_by else None


def _decides(report: StatutoryReport, who: SignedIn) -> bool:
    standing = {Relation.LINE} if report.line_id in who.lines else set()
    return may(who.roles, standing, Permission.WAIVE_REPORT)


async def _authors(work: Work, reports: Collection[StatutoryReport]) -> Mapping[str, set[str]]:
    ids = [one.id for one in reports]
    query = select(ReportSuspicion.report_id, ReportSuspicion.by)
    found: dict[str, set[str]] = {}
    query = query.where(col(ReportSuspicion.report_id).in_(ids))
    for report_id, by in (await work.exec(query)).all():
        found.setdefault(report_id, set()).add(by)
    return found


def due_at(report: StatutoryReport) -> datetime | None:
    """Until when what is owed now is owed; how often it was asked for moves nothing of it."""
    if report.next_due_at is None:
        return None
    return report.breach_at if report.state == ReportState.OPEN else report.feedback_due_at


async def reports_of_case(work: Work, ids: frozenset[str]) -> list[StatutoryReport]:
    """Of a case and all that is read with it, the newest first."""
    query = select(StatutoryReport).where(col(StatutoryReport.case_id).in_(ids))
    newest_first = col(StatutoryReport.opened_at).desc(), col(StatutoryReport.id)
    return list((await work.exec(query.order_by(*newest_first))).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    """What is sealed of a report, in clear."""

    person: str
    receipt: str
    to_tell: str
    feedback: str
    reason: str


async def open_words(
    work: Work, vault: Vault, report_id: str, *, by: Actor, at: datetime
) -> ReportWords:
    """Somebody reads it: the case's timeline says so. Who reported has read the answer by that."""
    report = await lock_report(work, report_id)
    said = {name: open_cell(vault, report, f"{name}_sealed") for name in SEALED}
    if report.case_id is not None:
        case_id = await standing_case(work, report.case_id)
        keep_trace(work, case_id, ("statutory",), by=by, at=at, report_id=report.id)
    answered = report.state == ReportState.ANSWERED and report.answer_read_at is None
    if answered and report.reported_by == str(by):
        report.answer_read_at = at
        work.announce("statutory", report.id)
    return ReportWords(**said)
