"""Reports that are taken out of the house: as a table, as a workbook, as pages. The audit knows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import col, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.i18n.catalog import ENGLISH, _, moment, speaking
from hotline.reports.periods import PeriodKind
from hotline.reports.reading import read_report
from hotline.reports.report import PeriodReport
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import Line
from hotline.web.auth import gate
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.rendering import language_of
from hotline.web.report_choice import ReportChoice, file_asked_for
from hotline.web.report_sheets import as_xlsx
from hotline.web.report_table import TableRow, as_csv, as_pdf, city_said, title_of

router = APIRouter(prefix="/reports/{kind}", tags=["reports"])

CSV, PDF = "text/csv; charset=utf-8", "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TakenReport:
    """A report on its way out of the house, with what it is of and who takes it."""

    def __init__(
        self,
        request: Request,
        backend: BackendDep,
        work: WorkDep,
        who: Annotated[SignedIn, Depends(gate(Permission.READ_REPORTS))],
    ) -> None:
        self._at, self._work, self._who = backend.clock.now(), work, who
        self.language = language_of(request)

    async def read(self, kind: PeriodKind, choice: ReportChoice) -> PeriodReport:
        """Small numbers kept back. That it was taken is written down."""
        asked = file_asked_for(self._who, kind, choice, at=self._at)
        found = await read_report(self._work, asked, at=self._at)
        act = NewAct(
            by_id=self._who.staff_id,
            kind=ActKind.REPORT_EXPORTED,
            subject=SubjectKind.REPORT,
            subject_id=asked.period.name,
            lines=frozenset(asked.lines),
            after={"kind": asked.period.kind.value, "city": asked.city},
        )
        await record_act(self._work, act, at=self._at)
        return found

    async def head(self, found: PeriodReport) -> list[TableRow]:
        """What the report is of."""
        query = select(Line).where(col(Line.id).in_(found.lines)).order_by(col(Line.id))
        lines = (await self._work.exec(query)).all()
        names = [line.name_en if self.language == ENGLISH else line.name for line in lines]
        return [
            (_("报表"), title_of(found.period)),
            (_("热线"), " · ".join(names)),
            (_("来电城市"), city_said(f"{found.city}00") if found.city else _("全部")),
            (_("截至"), moment(found.at, "yyyy-MM-dd HH:mm")),
        ]

    def foot(self, found: PeriodReport) -> str:
        """Who took it, and that nobody stands in it."""
        when = moment(found.at, "yyyy-MM-dd HH:mm")
        said = "%(who)s 于 %(when)s 导出。只有数字，不含任何人的信息。"
        return _(said, who=self._who.name, when=when)


TakenAway = Annotated[TakenReport, Depends(TakenReport)]
WishedFile = Annotated[ReportChoice, Query()]


def _file(found: PeriodReport, ending: str, media_type: str, body: bytes | str) -> Response:
    name = f'attachment; filename="report-{found.period.name}.{ending}"'
    return Response(body, media_type=media_type, headers={"Content-Disposition": name})


@router.get(
    "/export.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "A table in words."}},
)
async def export_csv(taken: TakenAway, kind: PeriodKind, choice: WishedFile) -> Response:
    """For a spreadsheet, small numbers kept back. That it was taken is in the audit."""
    found = await taken.read(kind, choice)
    with speaking(taken.language):
        body = as_csv(found, await taken.head(found), taken.language)
    return _file(found, "csv", CSV, body)


@router.get(
    "/export.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "A workbook, numbers as numbers."}},
)
async def export_xlsx(taken: TakenAway, kind: PeriodKind, choice: WishedFile) -> Response:
    """A workbook, small numbers kept back. That it was taken is in the audit."""
    found = await taken.read(kind, choice)
    with speaking(taken.language):
        body = as_xlsx(found, await taken.head(found), taken.foot(found), taken.language)
    return _file(found, "xlsx", XLSX, body)


@router.get(
    "/export.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, "description": "Pages of A4."}},
)
async def export_pdf(taken: TakenAway, kind: PeriodKind, choice: WishedFile) -> Response:
    """To print, small numbers kept back. That it was taken is in the audit."""
    found = await taken.read(kind, choice)
    with speaking(taken.language):
        body = as_pdf(found, await taken.head(found), taken.foot(found), taken.language)
    return _file(found, "pdf", PDF, body)
