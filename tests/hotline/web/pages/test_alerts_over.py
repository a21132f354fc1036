"""The page of alerts that are over: by day and line, with what became of each."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Line, Staff
from tests.hotline.web.api.alert_rights import an_alert
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

OVER = "/floor/alerts/over"


@pytest.fixture(autouse=True)
async def _of_two_lines_and_days(scene: ApiScene) -> None:
    """A long wait that he took after it was passed on; and of the day before a low share."""
    now = scene.clock.now()
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.change(Staff, "he", lines=["youth", "legal"])
    over = now + timedelta(minutes=20)
    taken = {"owner_id": "he", "acknowledged_by": "he", "acknowledged_at": now}
    await scene.add(
        an_alert(now, id="wait", worst=400.0, was_passed_on=True, cleared_at=over, note="人已到",
                 note_by="he", **taken),
        an_alert(now - timedelta(days=1), id="share", line_id="legal", rule="share", threshold=70.0,
                 measure="service_level_15s", value=60.0, worst=48.0, level="warning",
                 cleared_at=now),
    )  # fmt: skip


async def test_of_each_that_is_over_the_page_tells_what_became_of_it(he: Reader) -> None:
    page = await he.reads(OVER)

    assert len(page.all("alert-over")) == 1
    told = page.part("alert-over").text
    assert "青少年 · 有人等得太久" in told
    assert "20:00–20:20 · 共 20:00 · 最长 6:40，界限 3:00" in told
    assert "name of he：人已到" in told
    assert "name of he 已接手" in told
    assert "曾经没有人接手，转给了下一位" in told


async def test_one_looks_back_by_day_and_by_line(he: Reader) -> None:
    today = await he.reads(OVER)
    assert "?day=2026-02-28" in today.part("day-before").html

    yesterday = await he.reads(f"{OVER}?day=2026-02-28")
    told = yesterday.part("alert-over").text
    assert "法律 · 15 秒接听率太低" in told
    assert "最低 48%，界限 70%" in told
    assert "没有人接手" in told
    assert "?day=2026-03-01" in yesterday.part("day-after").html
    nothing = await he.reads(f"{OVER}?day=2026-02-28&line=youth")
    assert not nothing.has("alert-over")
    assert "这一天没有已经解除的预警" in nothing.text


async def test_it_reads_in_english(he: Reader) -> None:
    page = await he.reads(OVER, language="en")

    told = page.part("alert-over").text
    assert "Youth" in told
    assert "longest 6:40, limit 3:00" in told
    assert "Nobody had taken it: passed on to the next" in told


async def test_it_is_found_from_the_floor_and_for_who_watches_it(
    scene: ApiScene, he: Reader, li: Reader
) -> None:
    await scene.add(an_alert(scene.clock.now(), id="open"))

    floor = await he.reads("/floor")

    assert floor.html.count(f'href="{OVER}"') == 2, "of the page, and of the alerts that stand"
    assert (await li.opens(OVER)).status == 403
