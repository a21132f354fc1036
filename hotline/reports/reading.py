"""A report is read: its facts out of the rows, of a year month by month."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.reports.facts import ServiceFact
from hotline.reports.kpis import Kpi, behind
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.queries import FactsWish, facts_of
from hotline.reports.report import PeriodReport, ReportHead, report_of, year_of
from hotline.staff.model import Role
from hotline.storage.session import Work
from hotline.storage.tables import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAsked:
    """Of which lines and period. `exact`: the reader may open the calls behind the figures."""

    period: Period
    lines: tuple[str, ...]
    city: str = ""
    exact: bool = False

    def wish(self, period: Period) -> FactsWish:
        """The facts of this period, or of a month of it."""
        return FactsWish(lines=self.lines, period=period, city=self.city)


async def read_report(work: Work, asked: ReportAsked, *, at: datetime) -> PeriodReport:
    """The whole report."""
    staff = await _counselors(work, asked.lines)
    if asked.period.kind is not PeriodKind.YEAR:
        return await _read(work, asked, asked.period, staff, at=at)
    begun = [one for one in asked.period.months if one.since <= at] or list(asked.period.months)[:1]
    months = [await _read(work, asked, one, staff, at=at) for one in begun]
    return year_of(months, _head(asked, asked.period, staff))


async def _read(
    work: Work, asked: ReportAsked, period: Period, staff: int, *, at: datetime
) -> PeriodReport:
    """Counted beside the loop: a province's month is some seconds of work, and callers wait."""
    facts = await facts_of(work, asked.wish(period), at=at)
    return await asyncio.to_thread(report_of, facts, _head(asked, period, staff))


def _head(asked: ReportAsked, period: Period, staff: int) -> ReportHead:
    return ReportHead(
        period=period, lines=asked.lines, city=asked.city, exact=asked.exact, staff=staff
    )


async def _counselors(work: Work, lines: Collection[str]) -> int:
    """Who has an account on these lines now: a small table, in which no past is kept."""
    query = select(Staff.roles, Staff.lines).where(col(Staff.active))
    found = (await work.exec(query)).all()
    return sum(Role.COUNSELOR in roles and not set(own).isdisjoint(lines) for roles, own in found)


async def read_behind(
    work: Work, asked: ReportAsked, kpi: Kpi, *, missing: bool, at: datetime
) -> list[ServiceFact]:
    """What a figure of the report counts, the newest last; of a year, month by month."""
    found: list[ServiceFact] = []
    periods = asked.period.months if asked.period.kind is PeriodKind.YEAR else [asked.period]
    for period in periods:
        facts = await facts_of(work, asked.wish(period), at=at)
        found += behind(kpi, facts, missing=missing)
    return found
