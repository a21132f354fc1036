"""The page of figures: definitions in reach, small numbers kept back, ways on and out."""

from datetime import timedelta

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Staff, SupervisorAct
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


@pytest.fixture
async def three(scene: ApiScene) -> ApiScene:
    """Two hang up after a while beside li's talk."""
    now = scene.clock.now()
    for name in ("gone", "away"):
        await scene.add(
            scene.call(name, CallState.ENDED, queued_at=now, outcome="hung_up",
                       left_at=now + timedelta(seconds=60), place_code="440106")
        )  # fmt: skip
    return scene


async def test_each_figure_has_its_definition_and_leads_to_what_it_counts(
    three: ApiScene, he: Reader
) -> None:
    page = await he.reads("/reports")

    tile = page.part("kpi-abandoned")
    assert "66.7%" in tile.text
    assert "2 / 3" in tile.text
    assert "排队中挂断" in tile.text
    assert "/reports/behind?on=2026-03-01&amp;kind=day&amp;kpi=abandoned" in tile.html
    assert "低于目标 95%" in page.part("kpi-connected").text
    assert "进 = 出" in page.part("balance").text


@pytest.fixture
async def closed(three: ApiScene) -> ApiScene:
    """Three hung up in January as well."""
    past = three.clock.now() - timedelta(days=40)
    for name in ("one", "two", "more"):
        await three.add(
            three.call(name, CallState.ENDED, arrived_at=past, queued_at=past, outcome="hung_up",
                       left_at=past + timedelta(seconds=60), place_code="440106")
        )  # fmt: skip
    return three


async def test_tables_of_a_closed_month_keep_small_numbers_back_and_name_what_is_unknown(
    closed: ApiScene, he: Reader
) -> None:
    page = await he.reads("/reports?kind=month&on=2026-01")

    form = page.part("form").text
    assert "来电总数 &lt;5" in form
    assert "困难来电 未知" in form
    assert "少于 5" in page.part("footnote").text
    assert page.has("export-xlsx")
    assert "3" in page.part("kpi-came_in").text  # for whoever may open the calls, as it is


async def test_what_could_be_subtracted_is_internal_and_cannot_be_taken(
    closed: ApiScene, he: Reader
) -> None:
    page = await he.reads("/reports?kind=month")

    assert "请不要外传" in page.part("footnote").text
    assert "来电总数 3" in page.part("form").text
    assert not page.has("report-files")


async def test_a_chart_is_drawn_and_its_numbers_stand_beside_it(
    three: ApiScene, he: Reader
) -> None:
    chart = (await he.reads("/reports")).part("chart")

    assert chart.html.count('class="bar-came"') == 1 + 24  # with the key
    assert "20:00 · 来电总数 3 · 人工接听 1" in chart.text
    assert " style=" not in chart.html.split("</section>")[0]


async def test_the_list_behind_a_figure_leads_to_the_calls(three: ApiScene, he: Reader) -> None:
    page = await he.reads("/reports/behind?kpi=connected&missing=true")

    assert page.html.count('data-testid="open-call"') == 2
    assert "/calls/gone" in page.html
    assert "154****" not in page.text


async def test_a_period_without_calls_says_what_will_stand_there(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads("/reports?on=2024-01-01")

    assert page.has("report-empty")
    assert not page.has("kpi-came_in")
    assert page.has("after")


async def test_a_day_that_cannot_be_read_is_said_and_the_present_one_is_shown(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads("/reports?on=soon")

    assert "日期看不懂" in page.text
    assert "日报 2026-03-01" in page.text


async def test_a_year_comes_a_moment_after_its_page(closed: ApiScene, he: Reader) -> None:
    page = await he.reads("/reports?kind=year")
    assert page.has("report-wait")
    assert not page.has("report")

    figures = await he.reads("/reports/figures?kind=year")
    assert "2026-01" in figures.part("compliance").text


async def test_an_administrator_sees_closed_months_and_no_way_behind_them(
    scene: ApiScene,
) -> None:
    root = Reader(scene, "root")

    page, open_month = await root.reads("/reports"), await root.reads("/reports?on=2026-02")

    assert "月报 2026-01" in page.text
    assert "这一期还不能看" in open_month.text
    assert "月报 2026-01" in open_month.text
    assert not page.has("after")
    assert not page.has("kind-day")
    assert "/reports/behind" not in page.html
    assert (await root.opens("/reports?kind=day")).status == 403


async def test_it_is_read_in_english(three: ApiScene, he: Reader) -> None:
    page = await he.reads("/reports?kind=month", language="en")

    assert "Answered within 15 s" in page.text
    assert "Mental illness" in page.text
    assert "under 14" in page.text


async def test_that_a_report_was_taken_is_told_in_words(scene: ApiScene, he: Reader) -> None:
    await scene.person("he").asks("GET", "/reports/month/export.csv?on=2026-01")
    assert len(await scene.all(SupervisorAct)) == 1

    assert "导出了报表 2026-01" in (await he.reads("/floor/acts")).text


async def test_somebody_without_lines_has_an_empty_report(scene: ApiScene, he: Reader) -> None:
    await scene.change(Staff, "he", lines=[])

    assert (await he.reads("/reports")).has("report-empty")
