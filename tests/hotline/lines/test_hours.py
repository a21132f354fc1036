"""When a line is served, by the clock of Shanghai: weeks, holidays, moved working days."""

from datetime import datetime
from typing import Any

import pytest

from hotline.lines.hours import SHANGHAI, hours_of, is_open, year_is_announced
from hotline.lines.hours_words import hours_in_words
from hotline.storage.tables import Line

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
OFFICE = [{"days": WEEKDAYS, "from": "08:30", "to": "17:30"}]
NIGHT = [{"days": ["fri"], "from": "22:00", "to": "06:00"}]


def a_line(hours: list[dict[str, Any]], holidays: str = "closed", *days: dict[str, str]) -> Line:
    calendar = {"holidays": holidays, "days": list(days)}
    return Line(id="x", name="x", name_en="x", number_shown="", hours=hours, calendar=calendar)


def open_at(line: Line, moment: str) -> bool:
    return is_open(line, at=datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI))


@pytest.mark.parametrize(
    ("moment", "served"),
    [
        ("2026-03-02 08:29", False),
        ("2026-03-02 08:30", True),
        ("2026-03-02 17:29", True),
        ("2026-03-02 17:30", False),
        ("2026-03-01 12:00", False),
    ],
)
def test_office_hours_begin_and_end_to_the_minute(moment: str, *, served: bool) -> None:
    assert open_at(a_line(OFFICE), moment) is served


@pytest.mark.parametrize(
    ("moment", "served"),
    [
        ("2026-03-06 21:59", False),
        ("2026-03-06 23:00", True),
        ("2026-03-07 05:59", True),
        ("2026-03-07 06:00", False),
        ("2026-03-07 23:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_began(moment: str, *, served: bool) -> None:
    assert open_at(a_line(NIGHT), moment) is served


@pytest.mark.parametrize(
    ("holidays", "moment", "served"),
    [
        ("closed", "2026-02-17 10:00", False),
        ("as_usual", "2026-02-17 10:00", True),
        ("as_sunday", "2026-02-17 10:00", False),
        ("closed", "2026-02-14 10:00", True),
        ("as_usual", "2026-02-14 10:00", False),
        ("closed", "2026-02-21 10:00", False),
    ],
    ids=["festival", "no_rule", "as_sunday", "worked_saturday", "no_rule_saturday", "saturday"],
)
def test_a_festival_closes_and_the_saturday_worked_for_it_opens(
    holidays: str, moment: str, *, served: bool
) -> None:
    assert open_at(a_line(OFFICE, holidays), moment) is served


def test_what_is_written_goes_before_the_public_calendar() -> None:
    line = a_line(
        OFFICE,
        "closed",
        {"date": "2026-02-17", "is": "working_day", "reason": "值守"},
        {"date": "2026-02-14", "is": "holiday", "reason": "另有安排"},
        {"date": "2027-02-14", "is": "working_day", "reason": "春节调休"},
    )

    served = [open_at(line, f"{day} 10:00") for day in ("2026-02-17", "2026-02-14", "2027-02-14")]

    assert served == [True, False, True]


def test_a_day_on_which_nobody_is_there_closes_even_a_line_round_the_clock() -> None:
    line = a_line([], "as_usual", {"date": "2026-03-03", "is": "closed", "reason": "搬迁"})

    assert not open_at(line, "2026-03-03 10:00")
    assert open_at(line, "2026-03-04 00:00")


def test_a_line_without_hours_is_always_served() -> None:
    line = Line(id="x", name="x", name_en="x", number_shown="")

    assert open_at(line, "2026-02-17 03:00")


def test_a_year_that_nobody_has_announced_has_plain_weekends() -> None:
    assert year_is_announced(2026)
    assert not year_is_announced(2029)
    assert not open_at(a_line(OFFICE), "2029-02-10 10:00")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("cmn", "星期一到星期五，8点30分到17点30分；法定节假日休息"),
        ("yue", "星期一至星期五，8點30分至17點30分；公眾假期休息"),
        ("eng", "Monday to Friday, 8:30 to 17:30; closed on public holidays"),
        ("hak", "星期一到星期五，8点30分到17点30分；法定节假日休息"),
    ],
)
def test_hours_are_said_in_the_callers_language(language: str, words: str) -> None:
    assert hours_in_words(hours_of(a_line(OFFICE)), language) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], "每天24小时"),
        ([{"days": [*WEEKDAYS, "sat", "sun"], "from": "06:00", "to": "24:00"}], "每天，6点到24点"),
        ([{"days": ["mon", "sat"], "from": "09:00", "to": "12:00"}], "星期一、星期六，9点到12点"),
    ],
)
def test_hours_are_said_as_short_as_they_can_be(hours: list[dict[str, Any]], words: str) -> None:
    assert hours_in_words(hours_of(a_line(hours, "as_usual")), "cmn") == words
