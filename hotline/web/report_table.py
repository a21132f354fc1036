"""A report in words: the rows of its tables, as CSV and as pages of A4. Small ones are kept back.

What leaves the house is the same for whoever takes it: also whoever may open the calls takes the
numbers that anybody may read.
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from hotline.i18n.catalog import _, moment
from hotline.i18n.words import label
from hotline.records.forms.lists import NAMED_LISTS
from hotline.reports.kpis import Kpi, KpiUnit
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.report import PeriodReport, ToldKpi
from hotline.stations.divisions import division_name
from hotline.texts import plain_cell
from hotline.web.pdf_pages import PdfPages

KEPT_BACK = "<5"
TOPIC_WORDS = {str(one["code"]): one["label"] for one in NAMED_LISTS["issues"]}


class TableNumber(str):
    """A number as people read it. `value`: as a spreadsheet counts with it, in its `form`."""

    __slots__ = ("form", "value")
    value: float
    form: str

    @classmethod
    def of(cls, said: str, value: float, form: str = "0") -> "TableNumber":
        """The words for it, and itself."""
        made = cls(said)
        made.value, made.form = value, form
        return made


TableRow = tuple[str, ...]
"""Cells in words; those that are a `TableNumber` can be counted with."""
WHEN = {
    PeriodKind.DAY: "HH:mm",
    PeriodKind.WEEK: "MM-dd",
    PeriodKind.MONTH: "MM-dd",
    PeriodKind.YEAR: "yyyy-MM",
}


# ── words for one thing ─────────────────────────────────────────────────────────────────────────


def number_said(number: int | None) -> str:
    """`<5` stands for what is small, and for what would tell it."""
    return KEPT_BACK if number is None else TableNumber.of(str(number), number)


def kpi_said(told: ToldKpi) -> str:
    """The value with its unit."""
    if told.kept_back:
        return KEPT_BACK
    if told.value is None:
        return _("暂无")
    if told.unit is KpiUnit.SHARE:
        return TableNumber.of(f"{told.value * 100:.1f}%", told.value, "0.0%")
    if told.unit is KpiUnit.SECONDS:
        return TableNumber.of(_("%(n)s 秒", n=f"{told.value:.0f}"), round(told.value))
    return TableNumber.of(str(round(told.value)), round(told.value))


def topic_said(topic: str, language: str) -> str:
    """A top level of what calls are about."""
    return str(TOPIC_WORDS[topic][language]) if topic in TOPIC_WORDS else topic


def city_said(division: str) -> str:
    """As people say it."""
    return division_name(division) or _("未知")


def title_of(period: Period) -> str:
    """月报 2026-11."""
    return f"{label('period_kind', period.kind)} {period.name}"


# ── the table ───────────────────────────────────────────────────────────────────────────────────


def rows_of(report: PeriodReport, language: str) -> Iterator[tuple[str, list[TableRow]]]:
    """Each section: its name, and rows of a name and one or several values."""
    yield _("服务指标"), [_kpi_head(), *(_kpi_row(one) for one in report.kpis.values())]
    if report.parts:
        yield _("分时来电"), _chart_rows(report)
    if report.months:
        yield _("逐月达标"), _compliance_rows(report)
    yield _("统计表"), _form_rows(report)
    yield (
        _("问题类型"),
        [
            (label("form_problem", key), number_said(number))
            for key, number in report.form.problems.items()
        ],
    )
    if report.topics:
        yield _("咨询话题"), _topic_rows(report, language)
    if report.cities:
        cities: list[TableRow] = [
            (city_said(one.division), number_said(one.calls)) for one in report.cities
        ]
        yield _("来电城市"), cities


def _kpi_head() -> TableRow:
    return "", _("数值"), _("计入"), _("总数"), _("怎么算")


def _kpi_row(told: ToldKpi) -> TableRow:
    """Its name, value and formula, and of a share what it is made of."""
    whole = number_said(told.whole) if told.unit is KpiUnit.SHARE else ""
    name, formula = label("kpi", told.kpi), label("kpi_formula", told.kpi)
    return name, kpi_said(told), number_said(told.part), whole, formula


def _chart_rows(report: PeriodReport) -> list[TableRow]:
    head: TableRow = ("", label("kpi", Kpi.CAME_IN), label("kpi", Kpi.ANSWERED))
    form = WHEN[report.period.kind]
    return [
        head,
        *(
            (moment(one.at, form), number_said(one.came_in), number_said(one.answered))
            for one in report.parts
        ),
    ]


def _compliance_rows(report: PeriodReport) -> list[TableRow]:
    """Of a year: each month by the shares that were promised."""
    shares = [kpi for kpi, told in report.kpis.items() if told.unit is KpiUnit.SHARE]
    head: TableRow = ("", *(label("kpi", kpi) for kpi in shares))
    return [
        head,
        *((one.period.name, *(kpi_said(one.kpis[kpi]) for kpi in shares)) for one in report.months),
    ]


def _form_rows(report: PeriodReport) -> list[TableRow]:
    form = report.form
    counted = [(label("form_item", it), number_said(n)) for it, n in form.items.items()]
    staff = _("未知") if form.staff is None else number_said(form.staff)
    unknown = [(label("form_unknown", it), _("未知")) for it in form.unknown]
    connected = (label("kpi", Kpi.CONNECTED), kpi_said(form.connected))
    return [*counted, connected, (_("现有咨询员"), staff), *unknown]


def _topic_rows(report: PeriodReport, language: str) -> list[TableRow]:
    groups = list(report.topics[0].ages)
    head: TableRow = ("", _("合计"), *(label("report_age", one) for one in groups))
    return [
        head,
        *(
            (
                topic_said(row.topic, language),
                number_said(row.total),
                *(number_said(row.ages[one]) for one in groups),
            )
            for row in report.topics
        ),
    ]


# ── as files ────────────────────────────────────────────────────────────────────────────────────


def as_csv(report: PeriodReport, head: Sequence[TableRow], language: str) -> str:
    """With a mark by which spreadsheets know its encoding; no cell is read as a formula.

    `head`: what it is of.
    """
    written = StringIO()
    writer = csv.writer(written)
    for row in head:
        writer.writerow([plain_cell(cell) for cell in row])
    for name, rows in rows_of(report, language):
        writer.writerow([])
        writer.writerow([plain_cell(name)])
        writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + written.getvalue()


def as_pdf(report: PeriodReport, head: Sequence[TableRow], foot: str, language: str) -> bytes:
    """As pages of A4 to print, in the present language."""
    pages = PdfPages(title_of(report.period), foot)
    for name, said in (row[:2] for row in head):
        pages.row(name, said)
    pages.text(footnote(report))
    for section, rows in rows_of(report, language):
        pages.heading(section)
        for name, *values in rows:
            pages.row(name, " · ".join(filter(None, values)))
    return pages.finished()


def footnote(report: PeriodReport) -> str:
    """What `<5` means, and who may read it."""
    if not report.handed_on:
        return _("内部数字：没有隐藏小的数，请不要外传。可以外传的是月报和年报，月末三天后就有。")
    if report.months:
        return _("<5：某个月少于 5，或能推算出少于 5 的数，全年不显示。")
    return _("<5：少于 5，或能推算出少于 5 的数，不显示。")
