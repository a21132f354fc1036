"""Figures as JSON, the calls behind one, and files that are handed on."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from hotline.calls.model import CallState
from hotline.staff.model import Role
from hotline.storage.tables import AuditEntry, Line
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio


CLOSED = timedelta(days=40)  # in January, which is closed on the first of March


async def talked(
    scene: ApiScene, *names: str, wait_s: int = 5, ago: timedelta = timedelta(), **values: object
) -> None:
    """Talks that are over, by itself of today."""
    now = scene.clock.now() - ago
    for name in names:
        joined = now + timedelta(seconds=wait_s)
        await scene.add(
            scene.call(name, CallState.ENDED, arrived_at=now, queued_at=now, joined_at=joined,
                       outcome="talked",
                       left_at=joined, ended_at=joined, **values)
        )  # fmt: skip


@pytest.fixture
async def busy(scene: ApiScene) -> ApiScene:
    """Three talks that were answered soon and one late, beside li's which goes on."""
    await talked(scene, "a", "b", "c", place_code="440106")
    await talked(scene, "late", wait_s=30, place_code="440305")
    return scene


@pytest.fixture
async def closed(scene: ApiScene) -> ApiScene:
    """Eleven talks of January, two of them from Shenzhen."""
    await talked(scene, *(f"t{n}" for n in range(9)), ago=CLOSED, place_code="440106")
    await talked(scene, "u", "v", ago=CLOSED, place_code="440305")
    return scene


def kpis_of(report: dict[str, list[dict[str, object]]]) -> dict[object, dict[str, object]]:
    return {one["kpi"]: one for one in report["kpis"]}


async def test_a_supervisor_reads_the_figures_of_today_as_they_are(
    busy: ApiScene, he: Person
) -> None:
    report = await he.gets("/reports/day")

    kpis = kpis_of(report)
    assert (report["name"], report["exact"]) == ("2026-03-01", True)
    assert (kpis["service_level"]["part"], kpis["service_level"]["whole"]) == (4, 5)
    assert kpis["connected"]["value"] == 1.0
    assert report["balance"] == {"came_in": 5, "alive": 1, "outcomes": {"talked": 4},
                                 "unaccounted": 0}  # fmt: skip
    assert len(report["parts"]) == 24
    assert "difficult" in report["form"]["unknown"]


async def test_a_day_a_city_and_a_line_can_be_chosen(busy: ApiScene, he: Person) -> None:
    await busy.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))

    shenzhen = await he.gets("/reports/month?on=2026-03&city=4403")
    before = await he.gets("/reports/day?on=2026-02-28&line=youth")

    assert kpis_of(shenzhen)["came_in"]["part"] == 1
    assert kpis_of(before)["came_in"]["part"] == 0
    assert (await he.asks("GET", "/reports/day?line=legal")).status_code == 404
    for wrong in ("on=yesterday", "on=2026-02-30", "on=0001-01-01", "city=44"):
        assert (await he.asks("GET", f"/reports/day?{wrong}")).status_code == 422
    assert (await he.asks("GET", "/reports/decade")).status_code == 422


async def test_an_administrator_reads_what_may_be_handed_on_and_no_small_number(
    closed: ApiScene,
) -> None:
    root = closed.person("root")

    latest, own = await root.gets("/reports/month"), await root.gets("/reports/year")
    form = await root.gets("/reports/month?city=4403&line=youth")

    assert (latest["name"], latest["exact"], latest["handed_on"]) == ("2026-01", False, True)
    assert kpis_of(latest)["came_in"]["part"] == 11
    assert latest["balance"] is None
    assert [one["name"] for one in own["months"]] == ["2026-01"]
    assert form["form"]["items"]["total"] is None
    assert [one["kpi"] for one in form["kpis"]] == ["connected"]
    for wish in ("day", "week", "month/behind"):
        assert (await root.asks("GET", f"/reports/{wish}")).status_code == 403


async def test_what_was_told_of_a_closed_month_is_told_again(closed: ApiScene, he: Person) -> None:
    first = await he.gets("/reports/month?on=2026-01")
    await talked(closed, *(f"w{n}" for n in range(6)), ago=CLOSED, place_code="440106")

    again = await he.gets("/reports/month?on=2026-01")

    assert (again["form"], again["cities"]) == (first["form"], first["cities"])
    assert kpis_of(again)["came_in"]["part"] == 17  # for whoever may open the calls, as it is


async def test_a_month_is_handed_on_three_days_after_it_is_over(closed: ApiScene) -> None:
    root = closed.person("root")

    refused = await root.asks("GET", "/reports/month?on=2026-02")

    assert refused.status_code == 422
    assert "three days after a month is over" in refused.json()["detail"]


async def test_behind_a_figure_stand_the_calls_that_it_counts_and_those_that_it_does_not(
    busy: ApiScene, he: Person
) -> None:
    counted = await he.gets("/reports/day/behind?kpi=service_level")
    missed = await he.gets("/reports/day/behind?kpi=service_level&missing=true")

    assert {one["call_id"] for one in counted["shown"]} == {"call", "a", "b", "c"}
    assert [one["call_id"] for one in missed["shown"]] == ["late"]
    assert (counted["total"], missed["total"]) == (4, 1)
    assert set(missed["shown"][0]) == {"kind", "id", "call_id", "line", "at"}


async def test_a_year_is_made_of_its_closed_months(
    busy: ApiScene, closed: ApiScene, he: Person
) -> None:
    report = await he.gets("/reports/year")

    assert [one["name"] for one in report["months"]] == ["2026-01"]
    assert kpis_of(report)["came_in"]["part"] == 11
    assert (await he.gets("/reports/year/behind?kpi=came_in"))["total"] == 11
    assert len((await he.gets("/reports/year?on=2031"))["months"]) == 1


async def test_a_table_that_is_taken_tells_no_small_number_and_no_formula(
    closed: ApiScene, he: Person
) -> None:
    await closed.change(Line, "youth", name="=cmd|calc")

    answer = await he.asks("GET", "/reports/month/export.csv?on=2026-01&lang=zh")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="report-2026-01.csv"'
    assert answer.text.startswith("\ufeff")
    rows = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    cells = [cell for row in rows for cell in row]
    assert "'=cmd|calc" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    of_callers = [cell for row in rows for cell in row if row[0] != "现有咨询员"]
    assert {"1", "2", "3", "4"}.isdisjoint(of_callers)
    assert "<5" in cells
    assert "未知" in cells
    assert [one.kind for one in await closed.all(AuditEntry)] == ["act.report_exported"]


@pytest.mark.parametrize("which", ["day/export.csv", "month/export.csv?on=2026-03"])
async def test_what_is_not_closed_or_could_be_subtracted_is_not_taken(
    busy: ApiScene, he: Person, which: str
) -> None:
    answer = await he.asks("GET", f"/reports/{which}")

    assert answer.status_code == 422
    assert await busy.all(AuditEntry) == []


async def test_a_workbook_has_numbers_that_can_be_counted_and_no_formula(
    closed: ApiScene, he: Person
) -> None:
    await closed.change(Line, "youth", name="=cmd|calc")

    answer = await he.asks("GET", "/reports/month/export.xlsx?on=2026-01&lang=zh")

    book = load_workbook(BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book["说明"]["B2"].value == "'=cmd|calc"
    kpis = {row[0].value: row for row in book["服务指标"].iter_rows()}
    assert kpis["来电总数"][1].value == 11
    assert (kpis["接通率"][1].value, kpis["接通率"][1].number_format) == (1, "0.0%")
    staff = {row[1].value for row in book["统计表"].iter_rows() if row[0].value == "现有咨询员"}
    of_callers = {cell.value for cell in cells if cell.data_type == "n"} - staff
    assert {1, 2, 3, 4} & of_callers <= {1}  # a share of one
    assert "<5" in [cell.value for cell in cells]
    assert [one.kind for one in await closed.all(AuditEntry)] == ["act.report_exported"]


async def test_a_report_is_taken_in_english_and_as_pages(closed: ApiScene, he: Person) -> None:
    table = await he.asks("GET", "/reports/year/export.csv?lang=en")
    pages = await he.asks("GET", "/reports/month/export.pdf?on=2026-01&city=4403&lang=zh")

    assert "Answered within 15 s" in table.text
    assert "Month by month" in table.text
    assert pages.content.startswith(b"%PDF")
    assert pages.headers["content-type"] == "application/pdf"
    assert len(await closed.all(AuditEntry)) == 2


async def test_figures_of_another_line_are_nobodys_here(busy: ApiScene) -> None:
    await busy.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await busy.hires("sun", Role.SUPERVISOR, line="legal")

    report = await busy.person("sun").gets("/reports/day")

    assert kpis_of(report)["came_in"]["part"] == 0
