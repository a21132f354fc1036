"""Files of the roster: what a cell means, what is wrong with it, and no formula either way."""

from datetime import UTC, date, datetime, time
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from hotline.roster.calendars import CalendarEvent, calendar_of, rows_of_calendar
from hotline.roster.entries import (
    FaultyCell,
    MeantRow,
    SheetCell,
    SheetColumn,
    SheetFault,
    WrittenRow,
    day_in,
    meant,
    minute_in,
)
from hotline.roster.model import LeaveKind, ShiftKind
from hotline.roster.sheets import SheetRow, rows_of_sheet, xlsx_of

HEAD = "日期,开始时间,结束时间,姓名,种类"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-12-07", date(2026, 12, 7)),
        ("2026/12/7", date(2026, 12, 7)),
        ("2026年12月7日", date(2026, 12, 7)),
        (datetime(2026, 12, 7), date(2026, 12, 7)),  # noqa: DTZ001 – as a spreadsheet gives it
        ("2026-02-30", SheetFault.NO_DATE),
        (46363, SheetFault.NO_DATE),
        (None, SheetFault.NO_DATE),
    ],
)
def test_a_day_is_read_as_people_write_it(cell: SheetCell, day: date | SheetFault) -> None:
    assert day_in(cell) == day


@pytest.mark.parametrize(
    ("cell", "minute"),
    [
        ("8:00", 480),
        ("24:00", 0),
        (time(22, 30), 1350),
        ("8:10", SheetFault.NOT_QUARTERS),
        ("8:75", SheetFault.NO_TIME),
        ("25:00", SheetFault.NO_TIME),
    ],
)
def test_a_time_lies_on_a_quarter_hour(cell: SheetCell, minute: int | SheetFault) -> None:
    assert minute_in(cell) == minute


def rows(raw: bytes) -> list[WrittenRow]:
    found = rows_of_sheet(raw)
    assert all(isinstance(one, WrittenRow) for one in found), found
    return [one for one in found if isinstance(one, WrittenRow)]


def test_a_table_is_read_in_either_language_and_writing_and_faults_name_row_and_column() -> None:
    chinese = rows(f"{HEAD}\n2026-12-07,22:00,06:00,李,二线\n".encode("gb18030"))
    [english] = rows(b"\xef\xbb\xbfdate;from;to;account;kind\n2026-12-07;22:00;6:00;li;Training\n")

    night, training = meant(chinese[0]), meant(english)
    assert isinstance(night, MeantRow)
    assert night.begins_at == datetime(2026, 12, 7, 14, tzinfo=UTC)
    assert night.kind is ShiftKind.SECOND_LINE
    assert isinstance(training, MeantRow)
    assert training.kind is LeaveKind.TRAINING
    [wrong] = rows(f"{HEAD}\nsoon,22:05,06:00,李,\n".encode())
    assert meant(wrong) == [
        FaultyCell(row=2, column="日期", fault=SheetFault.NO_DATE, value="soon"),
        FaultyCell(row=2, column="开始时间", fault=SheetFault.NOT_QUARTERS, value="22:05"),
    ]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"PK\x03\x04 is no spreadsheet", SheetFault.UNREADABLE),
        (b"\x00\x01", SheetFault.UNREADABLE),
        ("日期,开始时间,姓名\n".encode(), SheetFault.NO_COLUMN),
        (HEAD.encode(), SheetFault.EMPTY),
    ],
)
def test_what_is_no_table_of_shifts_is_told_at_once(raw: bytes, fault: SheetFault) -> None:
    [found] = rows_of_sheet(raw)

    assert isinstance(found, FaultyCell)
    assert found.fault is fault


def test_a_formula_is_a_fault_whether_a_cell_or_a_text_is_one() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for place, value in enumerate([*HEAD.split(",")], start=1):
        sheet.cell(1, place).value = value
    for place, value in enumerate(["2026-12-07", "08:00", "16:00", "=A1", "@now"], start=1):
        sheet.cell(2, place).value = value
    kept = BytesIO()
    book.save(kept)

    [row] = rows(kept.getvalue())

    assert row.formulas == {SheetColumn.NAME, SheetColumn.KIND}


def test_a_sheet_that_goes_out_calculates_nothing_and_can_be_read_in_again() -> None:
    name = "=HYPERLINK(1)"
    row = SheetRow(day=date(2026, 12, 7), start="08:00", end="16:00", name=name,
                   account="li", kind="值班", lines="青少年")  # fmt: skip

    raw = xlsx_of([row], [date(2026, 12, 7)])

    book = load_workbook(BytesIO(raw))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "d", "n"}
    [again] = rows(raw)
    assert (again.text(SheetColumn.NAME), again.formulas) == (name, frozenset())
    found = meant(again)
    assert isinstance(found, MeantRow)
    assert found.begins_at == datetime(2026, 12, 7, tzinfo=UTC)


def test_a_calendar_is_read_as_it_was_written_and_repeats_are_told() -> None:
    begins, ends = (datetime(2026, 12, 7, hour, tzinfo=UTC) for hour in (14, 22))
    event = CalendarEvent(id="1", summary="李 · 待命 · 青少年", begins_at=begins, ends_at=ends,
                          changed_at=begins)  # fmt: skip
    raw = calendar_of("x", [event])

    [row] = rows_of_calendar(raw)
    [repeated] = rows_of_calendar(raw.replace(b"END:VEVENT", b"RRULE:FREQ=DAILY\r\nEND:VEVENT"))

    assert isinstance(row, WrittenRow)
    found = meant(row)
    assert found == MeantRow(begins_at=begins, ends_at=ends, kind=ShiftKind.ON_CALL)
    assert (row.text(SheetColumn.NAME), row.text(SheetColumn.LINES)) == ("李", "青少年")
    assert isinstance(repeated, FaultyCell)
    assert repeated.fault is SheetFault.REPEATS


def test_leave_of_whole_days_is_a_row_a_day() -> None:
    raw = (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:li \xc2\xb7 holiday\r\n"
           b"DTSTART;VALUE=DATE:20261207\r\nDTEND;VALUE=DATE:20261209\r\n"
           b"END:VEVENT\r\nEND:VCALENDAR\r\n")  # fmt: skip

    assert [one.row for one in rows_of_calendar(raw)] == [1, 1]
