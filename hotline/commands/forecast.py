"""`hotline forecast`: callers of the weeks ahead, the counselors they need, and those planned."""

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from hotline.clock import SystemClock
from hotline.commands.forecast_chart import draw_forecast
from hotline.commands.plan import find_line, in_database
from hotline.errors import Invalid
from hotline.forecasting.fits import Statsmodels
from hotline.forecasting.lines import CalledLine, called_line, expected_calls
from hotline.forecasting.model import ExpectedQuarter
from hotline.forecasting.planned import PlannedQuarter, planned_by_quarter, short_hours
from hotline.forecasting.staffing import NeededCounselors, SteadyLine, needed_by_quarter
from hotline.lines.hours import SHANGHAI
from hotline.storage.session import Work

DAYS_A_WEEK = 7
COLUMNS = (
    "day",
    "calls",
    "busiest from",
    "calls then (10 to 90 %)",
    "needed",
    "planned",
    "hours short",
)
AS_IF = (
    "Needed: as if everybody spoke every language of the line;"
    " `hotline simulate` tells of languages."
)


def answer_forecast(line: str, weeks: int, chart: Path | None) -> None:
    """Print each day's calls with the counselors needed and planned. Raises `Invalid`,
    `NotFound`, `NotInstalled`."""
    fits = Statsmodels()
    today = SystemClock().now().astimezone(SHANGHAI).date()
    found = asyncio.run(in_database(lambda work: _of_rows(work, line, today)))
    quarters = expected_calls(found, weeks * DAYS_A_WEEK, fits)
    planned = planned_by_quarter(quarters, _needed(found, quarters), found.setting.on_line)
    console = Console()
    console.print(_table(found.name, planned))
    console.print(f"Hours that are short in all: {short_hours(planned):.1f}. {AS_IF}")
    if chart is not None:
        draw_forecast(found.name, planned, chart)
        console.print(f"Drawn: {chart}")


async def _of_rows(work: Work, name: str, today: date) -> CalledLine:
    return await called_line(work, await find_line(work, name), today)


def _needed(found: CalledLine, quarters: Sequence[ExpectedQuarter]) -> list[int]:
    policy = found.policy
    line = SteadyLine(profile=found.profile, plan_of=policy.plan_for, care=policy.care)
    with Progress(transient=True) as progress:
        task = progress.add_task("simulating", total=None)
        needed = NeededCounselors(line, on_load=lambda: progress.advance(task))
        try:
            return needed_by_quarter(quarters, needed, lambda one: found.hours.open_at(one.begin))
        except ValueError as fault:
            raise Invalid(f"{found.name}: {fault}. No roster holds the promise so.") from fault


def _table(name: str, planned: Sequence[PlannedQuarter]) -> Table:
    table = Table(title=f"{name}: calls ahead, and counselors")
    for title in COLUMNS:
        table.add_column(title, justify="left" if title == "day" else "right")
    for day, group in groupby(planned, key=lambda one: one.expected.begin.date()):
        quarters = list(group)
        busiest = max(quarters, key=lambda one: (one.needed, one.expected.mean))
        low, high = (busiest.expected.quantile(share) for share in (0.1, 0.9))
        table.add_row(
            f"{day:%a %Y-%m-%d}",
            f"{sum(one.expected.mean for one in quarters):.0f}",
            f"{busiest.expected.begin:%H:%M}",
            f"{busiest.expected.mean:.1f} ({low} to {high})",
            str(busiest.needed),
            str(busiest.planned),
            f"{short_hours(quarters):.2f}",
        )
    return table
