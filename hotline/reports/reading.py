"""A report is read: its facts out of the rows, of a year month by month."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select

from hotline.reports.closed import told_month
from hotline.reports.facts import ServiceFact, ServiceFacts
from hotline.reports.kpis import Kpi, behind
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.queries import FactsWish, facts_of
from hotline.reports.report import PeriodReport, ReportHead, month_of, report_of, sum_of
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


def is_handed_on(period: Period, at: datetime) -> bool:
    """Whether its tables are fit for that: of a month that is closed, and of a year by its closed
    months. Days and weeks cut months into what could be subtracted.
    """
    return bool(closed_months(period, at)) and period.kind in (PeriodKind.MONTH, PeriodKind.YEAR)


def closed_months(period: Period, at: datetime) -> list[Period]:
    """Those of it that are closed."""
    return [one for one in period.months if one.is_closed(at)]


async def read_report(work: Work, asked: ReportAsked, *, at: datetime) -> PeriodReport:
    """The whole report: the sum of its lines, of a year that of its months. A year that is handed
    on is the same for everybody.
    """
    is_year = asked.period.kind is PeriodKind.YEAR
    handed_on = is_handed_on(asked.period, at)
    head = ReportHead(
        period=asked.period,
        lines=asked.lines,
        city=asked.city,
        exact=asked.exact and not (is_year and handed_on),
        handed_on=handed_on,
        staff=await _counselors(work, asked.lines),
    )
    if not is_year:
        return await _of_lines(work, head, at=at)
    months = [
        await _of_lines(work, replace(head, period=one), at=at)
        for one in _months_of_year(asked.period, at=at)
    ]
    return sum_of(months, head)


def _months_of_year(year: Period, *, at: datetime) -> list[Period]:
    """Those that are handed on; of a year of which none is, those that have begun."""
    closed, months = closed_months(year, at), list(year.months)
    return closed or [one for one in months if one.since <= at] or months[:1]


async def _of_lines(work: Work, head: ReportHead, *, at: datetime) -> PeriodReport:
    reports = [await _of_line(work, head, line, at=at) for line in head.lines]
    return sum_of(reports, head) if reports else report_of(ServiceFacts(at=at), head)


async def _of_line(work: Work, head: ReportHead, line: str, *, at: datetime) -> PeriodReport:
    """Counted beside the loop: a province's month is some seconds of work, and callers wait."""
    head = replace(head, lines=[line])
    told = await told_month(work, line, head.period, at=at) if head.handed_on else None
    if told is not None and not head.exact:
        return month_of(told, head, at=at)
    wish = FactsWish(lines=head.lines, period=head.period, city=head.city)
    facts = await facts_of(work, wish, at=at)
    await work.let_go()
    if told is None:
        return await asyncio.to_thread(report_of, facts, head)
    return await asyncio.to_thread(month_of, told, head, at=at, facts=facts)


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
    is_year = asked.period.kind is PeriodKind.YEAR
    periods = _months_of_year(asked.period, at=at) if is_year else [asked.period]
    for period in periods:
        facts = await facts_of(work, asked.wish(period), at=at)
        found += behind(kpi, facts, missing=missing)
    return found
