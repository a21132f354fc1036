"""Figures of a period for whoever answers for them, and the calls behind one of them."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from hotline.errors import Invalid
from hotline.reports.change_point import THRESHOLD
from hotline.reports.changes import read_changes
from hotline.reports.kpis import Kpi
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.reading import ReportAsked, is_handed_on, read_behind, read_report
from hotline.staff.permissions import Permission, Relation
from hotline.staff.sign_in import SignedIn
from hotline.stations.divisions import is_city, places_here
from hotline.storage.session import Work
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.report_behind import newest_behind
from hotline.web.report_chart import chart_of
from hotline.web.report_choice import OF_A_WHOLE, ReportChoice, asked_for, sees_behind
from hotline.web.report_table import (
    WHEN,
    city_said,
    footnote,
    kpi_said,
    number_said,
    title_of,
    topic_said,
)

router = APIRouter(prefix="/reports", include_in_schema=False)

WORDS = {
    "kpi_said": kpi_said,
    "number_said": number_said,
    "topic_said": topic_said,
    "city_said": city_said,
    "footnote": footnote,
}


class PageChoice(ReportChoice):
    """As the form asks. `kind`: empty, the first that the reader may have."""

    kind: PeriodKind | None = None

    def kind_for(self, who: SignedIn) -> PeriodKind:
        """A day, or for whoever only counts a month."""
        first = PeriodKind.DAY if sees_behind(who) else PeriodKind.MONTH
        return self.kind or first

    def address(self, period: Period, **more: str) -> str:
        """Of the same for another period."""
        told = {"on": period.name, "line": self.line, "city": self.city, **more}
        return urlencode({key: value for key, value in told.items() if value})


class FigureChoice(PageChoice):
    """Whose facts are listed. `missing`: of its whole what it does not count."""

    kpi: Kpi = Kpi.CAME_IN
    missing: bool = False


WishedPage = Annotated[PageChoice, Query()]


@router.get("")
async def reports(
    frame: FrameDep, backend: BackendDep, work: WorkDep, choice: WishedPage
) -> HTMLResponse:
    """The figures at once; those of a year a moment later, since they take longer."""
    frame.require(Permission.READ_REPORTS, by=Relation.LINE)
    now = backend.clock.now()
    choice, unreadable = _readable(frame, choice, now)
    asked = asked_for(frame.who, choice.kind_for(frame.who), choice, at=now)
    lazy = asked.period.kind is PeriodKind.YEAR
    figures = {"report": None} if lazy else await _figures(frame, work, choice, now)
    around = {
        "choice": choice,
        "period": asked.period,
        "title": title_of,
        "unreadable": unreadable,
        "kinds": list(PeriodKind) if asked.exact else list(OF_A_WHOLE),
        "exact": asked.exact,
        "cities": [code for code in places_here() if is_city(code)],
        "ahead": _comes_after(asked, now),
    }
    return frame.page("reports.html", **{**around, **WORDS, **figures})


def _comes_after(asked: ReportAsked, now: datetime) -> bool:
    """Whether there is a next one that they may read."""
    return asked.period.until <= now if asked.exact else is_handed_on(asked.period.after, now)


@router.get("/figures")
async def report_figures(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, choice: WishedPage
) -> HTMLResponse:
    """The figures alone."""
    frame.require(Permission.READ_REPORTS, by=Relation.LINE)
    figures = await _figures(frame, work, choice, backend.clock.now())
    return frame.page("report_figures.html", choice=choice, **{**WORDS, **figures})


@router.get("/changes")
async def changes(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What became more than it used to be, for whoever may look into the calls."""
    frame.require(Permission.READ_REPORTS, by=Relation.LINE)
    frame.require(Permission.SEE_CALL, by=Relation.LINE)
    found = await read_changes(work, frame.who.lines, at=backend.clock.now())
    return frame.page("report_changes.html", changes=found, threshold=THRESHOLD, **WORDS)


def _readable(frame: Fragment, choice: PageChoice, now: datetime) -> tuple[PageChoice, bool]:
    """A day that cannot be read counts as the present one, and the page says so."""
    try:
        asked_for(frame.who, choice.kind_for(frame.who), choice, at=now)
    except Invalid:
        return choice.model_copy(update={"on": ""}), True
    return choice, False


async def _figures(
    frame: Fragment, work: Work, choice: PageChoice, now: datetime
) -> dict[str, Any]:
    asked = asked_for(frame.who, choice.kind_for(frame.who), choice, at=now)
    found = await read_report(work, asked, at=now)
    return {
        "report": found,
        "period": asked.period,
        "exact": asked.exact,
        "chart": chart_of(found.parts),
        "form_of_time": WHEN[asked.period.kind],
        "shares": [kpi for kpi, told in found.kpis.items() if told.unit == "share"],
    }


@router.get("/behind")
async def behind_figure(
    frame: FrameDep,
    backend: BackendDep,
    work: WorkDep,
    choice: Annotated[FigureChoice, Query()],
) -> HTMLResponse:
    """The calls that a figure counts, or does not: for whoever may open them."""
    frame.require(Permission.READ_REPORTS, by=Relation.LINE)
    frame.require(Permission.SEE_CALL, by=Relation.LINE)
    now = backend.clock.now()
    asked = asked_for(frame.who, choice.kind_for(frame.who), choice, at=now)
    found = await read_behind(work, asked, choice.kpi, missing=choice.missing, at=now)
    return frame.page(
        "report_behind.html",
        choice=choice,
        period=asked.period,
        title=title_of,
        kpi=choice.kpi,
        missing=choice.missing,
        total=len(found),
        rows=newest_behind(found),
        names=frame.line_name,
    )
