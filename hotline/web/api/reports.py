"""Reports: figures of a period, the calls behind one of them, and files to hand on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel
from sqlmodel import col, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.errors import Forbidden
from hotline.i18n.catalog import ENGLISH, _, moment, speaking
from hotline.reports.figures import FormItem, Problem
from hotline.reports.kpis import Kpi, KpiUnit
from hotline.reports.periods import PeriodKind
from hotline.reports.reading import ReportAsked, read_behind, read_report
from hotline.reports.report import PeriodReport, ToldKpi
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Line
from hotline.web.auth import gate
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.rendering import language_of
from hotline.web.report_behind import BehindChoice, BehindOut, newest_behind
from hotline.web.report_choice import ReportChoice, asked_for, sees_behind
from hotline.web.report_table import TableRow, as_csv, as_pdf, city_said, title_of

router = APIRouter(prefix="/reports/{kind}", tags=["reports"])

ReportReader = Annotated[SignedIn, Depends(gate(Permission.READ_REPORTS))]
WishedReport = Annotated[ReportChoice, Query()]


class KpiOut(BaseModel):
    """A figure. `kept_back`: it is small, or would tell a small one."""

    kpi: Kpi
    unit: KpiUnit
    value: float | None
    part: int | None
    whole: int | None
    target: float | None
    missed: bool
    kept_back: bool


class BalanceOut(BaseModel):
    """In = out: `unaccounted` must be none."""

    came_in: int
    alive: int
    outcomes: Mapping[str, int]
    unaccounted: int


class PartOut(BaseModel):
    """An hour, a day or a month. Null: kept back."""

    at: datetime
    came_in: int | None
    answered: int | None


class FormOut(BaseModel):
    """The monthly form of 2010. Null: kept back. `unknown`: what nothing here can answer."""

    items: Mapping[FormItem, int | None]
    connected: KpiOut
    problems: Mapping[Problem, int | None]
    staff: int | None
    unknown: Sequence[str]


class TopicOut(BaseModel):
    """Calls about one of the international top levels, by age. Null: kept back."""

    topic: str
    total: int | None
    ages: Mapping[str, int | None]


class CityOut(BaseModel):
    """Calls from one city; empty: nobody knows from where."""

    division: str
    calls: int | None


class MonthOut(BaseModel):
    """A month of a year by its figures."""

    name: str
    kpis: list[KpiOut]


class PeriodReportOut(BaseModel):
    """A report. `exact`: with the figures as they are, since the reader may open the calls."""

    kind: PeriodKind
    name: str
    since: date
    until: date
    at: datetime
    lines: Sequence[str]
    city: str
    exact: bool
    kpis: list[KpiOut]
    balance: BalanceOut | None
    parts: list[PartOut]
    form: FormOut
    topics: list[TopicOut]
    cities: list[CityOut]
    months: list[MonthOut]


class FactsBehind(BaseModel):
    """The newest of them first, and how many there are."""

    total: int
    shown: list[BehindOut]


@router.get("")
async def report(
    backend: BackendDep, work: WorkDep, who: ReportReader, kind: PeriodKind, choice: WishedReport
) -> PeriodReportOut:
    """Of my lines, or one of them; of the present period, or the one in which a day lies."""
    now = backend.clock.now()
    return out_of(await read_report(work, asked_for(who, kind, choice, at=now), at=now))


@router.get("/behind")
async def behind_figure(
    backend: BackendDep,
    work: WorkDep,
    who: ReportReader,
    kind: PeriodKind,
    choice: Annotated[BehindChoice, Query()],
) -> FactsBehind:
    """What a figure counts; `missing`: of its whole what it does not. For who may see the calls."""
    if not sees_behind(who):
        raise Forbidden
    now = backend.clock.now()
    asked = asked_for(who, kind, choice, at=now)
    found = await read_behind(work, asked, choice.kpi, missing=choice.missing, at=now)
    return FactsBehind(total=len(found), shown=newest_behind(found))


@router.get(
    "/export.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "A table in words."}},
)
async def export_csv(
    request: Request,
    backend: BackendDep,
    work: WorkDep,
    who: ReportReader,
    kind: PeriodKind,
    choice: WishedReport,
) -> Response:
    """For a spreadsheet, small numbers kept back. That it was taken is in the audit."""
    taken = await _taken(backend, work, who, kind, choice)
    language = language_of(request)
    with speaking(language):
        body = as_csv(taken, await _head(work, taken, language), language)
    headers = {"Content-Disposition": _attached(taken, "csv")}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


@router.get(
    "/export.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "Pages of A4."}},
)
async def export_pdf(
    request: Request,
    backend: BackendDep,
    work: WorkDep,
    who: ReportReader,
    kind: PeriodKind,
    choice: WishedReport,
) -> Response:
    """To print, small numbers kept back. That it was taken is in the audit."""
    taken = await _taken(backend, work, who, kind, choice)
    language = language_of(request)
    with speaking(language):
        when = moment(taken.at, "yyyy-MM-dd HH:mm")
        foot = _("%(who)s 于 %(when)s 导出。只有数字，不含任何人的信息。", who=who.name, when=when)
        pages = as_pdf(taken, await _head(work, taken, language), foot, language)
    headers = {"Content-Disposition": _attached(taken, "pdf")}
    return Response(pages, media_type="application/pdf", headers=headers)


async def _taken(
    backend: Backend, work: Work, who: SignedIn, kind: PeriodKind, choice: ReportChoice
) -> PeriodReport:
    now = backend.clock.now()
    asked = replace(asked_for(who, kind, choice, at=now), exact=False)
    found = await read_report(work, asked, at=now)
    await _note_taken(work, who, asked, at=now)
    return found


async def _note_taken(work: Work, who: SignedIn, asked: ReportAsked, *, at: datetime) -> None:
    act = NewAct(
        by_id=who.staff_id,
        kind=ActKind.REPORT_EXPORTED,
        subject=SubjectKind.REPORT,
        subject_id=asked.period.name,
        lines=frozenset(asked.lines),
        after={"kind": asked.period.kind.value, "city": asked.city},
    )
    await record_act(work, act, at=at)


def _attached(found: PeriodReport, form: str) -> str:
    return f'attachment; filename="report-{found.period.name}.{form}"'


async def _head(work: Work, found: PeriodReport, language: str) -> list[TableRow]:
    """What the report is of."""
    query = select(Line).where(col(Line.id).in_(found.lines)).order_by(col(Line.id))
    lines = (await work.exec(query)).all()
    names = [line.name_en if language == ENGLISH else line.name for line in lines]
    city = city_said(f"{found.city}00") if found.city else _("全部")
    return [
        (_("报表"), title_of(found.period)),
        (_("热线"), " · ".join(names)),
        (_("来电城市"), city),
        (_("截至"), moment(found.at, "yyyy-MM-dd HH:mm")),
    ]


# ── as JSON ─────────────────────────────────────────────────────────────────────────────────────


def _kpi_out(told: ToldKpi) -> KpiOut:
    return KpiOut.model_validate(told, from_attributes=True)


def out_of(found: PeriodReport) -> PeriodReportOut:
    """As it is answered."""
    form, account = found.form, found.balance
    return PeriodReportOut(
        kind=found.period.kind,
        name=found.period.name,
        since=found.period.first,
        until=found.period.end,
        at=found.at,
        lines=found.lines,
        city=found.city,
        exact=found.exact,
        kpis=[_kpi_out(one) for one in found.kpis.values()],
        balance=None
        if account is None
        else BalanceOut.model_validate(account, from_attributes=True),
        parts=[PartOut.model_validate(one, from_attributes=True) for one in found.parts],
        form=FormOut(
            items=form.items,
            connected=_kpi_out(form.connected),
            problems=form.problems,
            staff=form.staff,
            unknown=form.unknown,
        ),
        topics=[TopicOut.model_validate(one, from_attributes=True) for one in found.topics],
        cities=[CityOut.model_validate(one, from_attributes=True) for one in found.cities],
        months=[
            MonthOut(name=one.period.name, kpis=[_kpi_out(k) for k in one.kpis.values()])
            for one in found.months
        ],
    )
