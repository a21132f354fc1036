"""A suspicion makes a report due, at once and in the same unit of work. Suspicion is enough.

Nothing here takes one back. Lock order: call, case, report, delivery.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.cases.model import OpenedAs
from hotline.cases.queries import together
from hotline.cases.reporters import ask_who_called
from hotline.cases.service import Opening, case_for_call
from hotline.errors import Invalid, NotFound
from hotline.staff.actor import Actor
from hotline.statutory.model import (
    CODES_OF,
    EventKind,
    ReportKind,
    ReportState,
    Source,
)
from hotline.statutory.policy import dates_of
from hotline.statutory.telling import tell_of_report
from hotline.statutory_settings import StatutorySettings
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, ReportSuspicion, StatutoryReport
from hotline.storage.tables.columns import new_id

NUMBER_DIGITS = 8
UNKNOWN_CODE = "There is no such situation on the list."


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Who suspects which situations, from where; `settings`: by when it is due."""

    codes: tuple[str, ...]
    source: Source
    by: Actor
    at: datetime
    settings: StatutorySettings


async def suspect(work: Work, call: Call, suspicion: Suspicion) -> StatutoryReport:
    """The open report of the call's case, with these situations. The caller holds the call.

    A case has one open report at most: what else is suspected is added to it. Raises `Invalid`.
    """
    _require_known(suspicion.codes)
    opening = Opening(
        opened_as=OpenedAs.MANDATORY_REPORT, station_id=None, by=suspicion.by, at=suspicion.at
    )
    case = await case_for_call(work, call, opening)
    await work.flush()
    await ask_who_called(work, case.id, at=suspicion.at)
    report = await _open_of_case(work, case.id)
    if report is None:
        draft = _draft(ReportKind.MANDATORY, suspicion, call=call, case_id=case.id)
        report = await _begin(work, draft, suspicion)
    else:
        await _add(work, report, suspicion)
    await _keep_suspicion(work, report, suspicion, call_id=call.id)
    return report


async def open_emergency(
    work: Work, line_id: str, suspicion: Suspicion, *, case: Case | None = None
) -> StatutoryReport:
    """The manager must hear of it within a day. `case`: where it is about one person."""
    draft = _draft(
        ReportKind.EMERGENCY, suspicion, call=None, case_id=None if case is None else case.id
    )
    draft.line_id = line_id
    report = await _begin(work, draft, suspicion)
    await _keep_suspicion(work, report, suspicion, call_id=None)
    return report


async def died(
    work: Work, case: Case, *, by: Actor, at: datetime, settings: StatutorySettings
) -> None:
    """A case came to this end: by rule an event, once for each case."""
    query = select(StatutoryReport.id).where(
        StatutoryReport.case_id == case.id, StatutoryReport.kind == ReportKind.EMERGENCY
    )
    if (await work.exec(query)).first() is None:
        suspicion = Suspicion(
            codes=(EventKind.DEATH,), source=Source.RULE, by=by, at=at, settings=settings
        )
        await open_emergency(work, case.line_id, suspicion, case=case)


async def lock_report(work: Work, report_id: str) -> StatutoryReport:
    """Held until the unit ends. Raises `NotFound`."""
    query = select(StatutoryReport).where(StatutoryReport.id == report_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def authors_of(work: Work, report_id: str) -> frozenset[str]:
    """Everybody who suspected it, as the timeline writes them."""
    query = select(ReportSuspicion.by).where(ReportSuspicion.report_id == report_id)
    return frozenset((await work.exec(query)).all())


async def known_codes(work: Work, call_id: str) -> frozenset[str]:
    """What was suspected in this call before, whatever became of it."""
    query = select(ReportSuspicion.code).where(ReportSuspicion.call_id == call_id)
    return frozenset((await work.exec(query)).all())


def _require_known(codes: Iterable[str]) -> None:
    wanted = set(codes)
    if not wanted or not wanted <= CODES_OF[ReportKind.MANDATORY]:
        raise Invalid(UNKNOWN_CODE)


async def _open_of_case(work: Work, case_id: str) -> StatutoryReport | None:
    """The case is held, so no second one begins meanwhile."""
    query = (
        select(StatutoryReport)
        .where(
            col(StatutoryReport.case_id).in_(await together(work, case_id)),
            StatutoryReport.state == ReportState.OPEN,
            StatutoryReport.kind == ReportKind.MANDATORY,
        )
        .order_by(col(StatutoryReport.opened_at), col(StatutoryReport.id))
        .limit(1)
        .with_for_update()
    )
    return (await work.exec(query.execution_options(populate_existing=True))).one_or_none()


def _draft(
    kind: ReportKind, suspicion: Suspicion, *, call: Call | None, case_id: str | None
) -> StatutoryReport:
    dates = dates_of(kind, suspicion.settings, at=suspicion.at)
    return StatutoryReport(
        number=draw_number(),
        kind=kind,
        line_id="" if call is None else call.line_id,
        call_id=None if call is None else call.id,
        case_id=case_id,
        codes=sorted(set(suspicion.codes)),
        opened_at=suspicion.at,
        opened_by=str(suspicion.by),
        warn_at=dates.warn_at,
        breach_at=dates.breach_at,
        next_due_at=dates.warn_at,
    )


async def _begin(work: Work, draft: StatutoryReport, suspicion: Suspicion) -> StatutoryReport:
    """Under the first number drawn that is not taken."""
    while True:
        adding = insert(StatutoryReport).values(draft.model_dump())
        adding = adding.on_conflict_do_nothing(index_elements=["number"])
        made: StatutoryReport | None = (
            await work.exec(adding.returning(StatutoryReport))
        ).scalar_one_or_none()
        if made is not None:
            break
        draft.number = draw_number()
    facts = {"codes": made.codes, "source": suspicion.source}
    await tell_of_report(work, made, "opened", at=suspicion.at, actor=suspicion.by, **facts)
    return made


def draw_number() -> str:
    """Eight digits, to write on a receipt; a case has seven. Random: it counts nothing."""
    return str(10 ** (NUMBER_DIGITS - 1) + secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)))


async def _add(work: Work, report: StatutoryReport, suspicion: Suspicion) -> None:
    more = sorted(set(suspicion.codes) - set(report.codes))
    if not more:
        return
    report.codes = sorted({*report.codes, *more})
    facts = {"codes": more, "source": suspicion.source}
    await tell_of_report(work, report, "code_added", at=suspicion.at, actor=suspicion.by, **facts)


async def _keep_suspicion(
    work: Work, report: StatutoryReport, suspicion: Suspicion, *, call_id: str | None
) -> None:
    """Of the call in which it came up: its record is asked against that, whatever began the
    report."""
    rows = [
        {
            "id": new_id(),
            "report_id": report.id,
            "call_id": call_id,
            "code": code,
            "source": suspicion.source,
            "by": str(suspicion.by),
            "at": suspicion.at,
        }
        for code in suspicion.codes
    ]
    adding = insert(ReportSuspicion).values(rows)
    once = ["report_id", "code", "by", "call_id"]
    await work.exec(adding.on_conflict_do_nothing(index_elements=once))
