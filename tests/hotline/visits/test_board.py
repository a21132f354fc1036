"""Many cases as a list, a calendar and a grid of divisions; and when somebody is told. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hotline.i18n.catalog import HERE
from hotline.visits.board import BoardFilter, BoardRow, grid_of, month_of, weeks_of
from hotline.visits.colours import OverdueFile, default_colours
from hotline.visits.policy import (
    due_after,
    due_day,
    end_of,
    first_telling,
    in_hours,
    months_after,
    telling,
    visit_every,
)
from tests.hotline.visits.conftest import MORNING

RULES: OverdueFile = default_colours().overdue
COLOURS = ("red", "yellow", "blue", "green")


def a_row(division: str = "440106", colour: str = "red", due_in: float | None = 1) -> BoardRow:
    return BoardRow(
        id="case",
        number="1234567",
        division=division,
        colour=default_colours().colour(colour),
        due_for="visit",
        due_at=None if due_in is None else MORNING + timedelta(days=due_in),
        told=False,
        at=MORNING,
    )


@pytest.mark.parametrize(
    ("wanted", "row", "meant"),
    [
        (BoardFilter(), a_row(), True),
        (BoardFilter(colour="red"), a_row(), True),
        (BoardFilter(colour="none"), a_row(colour="purple"), True),
        (BoardFilter(colour="none"), a_row(), False),
        (BoardFilter(division="440100"), a_row(), True),
        (BoardFilter(division="440106"), a_row("440106001"), True),
        (BoardFilter(division="440310"), a_row("440310"), True),
        (BoardFilter(division="440310"), a_row("440317"), False),
        (BoardFilter(division="440105"), a_row(), False),
        (BoardFilter(due="overdue"), a_row(due_in=-1), True),
        (BoardFilter(due="overdue"), a_row(), False),
        (BoardFilter(due="week"), a_row(due_in=6), True),
        (BoardFilter(due="week"), a_row(due_in=8), False),
        (BoardFilter(due="month"), a_row(due_in=None), False),
    ],
)
def test_a_filter_lets_through_what_is_meant(
    wanted: BoardFilter,
    row: BoardRow,
    meant: bool,  # noqa: FBT001 – a cell of the table
) -> None:
    assert wanted.lets(row) is meant


def test_cases_of_one_city_are_laid_out_by_its_districts() -> None:
    rows = [a_row(), a_row(due_in=-1, colour="blue"), a_row("440105", colour="purple")]

    cells = grid_of(rows, COLOURS)

    assert [(one.division, one.total, one.overdue) for one in cells] == [
        ("440105", 1, 0), ("440106", 2, 1),
    ]  # fmt: skip
    assert cells[0].by_colour == [("none", 1)]
    assert cells[1].by_colour == [("red", 1), ("blue", 1)]


def test_cases_of_several_cities_are_laid_out_by_city() -> None:
    cells = grid_of([a_row(), a_row("440305"), a_row("")], COLOURS)

    assert [one.division for one in cells] == ["", "440100", "440300"]
    assert cells[1].name == "广州市"


def test_a_month_is_whole_weeks_from_monday() -> None:
    weeks = weeks_of(date(2026, 3, 1))

    assert (weeks[0][0], weeks[-1][-1]) == (date(2026, 2, 23), date(2026, 4, 5))
    assert {len(week) for week in weeks} == {7}
    assert month_of("2026-03", at=MORNING) == month_of("", at=MORNING) == date(2026, 3, 1)
    assert month_of("2026-99", at=MORNING) == date(2026, 3, 1)


# ── when ────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_is_that_of_the_place() -> None:
    late_in_the_evening = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # past midnight there

    assert due_day(due_after(late_in_the_evening, 7)) == date(2026, 3, 10)
    assert due_day(end_of(date(2026, 3, 2))) == date(2026, 3, 2)


@pytest.mark.parametrize(("hour", "then"), [(3, 8), (8, 8), (19, 19), (20, 32), (23, 32)])
def test_nobody_is_told_at_night(hour: int, then: int) -> None:
    midnight = datetime(2026, 3, 2, tzinfo=HERE)

    assert in_hours(RULES, midnight + timedelta(hours=hour)) == midnight + timedelta(hours=then)


def test_nobody_who_was_told_is_left_out_again() -> None:
    due_at = end_of(date(2026, 3, 2))
    soon = telling(RULES, due_at, 3, at=due_at + timedelta(hours=9))

    assert soon.steps == 3
    assert telling(RULES, due_at, 0, at=due_at - timedelta(hours=1)).steps == 0
    assert first_telling(RULES, due_at) == due_at + timedelta(hours=8)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 15), 3, date(2027, 2, 15)),
        (date(2026, 2, 1), 12, date(2027, 2, 1)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


def test_a_returned_child_is_seen_at_least_as_often_as_the_set_says() -> None:
    rules, until = default_colours(), date(2026, 6, 1)

    assert visit_every(rules, "green", family_until=until, on=date(2026, 3, 1)) == 30
    assert visit_every(rules, "green", family_until=until, on=date(2026, 6, 2)) == 180
    assert visit_every(rules, "red", family_until=until, on=date(2026, 3, 1)) == 7
    assert visit_every(rules, "unknown", family_until=None, on=until) == 7
