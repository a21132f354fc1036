"""Alerts on the floor, the wall and a phone: who must take what, and since when."""

import pytest

from hotline.staff.model import Role
from hotline.storage.tables import Line, Staff
from tests.hotline.web.api.alert_rights import an_alert
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.listening import listening
from tests.hotline.web.pages.conftest import Reader, waits
from tests.hotline.web.pages.test_floor_stream import parts

pytestmark = pytest.mark.anyio


async def test_alerts_stand_below_danger_and_above_every_total(scene: ApiScene, he: Reader) -> None:
    await waits(scene, "danger", for_s=5, urgency="crisis")
    await scene.add(an_alert(scene.clock.now(), owner_id="he"))

    page = await he.reads("/floor")

    order = [page.html.find(f'data-testid="{one}"') for one in ("in-danger", "alerts", "lines")]
    assert order == sorted(order)
    told = page.part("alerts").text
    assert "1 条预警等人接手" in told
    assert "青少年 · 有人等得太久" in told
    assert "到了 3:05，界限 3:00" in told
    assert "归 name of he" in told
    assert "预警还没有人接手" in page.part("needs").text


async def test_what_holds_for_several_lines_is_said_once_and_danger_before_it(
    scene: ApiScene, he: Reader
) -> None:
    now = scene.clock.now()
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.change(Staff, "he", lines=["youth", "legal"])
    danger = {"rule": "danger_waiting", "measure": "danger_waiting_s", "raised_at": now}
    await scene.add(
        *(an_alert(now, id=f"of-{line}", line_id=line) for line in ("youth", "legal")),
        an_alert(now, id="danger", **danger),
    )

    told = (await he.reads("/floor")).part("alerts").text

    assert told.count("有人等得太久 2 条线路，界限 3:00") == 1
    assert told.index("有危险的来电者没有人接听") < told.index("有人等得太久")


async def test_a_floor_without_alerts_says_nothing_of_them(scene: ApiScene, he: Reader) -> None:
    quiet = an_alert(scene.clock.now(), raised_at=None)
    await scene.add(quiet, an_alert(scene.clock.now(), id="other", line_id="youth", rule="x",
                                    cleared_at=scene.clock.now()))  # fmt: skip

    page = await he.reads("/floor")

    assert not page.has("alerts")


async def test_what_nobody_took_in_time_is_said_aloud_until_somebody_does(
    scene: ApiScene, he: Reader
) -> None:
    await scene.add(an_alert(scene.clock.now(), passed_at=scene.clock.now(), owner_id=None))

    floor, wall = await he.reads("/floor"), await he.reads("/wall")
    english = await he.reads("/floor", language="en")
    assert "没有人接手，任何督导请接手" in floor.part("alert-owner").text
    assert "归任何督导" in wall.part("wall-alert").text
    assert "Nobody took it: any supervisor, please" in english.part("alert-owner").text

    await scene.person("he").does("POST", "/floor/alerts/alert/take")

    assert "name of he 已接手" in (await he.reads("/floor")).part("alert-owner").text
    assert "name of he 已接手" in (await he.reads("/wall")).part("wall-alert").text


async def test_the_panel_of_an_alert_names_to_whom_it_can_go_but_not_its_reader(
    scene: ApiScene, he: Reader
) -> None:
    for name in ("ma", "sun"):
        await scene.hires(name, Role.SUPERVISOR)
    await scene.add(an_alert(scene.clock.now(), owner_id="ma"))

    page = await he.reads("/floor/alerts/alert/acts")

    assert "转交给" in page.text
    assert "name of sun" in page.text
    assert len(page.all("hand-alert")) == 1, "neither its owner nor the reader"


async def test_a_text_that_did_not_arrive_is_shown_so_that_somebody_else_takes_it(
    scene: ApiScene, he: Reader
) -> None:
    await scene.add(an_alert(scene.clock.now(), owner_id="he", unreached="undelivered"))

    page = await he.reads("/floor")
    english = await he.reads("/floor", language="en")

    assert "短信没有送到：运营商没有送达" in page.part("alert-unreached").text
    told = "Text did not arrive: the carrier did not deliver it"
    assert told in english.part("alert-unreached").text


@pytest.mark.usefixtures("following")
async def test_a_browser_is_sent_what_became_of_an_alert(scene: ApiScene) -> None:
    await scene.add(an_alert(scene.clock.now(), owner_id="he"))
    async with listening(scene.app, "he", path="/floor/stream") as heard:
        page = await parts(heard)
        await scene.person("he").does("POST", "/floor/alerts/alert/take")

        shown = await page.next(heard, "alerts")

    assert "已接手" in shown
