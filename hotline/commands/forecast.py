"""`hotline forecast`: callers of the weeks ahead, the counselors they need, and those planned."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlmodel import col, select

from hotline.clock import SystemClock
from hotline.commands.forecast_chart import draw_forecast
from hotline.commands.plan import find_line, in_database
from hotline.configuration.plans import setting_of_rows
from hotline.errors import Invalid
from hotline.forecasting.calendar import kinds_of
from hotline.forecasting.library import Statsmodels
from hotline.forecasting.model import (
    LEAST_DAYS,
    CallHistory,
    ExpectedQuarter,
    forecast_calls,
)
from hotline.forecasting.past import past_calls, usual_profile
from hotline.forecasting.planned import PlannedQuarter, planned_by_quarter, short_hours
from hotline.forecasting.queries import arrivals
from hotline.forecasting.staffing import NeededCounselors, SteadyLine, needed_by_quarter
from hotline.lines.hours import SHANGHAI, ServiceHours, hours_of
from hotline.lines.plans import policy_of
from hotline.storage.session import Work
from hotline.storage.tables import Staff
from routing.policy import Policy
from routing.policy.lint import Setting
from routing.simulate.history import PastCall, profile_of
from routing.simulate.load import Ringing

KNOWN_DAYS = 730  # two years: the way that the level went a year ago
LIKE_NOW_DAYS = 90  # how talks, languages and patience are
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledLine:
    """A line with those who work for it and those who called it."""

    name: str
    policy: Policy
    setting: Setting
    hours: ServiceHours
    history: CallHistory
    calls: Sequence[PastCall]


def answer_forecast(line: str, weeks: int, chart: Path | None) -> None:
    """Print each day's calls with the counselors needed and planned. Raises `Invalid`,
    `NotFound`, `NotInstalled`."""
    fits = Statsmodels()
    today = SystemClock().now().astimezone(SHANGHAI).date()
    found = asyncio.run(in_database(lambda work: _of_rows(work, line, today)))
    quarters = _expected(found, weeks * DAYS_A_WEEK, fits)
    planned = planned_by_quarter(quarters, _needed(found, quarters), found.setting.on_line)
    console = Console()
    console.print(_table(found.name, planned))
    console.print(f"Hours that are short in all: {short_hours(planned):.1f}. {AS_IF}")
    if chart is not None:
        draw_forecast(found.name, planned, chart)
        console.print(f"Drawn: {chart}")


async def _of_rows(work: Work, name: str, today: date) -> CalledLine:
    row = await find_line(work, name)
    staff = (await work.exec(select(Staff).order_by(col(Staff.username)))).all()
    until = datetime.combine(today, time(), SHANGHAI)
    came = await arrivals(work, row.id, since=until - timedelta(days=KNOWN_DAYS), until=until)
    return CalledLine(
        name=row.name,
        policy=policy_of(row),
        setting=setting_of_rows(row, staff),
        hours=hours_of(row),
        history=CallHistory.of(came, until=today),
        calls=await past_calls(work, row.id, since=until - timedelta(days=LIKE_NOW_DAYS)),
    )


def _expected(found: CalledLine, days: int, fits: Statsmodels) -> list[ExpectedQuarter]:
    known = len(found.history.days)
    if known < LEAST_DAYS:
        raise Invalid(
            f"{found.name} has {known} whole days of calls, and a forecast needs {LEAST_DAYS}:"
            " ask again then, or ask `hotline simulate` with --calls-per-day."
        )
    quarters = forecast_calls(found.history, days, kinds_of(found.hours), fits)
    return [
        one if found.hours.open_at(one.begin) else replace(one, mean=0.0, sd=0.0)
        for one in quarters
    ]


def _needed(found: CalledLine, quarters: Sequence[ExpectedQuarter]) -> list[int]:
    usual = usual_profile(found.setting)
    profile = profile_of(found.calls, usual).profile if found.calls else usual
    line = SteadyLine(
        profile=replace(profile, ringing=Ringing(ring_s=found.policy.ring_s)),
        plan_of=found.policy.plan_for,
        care=found.policy.care,
    )
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
