"""A report as a workbook: a sheet for each of its tables, numbers as numbers.

No cell is read as a formula: texts are written as texts, and marked as such for whatever reads them
next. What is kept back is a text too, so that no sum of a spreadsheet counts it for nought.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from hotline.i18n.catalog import _
from hotline.reports.report import PeriodReport
from hotline.texts import plain_cell
from hotline.web.report_table import TableNumber, TableRow, footnote, rows_of, title_of

NAME_WIDTH, NUMBER_WIDTH, WORDS_WIDTH = 32, 14, 60
LONG = 24  # letters: from here on a column holds sentences
TEXT = "s"


def as_xlsx(report: PeriodReport, head: Sequence[TableRow], foot: str, language: str) -> bytes:
    """`head`: what it is of; `foot`: who took it out."""
    book = Workbook()
    book.properties.creator = "Hotline"
    book.properties.created = report.at.astimezone(UTC).replace(tzinfo=None)
    book.properties.title = title_of(report.period)
    if (first := book.active) is not None:
        book.remove(first)
    _fill(book.create_sheet(_("说明")), [*head, (footnote(report),), (foot,)], is_table=False)
    for name, rows in rows_of(report, language):
        _fill(book.create_sheet(name), rows, is_table=True)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(sheet: Worksheet, rows: Iterable[TableRow], *, is_table: bool) -> None:
    widths: dict[int, int] = {}
    for n, row in enumerate(rows, 1):
        for m, said in enumerate(row, 1):
            cell = sheet.cell(n, m)
            if isinstance(cell, Cell):
                _write(cell, said)
            widths[m] = max(widths.get(m, 0), len(said))
    for m, longest in widths.items():
        wide = WORDS_WIDTH if longest > LONG else NUMBER_WIDTH
        sheet.column_dimensions[get_column_letter(m)].width = NAME_WIDTH if m == 1 else wide
    if is_table:
        sheet.freeze_panes = "B1"


def _write(cell: Cell, said: str) -> None:
    if isinstance(said, TableNumber):
        cell.value, cell.number_format = said.value, said.form
        return
    cell.value = plain_cell(said)
    cell.data_type = TEXT
    cell.alignment = Alignment(wrap_text=len(said) > LONG, vertical="top")
    if cell.column == 1:
        cell.font = Font(bold=True)
