"""The page of the floor as it was: one moment, what happened around it, and nothing to press."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from hotline.calls.model import CallState
from hotline.i18n.catalog import moment
from hotline.storage.session import Database
from hotline.storage.tables import Call, FloorAlert, Presence
from tests.fakes import FakeClock
from tests.hotline.database_clock import moved_database_clock, set_database_clock
from tests.hotline.web.api.alert_rights import an_alert
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


@pytest.fixture
async def _past_is_kept(database: Database, clock: FakeClock) -> AsyncIterator[None]:
    """From before anybody is there."""
    async with moved_database_clock(database, clock.now()):
        yield


@pytest.fixture(autouse=True)
async def _an_hour_ago(_past_is_kept: None, scene: ApiScene) -> None:
    """li raised a flag, and a child waited for 200 s; since then an hour has passed."""
    now = scene.clock.now()
    queued = {"queued_at": now - timedelta(seconds=200), "from_masked": "154****0002"}
    await scene.add(scene.call("waits", CallState.WAITING, **queued))
    await scene.change(Presence, "chen", state="paused", reason="meal")
    await scene.add(an_alert(now, owner_id="he"))
    await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})
    await set_database_clock(scene.house.database, scene.clock.advance(1))
    over = {"state": CallState.ENDED, "ended_at": scene.clock.now(), "outcome": "hung_up"}
    await scene.change(Call, "waits", **over)
    await scene.change(Presence, "chen", state="offline")
    await scene.change(FloorAlert, "alert", cleared_at=scene.clock.now())
    scene.clock.advance(3599)


def at(scene: ApiScene, ago_s: float) -> str:
    """The query of a moment so long ago."""
    return f"at={quote((scene.clock.now() - timedelta(seconds=ago_s)).isoformat())}"


async def test_the_floor_of_a_moment_stands_still_and_nothing_can_be_pressed(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads(f"/floor/past?{at(scene, 3600)}")

    floor = page.part("floor-past")
    assert "154****0002" in floor.text
    assert "3:20" in floor.text
    assert "用餐" in floor.text
    for acting in ("data-since", "data-until", "data-command", "hx-get", "sse:", 'type="checkbox"'):
        assert acting not in floor.html
    shown = moment(scene.clock.now() - timedelta(hours=1), "y-MM-dd HH:mm:ss")
    assert shown in page.part("past-band").text


async def test_the_alerts_of_then_are_shown_without_their_acts(scene: ApiScene, he: Reader) -> None:
    page = await he.reads(f"/floor/past?{at(scene, 3600)}")
    later = await he.reads(f"/floor/past?{at(scene, 3000)}")

    told = page.part("floor-past").part("alerts")
    assert "1 条预警等人接手" in told.text
    assert "青少年 · 有人等得太久" in told.text
    assert not page.has("direct-alert")
    assert not later.has("alerts")


async def test_what_happened_in_the_hour_is_marked_and_leads_to_its_moment(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads(f"/floor/past?{at(scene, 3600)}&stretch=day")

    kinds = [tag.partition('data-kind="')[2].partition('"')[0] for tag in page.all("past-mark")]
    assert kinds == ["long_wait", "flag"]
    assert page.html.count("<rect") == 2
    assert "共等了 3:21" in page.part("past-list").text


async def test_a_strip_of_then_counts_down_to_what_was_due_then(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads(f"/floor/past/then?{at(scene, 3600)}")

    strip = page.part("strip").text
    assert strip.startswith("迫在眉睫")
    assert "第 1 轮" in strip
    assert "升级至今 0:00" in strip


@pytest.mark.parametrize("ago_s", [-60, 9999])
async def test_of_a_moment_that_cannot_be_told_the_nearest_is_shown(
    scene: ApiScene, he: Reader, ago_s: float
) -> None:
    page = await he.reads(f"/floor/past?{at(scene, ago_s)}")

    assert page.has("past-moved")
    assert (await he.opens(f"/floor/past/then?{at(scene, ago_s)}")).status == 422


async def test_without_a_moment_it_begins_a_little_before_the_present(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads("/floor/past")

    shown = moment(scene.clock.now() - timedelta(minutes=5), "y-MM-dd HH:mm:ss")
    assert shown in page.part("past-band").text
    assert not page.has("past-moved")


async def test_it_reads_in_english(he: Reader) -> None:
    page = await he.reads("/floor/past", language="en")

    assert "This is the floor of the past." in page.part("past-band").text


async def test_only_who_watches_the_floor_looks_back(li: Reader) -> None:
    assert (await li.opens("/floor/past")).status == 403


async def test_the_floor_leads_to_its_past(he: Reader) -> None:
    assert 'href="/floor/past"' in (await he.reads("/floor")).html
