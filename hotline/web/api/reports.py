"""Reports: figures of a period, the calls behind one of them, and files to hand on."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from hotline.errors import Forbidden
from hotline.reports.figures import FormItem, FormProblem
from hotline.reports.kpis import Kpi, KpiUnit
from hotline.reports.periods import PeriodKind
from hotline.reports.reading import read_behind, read_report
from hotline.reports.report import PeriodReport, ToldKpi
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.web.auth import gate
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.report_behind import BehindChoice, BehindOut, newest_behind
from hotline.web.report_choice import ReportChoice, asked_for, sees_behind

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
    problems: Mapping[FormProblem, int | None]
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
    """A report. `exact`: with the figures as they are, since the reader may open the calls.

    `handed_on`: its tables may be; else all of it is for whoever may open the calls alone.
    """

    kind: PeriodKind
    name: str
    since: date
    until: date
    at: datetime
    lines: Sequence[str]
    city: str
    exact: bool
    handed_on: bool
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
        handed_on=found.handed_on,
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
