"""A report as data: figures, chart, the form of 2010, topics, cities. Pure.

`exact`: for whoever may open the calls behind it. What is `handed_on` is made of lines in closed
months, each with no number from one to four, nor one that lets it be computed; whatever is larger
is their sum, so that no two reports tell more than the smallest ones do.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hotline.reports.facts import ServiceFacts
from hotline.reports.figures import (
    CITY,
    CITY_CALLS,
    TOPICS,
    UNKNOWN_ITEMS,
    AgeGroup,
    FormItem,
    FormProblem,
    figures_of,
)
from hotline.reports.kpis import RULES, Balance, Kpi, KpiUnit, balance, mean_wait, value_of
from hotline.reports.periods import Period
from hotline.reports.suppression import told_figures, totals_of
from hotline.stations.divisions import padded

OF_FORM = (Kpi.CONNECTED,)
ToldNumber = int | None
"""None: kept back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldKpi:
    """One figure. `value`: a count, a share of 1, or seconds; None: of nothing, or `kept_back`."""

    kpi: Kpi
    unit: KpiUnit
    value: float | None
    part: ToldNumber
    whole: ToldNumber
    target: float | None
    missed: bool
    kept_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPart:
    """An hour, a day or a month: who came in, and who of them was answered."""

    at: datetime
    came_in: ToldNumber
    answered: ToldNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """Calls that were about it, whole and by age. One call may be about three."""

    topic: str
    total: ToldNumber
    ages: Mapping[str, ToldNumber]


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRow:
    """Calls from one city. `division`: six digits; empty: nobody knows."""

    division: str
    calls: ToldNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyForm:
    """The form of 2010. `unknown`: what it asks and nothing of ours can answer: 未知, not nought.

    `staff`: counselors with an account on these lines now, which no record tells of a past month.
    """

    items: Mapping[FormItem, ToldNumber]
    connected: ToldKpi
    problems: Mapping[FormProblem, ToldNumber]
    staff: int | None
    unknown: Sequence[str] = UNKNOWN_ITEMS


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReport:
    """Of some lines in one period. `handed_on`: its tables are fit for that; else they are as they
    are, and for whoever may open the calls alone. `months`: of a year, each of its months.

    The form of one city has no `topics` and `cities` where it is handed on, and no `parts`; its
    `kpis` are those of the form.
    """

    period: Period
    at: datetime
    lines: Sequence[str]
    city: str
    exact: bool
    handed_on: bool
    kpis: Mapping[Kpi, ToldKpi]
    balance: Balance | None
    parts: Sequence[ChartPart]
    form: MonthlyForm
    topics: Sequence[TopicRow]
    cities: Sequence[CityRow]
    months: Sequence["PeriodReport"] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing came in, and nothing was due."""
        return all(one.part == 0 and not one.whole for one in self.kpis.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportHead:
    """What it is of, and who reads it. `staff`: None: nobody said. `handed_on`: small numbers are
    kept back in what is handed on, or everywhere where it is not `exact`.
    """

    period: Period
    lines: Sequence[str]
    city: str = ""
    exact: bool = False
    handed_on: bool = True
    staff: int | None = None

    @property
    def is_form(self) -> bool:
        """Of one city the form alone is handed on."""
        return self.handed_on and bool(self.city)


@dataclass(frozen=True, slots=True)
class ToldNumbers:
    """What is told of each figure, and how long the answered waited on average."""

    told: Mapping[Hashable, ToldNumber]
    wait_s: float | None = None

    def of_city(self, city: str) -> "ToldNumbers":
        """Those of the form of one city, by the names of the whole."""
        own = {
            name[2]: number
            for name, number in self.told.items()
            if isinstance(name, tuple) and name[:2] == (CITY, city)
        }
        return ToldNumbers(own)

    def number(self, name: Hashable) -> ToldNumber:
        """Nought where nobody counted anything."""
        return self.told.get(name, 0)


def handed_on_of(facts: ServiceFacts, month: Period) -> ToldNumbers:
    """Of one line in one closed month: no number from one to four, nor one that tells it."""
    return ToldNumbers(told_figures(figures_of(facts, month)), mean_wait(facts))


def _as_they_are(facts: ServiceFacts, period: Period) -> ToldNumbers:
    return ToldNumbers(totals_of(figures_of(facts, period)), mean_wait(facts))


def report_of(facts: ServiceFacts, head: ReportHead) -> PeriodReport:
    """Of one line, as it is: for whoever may open the calls."""
    exact = _as_they_are(facts, head.period)
    return replace(_report(exact, exact, head, facts.at), balance=balance(facts))


def month_of(
    told: ToldNumbers, head: ReportHead, *, at: datetime, facts: ServiceFacts | None = None
) -> PeriodReport:
    """Of one line in a closed month, as it is handed on. `facts`: beside it the figures as they
    are, for whoever may open the calls.
    """
    tables = told.of_city(head.city) if head.city else told
    if facts is None:
        return _report(tables, tables, head, at)
    report = _report(_as_they_are(facts, head.period), tables, head, at)
    return replace(report, balance=balance(facts))


def _report(
    figures: ToldNumbers, tables: ToldNumbers, head: ReportHead, at: datetime
) -> PeriodReport:
    return PeriodReport(
        period=head.period,
        at=at,
        lines=head.lines,
        city=head.city,
        exact=head.exact,
        handed_on=head.handed_on,
        kpis=_kpis(figures, head),
        balance=None,
        parts=_parts(head, figures),
        form=_form(tables, head.staff),
        topics=[] if head.is_form else [_topic(top, tables) for top in TOPICS],
        cities=[] if head.is_form else _cities(tables),
    )


def _kpis(numbers: ToldNumbers, head: ReportHead) -> dict[Kpi, ToldKpi]:
    shown = OF_FORM if head.is_form and not head.exact else tuple(Kpi)
    return {kpi: _kpi(kpi, numbers) for kpi in shown}


def _kpi(kpi: Kpi, numbers: ToldNumbers) -> ToldKpi:
    of_share = RULES[kpi].whole is not None
    part = numbers.number(kpi)
    whole = numbers.number((kpi, "whole")) if of_share else None
    kept_back = part is None or (of_share and whole is None)
    made = value_of(kpi, part or 0, whole, numbers.wait_s)
    return ToldKpi(
        kpi=kpi,
        unit=made.unit,
        value=None if kept_back else made.value,
        part=part,
        whole=whole,
        target=made.target,
        missed=made.missed and not kept_back,
        kept_back=kept_back,
    )


def _parts(head: ReportHead, numbers: ToldNumbers) -> list[ChartPart]:
    if head.is_form and not head.exact:
        return []
    return [
        ChartPart(
            at=at,
            came_in=numbers.number(("part", n)),
            answered=numbers.number(("part", n, "answered")),
        )
        for n, at in enumerate(head.period.parts)
    ]


def _form(numbers: ToldNumbers, staff: int | None) -> MonthlyForm:
    return MonthlyForm(
        items={item: numbers.number(item) for item in FormItem},
        connected=_kpi(Kpi.CONNECTED, numbers),
        problems={one: numbers.number(("problem", one)) for one in FormProblem},
        staff=staff,
    )


def _topic(top: str, numbers: ToldNumbers) -> TopicRow:
    ages: dict[str, ToldNumber] = {
        group: numbers.number(("topic", top, group)) for group in AgeGroup
    }
    return TopicRow(topic=top, total=numbers.number(("topic", top)), ages=ages)


def _cities(numbers: ToldNumbers) -> list[CityRow]:
    """Those from which anybody called, most calls first; what is kept back at the end."""
    found = [
        CityRow(division=padded(str(name[1])), calls=number)
        for name, number in numbers.told.items()
        if isinstance(name, tuple) and name[0] == CITY_CALLS
    ]
    return sorted(found, key=lambda one: (one.calls is None, -(one.calls or 0), one.division))


# ── several together ────────────────────────────────────────────────────────────────────────────


def sum_of(reports: Sequence[PeriodReport], head: ReportHead) -> PeriodReport:
    """Of reports of other lines, or of the months of a year: of what they tell alone."""
    last = reports[-1]
    is_year = head.period != last.period
    return PeriodReport(
        period=head.period,
        at=last.at,
        lines=head.lines,
        city=head.city,
        exact=head.exact,
        handed_on=head.handed_on,
        kpis={kpi: _kpi_of_all([one.kpis[kpi] for one in reports]) for kpi in last.kpis},
        balance=None if is_year else _balance_of_all([one.balance for one in reports]),
        parts=_by_month(reports) if is_year else _parts_of_all([one.parts for one in reports]),
        form=_form_of_all([one.form for one in reports], head.staff),
        topics=_topics_of_all(reports),
        cities=_cities_of_all(reports),
        months=reports if is_year else (),
    )


def _by_month(months: Sequence[PeriodReport]) -> list[ChartPart]:
    if Kpi.CAME_IN not in months[-1].kpis:
        return []
    return [
        ChartPart(
            at=one.period.since,
            came_in=one.kpis[Kpi.CAME_IN].part,
            answered=one.kpis[Kpi.ANSWERED].part,
        )
        for one in months
    ]


def _parts_of_all(lines: Sequence[Sequence[ChartPart]]) -> list[ChartPart]:
    return [
        ChartPart(
            at=parts[0].at,
            came_in=_sum(one.came_in for one in parts),
            answered=_sum(one.answered for one in parts),
        )
        for parts in zip(*lines, strict=True)
    ]


def _balance_of_all(accounts: Sequence[Balance | None]) -> Balance | None:
    known = [one for one in accounts if one is not None]
    if not known:
        return None
    outcomes: Counter[str] = Counter()
    for one in known:
        outcomes.update(one.outcomes)
    return Balance(
        came_in=sum(one.came_in for one in known),
        alive=sum(one.alive for one in known),
        outcomes=outcomes,
        unaccounted=sum(one.unaccounted for one in known),
    )


def _sum(numbers: Iterable[ToldNumber]) -> ToldNumber:
    """None where one of them is kept back."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _kpi_of_all(months: Sequence[ToldKpi]) -> ToldKpi:
    first = months[0]
    part = _sum(one.part for one in months)
    of_share = first.unit is KpiUnit.SHARE
    whole = _sum(one.whole for one in months) if of_share else None
    kept_back = any(one.kept_back for one in months) or part is None or (of_share and whole is None)
    if kept_back or part is None:
        return ToldKpi(kpi=first.kpi, unit=first.unit, value=None, part=part, whole=whole,
                       target=first.target, missed=False, kept_back=True)  # fmt: skip
    waits = sum((one.value or 0.0) * (one.part or 0) for one in months)
    made = value_of(first.kpi, part, whole, waits / part if part else None)
    return ToldKpi(kpi=made.kpi, unit=made.unit, value=made.value, part=part, whole=whole,
                   target=made.target, missed=made.missed)  # fmt: skip


def _form_of_all(months: Sequence[MonthlyForm], staff: int | None) -> MonthlyForm:
    return MonthlyForm(
        items={item: _sum(one.items[item] for one in months) for item in FormItem},
        connected=_kpi_of_all([one.connected for one in months]),
        problems={key: _sum(one.problems[key] for one in months) for key in FormProblem},
        staff=staff,
    )


def _topics_of_all(months: Sequence[PeriodReport]) -> list[TopicRow]:
    found: list[TopicRow] = []
    for rows in zip(*(one.topics for one in months), strict=True):
        ages: dict[str, ToldNumber] = {
            group: _sum(row.ages[group] for row in rows) for group in AgeGroup
        }
        total = _sum(row.total for row in rows)
        found.append(TopicRow(topic=rows[0].topic, total=total, ages=ages))
    return found


def _cities_of_all(months: Sequence[PeriodReport]) -> list[CityRow]:
    by_city: dict[str, list[ToldNumber]] = {}
    for month in months:
        for row in month.cities:
            by_city.setdefault(row.division, []).append(row.calls)
    found = [CityRow(division=key, calls=_sum(some)) for key, some in by_city.items()]
    return sorted(found, key=lambda one: (one.calls is None, -(one.calls or 0), one.division))
