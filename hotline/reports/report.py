"""A report as data: figures, chart, the form of 2010, topics, cities. Pure.

`exact`: for whoever may open the calls behind it; else no number from one to four is told, nor one
that lets it be computed. The tables are kept back for everybody: they are what is handed on.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.reports.facts import ServiceFacts
from hotline.reports.figures import (
    TOPICS,
    UNKNOWN_ITEMS,
    AgeGroup,
    FormItem,
    Problem,
    figures_of,
)
from hotline.reports.kpis import RULES, Balance, Kpi, KpiUnit, balance, mean_wait, value_of
from hotline.reports.periods import Period
from hotline.reports.suppression import told_figures, totals_of
from hotline.stations.divisions import padded

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
    problems: Mapping[Problem, ToldNumber]
    staff: int | None
    unknown: Sequence[str] = UNKNOWN_ITEMS


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReport:
    """Of some lines in one period. `months`: of a year, each of its months."""

    period: Period
    at: datetime
    lines: Sequence[str]
    city: str
    exact: bool
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
    """What it is of, and who reads it. `staff`: None: nobody said."""

    period: Period
    lines: Sequence[str]
    city: str = ""
    exact: bool = False
    staff: int | None = None


def report_of(facts: ServiceFacts, head: ReportHead) -> PeriodReport:
    """Of one period as a whole."""
    counted = figures_of(facts, head.period)
    told = told_figures(counted)
    tell: Callable[[Hashable], ToldNumber] = lambda name: told.get(name, 0)  # noqa: E731 – a short word
    true = totals_of(counted)
    wait_s = mean_wait(facts)
    kpis = {kpi: _kpi(kpi, true, None if head.exact else told, wait_s) for kpi in Kpi}
    return PeriodReport(
        period=head.period,
        at=facts.at,
        lines=head.lines,
        city=head.city,
        exact=head.exact,
        kpis=kpis,
        balance=balance(facts) if head.exact else None,
        parts=_parts(head, true if head.exact else told),
        form=_form(tell, _kpi(Kpi.CONNECTED, true, told, None), head.staff),
        topics=[_topic(top, tell) for top in TOPICS],
        cities=_cities(told),
    )


def _kpi(
    kpi: Kpi,
    true: Mapping[Hashable, int],
    told: Mapping[Hashable, ToldNumber] | None,
    wait_s: float | None,
) -> ToldKpi:
    """`told`: None, it is told as it is."""
    of_share = RULES[kpi].whole is not None
    made = value_of(kpi, true[kpi], true[kpi, "whole"] if of_share else None, wait_s)
    names: list[Hashable] = [kpi, (kpi, "whole")] if of_share else [kpi]
    kept_back = told is not None and any(told.get(name, 0) is None for name in names)
    return ToldKpi(
        kpi=kpi,
        unit=made.unit,
        value=None if kept_back else made.value,
        part=made.part if told is None else told.get(kpi, 0),
        whole=made.whole if told is None or not of_share else told.get((kpi, "whole"), 0),
        target=made.target,
        missed=made.missed and not kept_back,
        kept_back=kept_back,
    )


def _parts(head: ReportHead, numbers: Mapping[Hashable, ToldNumber]) -> list[ChartPart]:
    return [
        ChartPart(
            at=at,
            came_in=numbers.get(("part", n), 0),
            answered=numbers.get(("part", n, "answered"), 0),
        )
        for n, at in enumerate(head.period.parts)
    ]


def _form(
    tell: Callable[[Hashable], ToldNumber], connected: ToldKpi, staff: int | None
) -> MonthlyForm:
    return MonthlyForm(
        items={item: tell(item) for item in FormItem},
        connected=connected,
        problems={one: tell(("problem", one)) for one in Problem},
        staff=staff,
    )


def _topic(top: str, tell: Callable[[Hashable], ToldNumber]) -> TopicRow:
    ages: dict[str, ToldNumber] = {group: tell(("topic", top, group)) for group in AgeGroup}
    return TopicRow(topic=top, total=tell(("topic", top)), ages=ages)


def _cities(told: Mapping[Hashable, ToldNumber]) -> list[CityRow]:
    """Those from which anybody called, most calls first; what is kept back at the end."""
    found = [
        CityRow(division=padded(str(name[1])), calls=number)
        for name, number in told.items()
        if isinstance(name, tuple) and name[0] == "city"
    ]
    return sorted(found, key=lambda one: (one.calls is None, -(one.calls or 0), one.division))


# ── a year ──────────────────────────────────────────────────────────────────────────────────────


def year_of(months: Sequence[PeriodReport], head: ReportHead) -> PeriodReport:
    """Of the reports of its months alone, so that it tells nothing which they keep back."""
    last = months[-1]
    return PeriodReport(
        period=head.period,
        at=last.at,
        lines=head.lines,
        city=head.city,
        exact=head.exact,
        kpis={kpi: _kpi_of_year([one.kpis[kpi] for one in months]) for kpi in Kpi},
        balance=None,
        parts=[
            ChartPart(
                at=one.period.since,
                came_in=one.kpis[Kpi.CAME_IN].part,
                answered=one.kpis[Kpi.ANSWERED].part,
            )
            for one in months
        ],
        form=_form_of_year([one.form for one in months], head.staff),
        topics=_topics_of_year(months),
        cities=_cities_of_year(months),
        months=months,
    )


def _sum(numbers: Iterable[ToldNumber]) -> ToldNumber:
    """None where one of them is kept back."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _kpi_of_year(months: Sequence[ToldKpi]) -> ToldKpi:
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


def _form_of_year(months: Sequence[MonthlyForm], staff: int | None) -> MonthlyForm:
    return MonthlyForm(
        items={item: _sum(one.items[item] for one in months) for item in FormItem},
        connected=_kpi_of_year([one.connected for one in months]),
        problems={key: _sum(one.problems[key] for one in months) for key in Problem},
        staff=staff,
    )


def _topics_of_year(months: Sequence[PeriodReport]) -> list[TopicRow]:
    found: list[TopicRow] = []
    for rows in zip(*(one.topics for one in months), strict=True):
        ages: dict[str, ToldNumber] = {
            group: _sum(row.ages[group] for row in rows) for group in AgeGroup
        }
        total = _sum(row.total for row in rows)
        found.append(TopicRow(topic=rows[0].topic, total=total, ages=ages))
    return found


def _cities_of_year(months: Sequence[PeriodReport]) -> list[CityRow]:
    by_city: dict[str, list[ToldNumber]] = {}
    for month in months:
        for row in month.cities:
            by_city.setdefault(row.division, []).append(row.calls)
    found = [CityRow(division=key, calls=_sum(some)) for key, some in by_city.items()]
    return sorted(found, key=lambda one: (one.calls is None, -(one.calls or 0), one.division))
