"""What the law asks to be reported: suspected, reported or not, and what was answered."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.cases.queries import linked_calls, require_case, together
from hotline.cases.reporters import release_caller, say_who_called
from hotline.errors import Invalid, NotFound
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.statutory.acts import (
    Made,
    accepted,
    answered,
    none_yet,
    not_reportable,
    report_made,
)
from hotline.statutory.counts import MonthOfReports, count_month
from hotline.statutory.model import EventKind, How, ReportAgency, Source
from hotline.statutory.queries import due_at, require_report
from hotline.statutory.service import Suspicion, open_emergency, suspect
from hotline.storage.tables import StatutoryReport
from hotline.web.auth import CallReader, CaseReleaser, gate
from hotline.web.case_acts import act_of
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import MomentHere

router = APIRouter(tags=["statutory"], route_class=IdempotentRoute)

Reporter = Annotated[SignedIn, Depends(gate(Permission.MAKE_REPORT))]
Waiver = Annotated[SignedIn, Depends(gate(Permission.WAIVE_REPORT))]
Counter = Annotated[SignedIn, Depends(gate(Permission.COUNT_CASES))]
ReportText = Annotated[str, Field(min_length=1, max_length=4000)]
NO_CALL = "No call belongs to this case: a report begins from one."
NO_LINE = "Say for which of your lines."


class SuspicionIn(BaseModel):
    """Which of the nine situations; that it is suspected is enough."""

    code: str = Field(max_length=40, examples=["abandoned"])


class ReportMadeIn(BaseModel):
    """To whom, how, when, and what they gave. `at`: now; without a zone, of Guangdong."""

    agency: ReportAgency
    how: How
    person: str = Field(max_length=200, examples=["desk 3"])
    receipt: str = Field(default="", max_length=100)
    at: MomentHere | None = None
    to_tell: str = Field(default="", max_length=1000)


class ReportReasonIn(BaseModel):
    """Why, in words."""

    reason: ReportText


class AcceptedIn(BaseModel):
    """On which day they took it up."""

    on: date


class ReportAnswerIn(BaseModel):
    """What they answered."""

    text: ReportText


class CallerIn(BaseModel):
    """Whether the caller is one who tells of the child, or the child."""

    is_reporter: bool


class EmergencyIn(BaseModel):
    """What happened, on which line: theirs, where they have but one."""

    kind: EventKind
    line: str = Field(default="", max_length=60)


class ReportOut(BaseModel):
    """How it stands after the command. `due_at`: of what is owed now."""

    id: str
    number: str
    state: str
    codes: list[str]
    case_id: str | None
    due_at: datetime | None


# ── suspected ───────────────────────────────────────────────────────────────────────────────────


@router.post("/calls/{call_id}/mandatory-report", status_code=201)
async def suspect_in_call(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: SuspicionIn
) -> ReportOut:
    """A report is due at once. Whoever may raise a flag for the call may say so."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.RAISE_FLAG)
    return report_out(await suspect(work, call, _suspicion(backend, who, (wanted.code,))))


@router.post("/cases/{case_id}/mandatory-report", status_code=201)
async def suspect_in_case(
    backend: BackendDep, work: CommandWork, who: Reporter, case_id: str, wanted: SuspicionIn
) -> ReportOut:
    """The same of a case, whoever's call it was."""
    await require_case(work, case_id, who, Permission.MAKE_REPORT)
    calls = await linked_calls(work, await together(work, case_id))
    if not calls:
        raise Invalid(NO_CALL)
    call = await lock_call(work, calls[0])
    return report_out(await suspect(work, call, _suspicion(backend, who, (wanted.code,))))


def _suspicion(backend: Backend, who: SignedIn, codes: tuple[str, ...]) -> Suspicion:
    return Suspicion(
        codes=codes,
        source=Source.BUTTON,
        by=Actor.of_staff(who.staff_id),
        at=backend.clock.now(),
        settings=backend.settings,
    )


@router.post("/statutory/emergencies", status_code=201)
async def begin_emergency(
    backend: BackendDep, work: CommandWork, who: Reporter, wanted: EmergencyIn
) -> ReportOut:
    """The manager must hear of it within 24 hours."""
    line = wanted.line or (who.lines[0] if len(who.lines) == 1 else "")
    if line not in who.lines:
        raise Invalid(NO_LINE)
    suspicion = _suspicion(backend, who, (wanted.kind,))
    return report_out(await open_emergency(work, line, suspicion))


# ── reported, or not; and answered ──────────────────────────────────────────────────────────────


@router.post("/statutory/{report_id}/reported")
async def reported(
    backend: BackendDep, work: CommandWork, who: Reporter, report_id: str, made: ReportMadeIn
) -> ReportOut:
    """It was reported: the agency's answer is due from then on."""
    await require_report(work, report_id, who)
    act = act_of(backend, who)
    wanted = Made(**{**made.model_dump(), "at": made.at or act.at})
    return report_out(await report_made(work, act, report_id, wanted))


@router.post("/statutory/{report_id}/not-reportable")
async def waived(
    backend: BackendDep, work: CommandWork, who: Waiver, report_id: str, why: ReportReasonIn
) -> ReportOut:
    """It need not be reported. For a supervisor who is not the only one to have suspected it."""
    await require_report(work, report_id, who, Permission.WAIVE_REPORT)
    return report_out(await not_reportable(work, act_of(backend, who), report_id, why.reason))


@router.post("/statutory/{report_id}/accepted")
async def taken_up(
    backend: BackendDep, work: CommandWork, who: Reporter, report_id: str, day: AcceptedIn
) -> ReportOut:
    """The agency has taken it up: three days from that day their answer is asked for."""
    await require_report(work, report_id, who)
    return report_out(await accepted(work, act_of(backend, who), report_id, day.on))


@router.post("/statutory/{report_id}/none-yet")
async def no_answer_yet(
    backend: BackendDep, work: CommandWork, who: Reporter, report_id: str
) -> ReportOut:
    """They were asked, and have no answer: asked again in three days."""
    await require_report(work, report_id, who)
    return report_out(await none_yet(work, act_of(backend, who), report_id))


@router.post("/statutory/{report_id}/feedback")
async def feedback(
    backend: BackendDep, work: CommandWork, who: Reporter, report_id: str, answer: ReportAnswerIn
) -> ReportOut:
    """What they answered, which whoever reported is shown."""
    await require_report(work, report_id, who)
    return report_out(await answered(work, act_of(backend, who), report_id, answer.text))


# ── who told us ─────────────────────────────────────────────────────────────────────────────────


@router.post("/cases/{case_id}/reporter", status_code=204)
async def says_who_called(
    backend: BackendDep, work: CommandWork, who: Reporter, case_id: str, said: CallerIn
) -> None:
    """Whether the caller only told of the child: then receivers may not know who they are."""
    await require_case(work, case_id, who, Permission.MAKE_REPORT)
    await say_who_called(work, act_of(backend, who), case_id, is_caller=said.is_reporter)


@router.post("/cases/{case_id}/reporter/release", status_code=204)
async def releases_caller(
    backend: BackendDep, work: CommandWork, who: CaseReleaser, case_id: str, why: ReportReasonIn
) -> None:
    """Whoever receives the case may read the number of whoever called, from now on."""
    await require_case(work, case_id, who, Permission.RELEASE_REPORTER)
    await release_caller(work, act_of(backend, who), case_id, why.reason)


@router.get("/statutory/counts")
async def counts(
    work: WorkDep, who: Counter, month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
) -> MonthOfReports:
    """How many there were in a month (`2026-03`), by code. Few are not told to who sees no case."""
    if not may(who.roles, (Relation.LINE,), Permission.COUNT_CASES):
        raise NotFound
    year, number = map(int, month.split("-"))
    sees_cases = may(who.roles, (Relation.LINE,), Permission.SEE_CASE)
    return await count_month(work, who.lines, year, number, suppress=not sees_cases)


def report_out(report: StatutoryReport) -> ReportOut:
    """As every command answers."""
    return ReportOut(
        id=report.id,
        number=report.number,
        state=report.state,
        codes=report.codes,
        case_id=report.case_id,
        due_at=due_at(report),
    )
