"""The weeks ahead are told from the calls of the past, with the counselors that they need."""

import asyncio
import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline.cli import app
from hotline.forecasting.model import QUARTER, ExpectedQuarter
from hotline.forecasting.planned import planned_by_quarter, short_hours
from hotline.lines.hours import SHANGHAI
from hotline.storage.session import Database
from routing.engine import Skills
from routing.policy.roster import Person, shift
from tests.hotline.forecasting.called import fill, open_line


@pytest.fixture
async def called(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Database:
    """A line that is served from 8:00 to 22:00, with one counselor on weekdays."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_url)
    await open_line(database)
    return database


async def told(*words: str) -> tuple[int, str]:
    """A command has an event loop of its own: here it runs beside the test's."""
    runner = CliRunner(env={"COLUMNS": "200"})
    done = await asyncio.to_thread(runner.invoke, app, ["forecast", *words])
    return done.exit_code, done.output + repr(done.exception)


@pytest.mark.anyio
async def test_each_day_ahead_has_its_calls_and_the_counselors_needed_and_planned(
    called: Database, tmp_path: Path
) -> None:
    fill(called, 40)
    chart = tmp_path / "weeks.svg"

    status, said = await told("12355", "--weeks", "1", "--chart", str(chart))

    assert status == 0, said
    days = [line.split("│") for line in said.splitlines() if line.startswith("│")]
    assert [day[2].strip() for day in days] == ["28"] * 7
    assert all(int(day[5]) >= 1 for day in days)
    assert sorted(day[6].strip() for day in days) == ["0", "0", *["1"] * 5]
    assert "Hours that are short in all" in said
    assert "<svg" in chart.read_text(encoding="utf-8")


@pytest.mark.anyio
async def test_too_few_days_of_calls_are_no_ground_for_a_forecast(called: Database) -> None:
    fill(called, 10)

    status, said = await told("youth")

    assert status == 1
    assert "a forecast needs 28" in said


@pytest.mark.anyio
async def test_without_the_library_nothing_stands_in_for_it(
    called: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(called, 40)
    monkeypatch.setitem(sys.modules, "statsmodels", None)

    status, said = await told("youth")

    assert status == 1
    assert "pip install 'hotline[forecast]'" in said


@pytest.mark.anyio
async def test_a_line_that_is_not_there_is_named(called: Database) -> None:
    status, said = await told("12399")

    assert status == 1
    assert "There is no line 12399" in said


def test_who_is_too_many_at_noon_is_still_missing_in_the_evening() -> None:
    noon = datetime.combine(date(2025, 11, 3), time(12), SHANGHAI)  # a Monday
    quarters = [ExpectedQuarter(noon + n * QUARTER, 1.0, 1.0) for n in range(2)]
    until_1215 = shift([0], 12 * 60, 12 * 60 + 15)
    people = [
        Person(name=name, skills=Skills.of({}, lines=["youth"]), quarters=until_1215)
        for name in "abc"
    ]

    found = planned_by_quarter(quarters, [1, 2], people)

    assert [(one.planned, one.short) for one in found] == [(3, 0), (0, 2)]
    assert short_hours(found) == 0.5
