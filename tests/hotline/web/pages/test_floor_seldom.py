"""What moves seldom is kept from draw to draw: until its topic is heard, or all is drawn again."""

import asyncio
from typing import Any

import pytest

from hotline.staff.sign_in import who_is
from hotline.storage.news import Change
from hotline.web.pages.floor_feed import FloorFeeds, FloorKind
from hotline.web.pages.floor_seldom import SeldomMoved, seldom_moved
from tests.hotline.web.api.alert_rights import an_alert
from tests.hotline.web.api.conftest import ApiScene, token_of
from tests.hotline.web.api.listening import PATIENCE_S

pytestmark = pytest.mark.anyio


async def read(scene: ApiScene, **known: Any) -> SeldomMoved:
    at = scene.clock.now()
    async with scene.house.database.work() as work:
        who = await who_is(work, token_of("he"), at=at)
        return await seldom_moved(work, who, at=at, **known)


async def test_an_alert_is_read_anew_when_alerts_have_moved(scene: ApiScene) -> None:
    before = await read(scene)
    await scene.add(an_alert(scene.clock.now(), owner_id="he"))

    kept = await read(scene, before=before, topics={"presence", "call"})
    anew = await read(scene, before=before, topics={"alert"})

    assert kept.alerts == before.alerts == []
    assert [one.id for one in anew.alerts] == ["alert"]
    assert anew.escalations is before.escalations


async def test_what_nobody_announced_is_seen_with_the_next_whole_draw(scene: ApiScene) -> None:
    async with scene.house.database.work() as work:
        who = await who_is(work, token_of("he"), at=scene.clock.now())
    feeds = FloorFeeds(scene.house, refresh_s=0.1)
    reader = FloorKind.of(who, in_english=False, parts=("alerts", "people"))

    def draw(template: str, values: Any) -> str:
        return f"{template} {len(values['alerts'])}"

    with feeds.watch(reader, who, draw) as queue:
        await queue.get()
        await scene.add(an_alert(scene.clock.now(), owner_id="he"))
        scene.house.live.tell(Change("presence", "li"))
        async with asyncio.timeout(PATIENCE_S):
            while b"floor_alerts.html 1" not in await queue.get():
                pass
