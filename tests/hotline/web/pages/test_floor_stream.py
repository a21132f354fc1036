"""The floor's parts as they change: drawn once for all who see the same, and for nobody else."""

import asyncio
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hotline.staff.sign_in import SignedIn, who_is
from hotline.storage.news import Change
from hotline.storage.tables import Presence, Staff
from hotline.web.live import LiveHub
from hotline.web.pages.floor_feed import KEPT_DRAWS, LOOK, FloorFeeds, FloorKind, PartQueue
from hotline.web.pages.floor_parts import PARTS, WALL
from hotline.web.pages.rendering import since
from tests.hotline.web.api.conftest import ApiScene, token_of
from tests.hotline.web.api.listening import PATIENCE_S, Heard, listening
from tests.hotline.web.pages.following_parts import FollowingPage

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("following")]

STREAM = "/floor/stream"


async def parts(heard: Heard, names: tuple[str, ...] = PARTS) -> FollowingPage:
    """All of them, as each browser is sent them first."""
    page = FollowingPage()
    for name in names:
        await page.next(heard, name)
    return page


async def test_all_parts_come_first_and_then_those_that_a_change_has_moved(scene: ApiScene) -> None:
    async with listening(scene.app, "he", path=STREAM) as heard:
        page = await parts(heard)
        first = page.shows("people")
        await scene.person("chen").does("PUT", "/me/presence", {"state": "ready"})

        people = await page.next(heard, "people")

    assert "name of chen" not in first.split("就绪")[0]
    assert 'data-state="ready"' in people
    assert 'data-testid="caller"' in page.shows("talks")


async def test_the_wall_has_a_part_of_its_own_without_a_number(scene: ApiScene) -> None:
    async with listening(scene.app, "he", "wall=true", path=STREAM) as heard:
        wall = (await parts(heard, WALL)).shows("wall")

    assert "line-row" in wall
    assert "****" not in wall


async def test_signing_out_ends_the_stream_at_once(scene: ApiScene) -> None:
    async with listening(scene.app, "he", path=STREAM) as heard:
        await parts(heard)
        await scene.person("he").does("DELETE", "/sessions/current")

        assert [event for event, _ in await heard.end() if event == "part"] == []


async def test_who_works_for_other_lines_from_now_on_begins_anew(scene: ApiScene) -> None:
    async with listening(scene.app, "he", path=STREAM) as heard:
        await parts(heard)
        await scene.change(Staff, "he", lines=[])
        async with scene.house.database.work() as work:
            work.announce("configuration", "applied")

        assert [event for event, _ in await heard.end() if event == "part"] == []


# ── many browsers ───────────────────────────────────────────────────────────────────────────────


async def he_of(scene: ApiScene) -> SignedIn:
    async with scene.house.database.work() as work:
        return await who_is(work, token_of("he"), at=scene.clock.now())


async def shown(queue: PartQueue, most: int) -> list[bytes]:
    """So many parts or more: those of a draw come together."""
    found = list[bytes]()
    while len(found) < most:
        found += parts_in(await queue.get())
    return found


def parts_in(draw: bytes) -> list[bytes]:
    """Without the event that tells the time."""
    return [one for one in draw.split(b"\r\n\r\n") if one.startswith(b"event: part")]


async def test_a_part_is_drawn_once_however_many_look_on(scene: ApiScene) -> None:
    who, drawn = await he_of(scene), list[str]()
    feeds = FloorFeeds(scene.house)
    reader = FloorKind.of(who, in_english=False, parts=("foot", "people"))

    def draw(template: str, _values: Any) -> str:
        drawn.append(template)
        return f"{template} {len(drawn)}"

    with ExitStack() as stack:
        queues = [stack.enter_context(feeds.watch(reader, who, draw)) for _ in range(20)]
        first = [await shown(queue, 2) for queue in queues]
        scene.house.live.tell(Change("presence", "li"))
        second = [await shown(queue, 1) for queue in queues]
        late = stack.enter_context(feeds.watch(reader, who, draw))
        begun = await shown(late, 2)

    assert drawn == ["floor_foot.html", "floor_people.html", "floor_people.html"]
    assert all(one == first[0] for one in first)
    assert all(one == second[0] for one in second)
    assert begun == [first[0][0], second[0][0]], "who comes later is sent what is shown"
    assert feeds._feeds == {}, "where nobody looks on, nothing is drawn"


async def test_a_browser_that_cannot_keep_up_is_sent_all_parts_afresh(scene: ApiScene) -> None:
    who = await he_of(scene)
    feeds = FloorFeeds(scene.house)
    reader = FloorKind.of(who, in_english=False, parts=("foot", "people"))
    count = iter(range(10_000))

    with (
        feeds.watch(reader, who, lambda *_: str(next(count))) as slow,
        feeds.watch(reader, who, lambda *_: "") as quick,
    ):
        for _ in range(KEPT_DRAWS):
            await quick.get()
            scene.house.live.tell(Change("presence", "li"))
        newest = [await quick.get()]
        waiting = [slow.get_nowait() for _ in range(slow.qsize())]

    assert LOOK in waiting
    assert len(waiting) < KEPT_DRAWS
    assert waiting[-1].endswith(newest[-1])


async def test_who_comes_later_and_who_lags_see_what_all_the_others_see(scene: ApiScene) -> None:
    who, numbers = await he_of(scene), iter(range(10_000))
    feeds = FloorFeeds(scene.house)
    reader = FloorKind.of(who, in_english=False, parts=("people",))

    def draw(*_: Any) -> str:
        first = next(numbers)
        return "\n".join(
            f"<li>somebody with a long name, number {first + n}</li>" for n in range(9)
        )

    with feeds.watch(reader, who, draw) as quick, feeds.watch(reader, who, draw) as slow:
        steady, late, lagging = FollowingPage(), FollowingPage(), FollowingPage()
        for _ in range(KEPT_DRAWS + 2):
            steady.hears_all(await quick.get())
            scene.house.live.tell(Change("presence", "li"))
        with feeds.watch(reader, who, draw) as later:
            late.hears_all(await later.get())
            steady.hears_all(await quick.get())
            late.hears_all(await later.get())
        lagging.held["people"] = "", []
        waiting = [slow.get_nowait() for _ in range(slow.qsize())]
        for one in waiting[waiting.index(LOOK) :]:
            lagging.hears_all(one)

    assert late.held == steady.held
    assert lagging.held == steady.held


async def test_what_happens_on_another_line_draws_nothing(scene: ApiScene) -> None:
    who, drawn = replace(await he_of(scene), lines=("women",)), list[str]()
    feeds = FloorFeeds(scene.house)
    reader = FloorKind.of(who, in_english=False, parts=PARTS)

    def draw(template: str, values: Any) -> str:
        drawn.append(template)
        return f"{len(drawn)} {values['floor'].callers}"

    with feeds.watch(reader, who, draw) as queue:
        first = await shown(queue, len(PARTS))
        for change in (Change("call", "call"), Change("presence", "li")):
            scene.house.live.tell(change)
        scene.house.live.tell(Change("configuration", "applied"))  # all are drawn again, once
        assert await queue.get() == LOOK, "who listens is looked at first"
        await shown(queue, len(PARTS))

    assert len(drawn) == 2 * len(PARTS)
    assert b"154****" not in b"".join(first)


async def test_a_feed_that_lost_the_database_draws_again_when_it_is_back(scene: ApiScene) -> None:
    await scene.change(Presence, "li", state="ready", call_id=None)
    who = await he_of(scene)
    feeds, drawn = FloorFeeds(scene.house), list[str]()
    reader = FloorKind.of(who, in_english=False, parts=("foot",))

    def draw(template: str, _values: Any) -> str:
        drawn.append(template)
        if len(drawn) == 1:
            raise OSError
        return template

    with feeds.watch(reader, who, draw) as queue:
        assert b"floor_foot" in await queue.get()


class NoisyHub(LiveHub):
    """Something happens all the time, on a line that is none of the reader's."""

    async def next_changes(self, queue: asyncio.Queue[Change], patience_s: float) -> list[Change]:
        return [Change("call", "call")]


async def test_time_alone_is_told_however_much_happens_on_other_lines(scene: ApiScene) -> None:
    who, count = replace(await he_of(scene), lines=("women",)), iter(range(10_000))
    scene.house.live = NoisyHub()
    feeds = FloorFeeds(scene.house, refresh_s=0.1)
    reader = FloorKind.of(who, in_english=False, parts=("foot",))

    with feeds.watch(reader, who, lambda *_: str(next(count))) as queue:
        async with asyncio.timeout(PATIENCE_S):
            assert len(await shown(queue, 3)) == 3


async def test_a_part_whose_clocks_alone_have_gone_on_is_not_sent_again(scene: ApiScene) -> None:
    who, seconds = await he_of(scene), iter(range(10_000))
    feeds = FloorFeeds(scene.house, refresh_s=0.1)
    reader = FloorKind.of(who, in_english=False, parts=("foot",))
    begun = scene.clock.now()

    def draw(*_: Any) -> str:
        return since(begun, begun + timedelta(seconds=next(seconds)))

    with feeds.watch(reader, who, draw) as queue:
        draws = [await queue.get() for _ in range(3)]

    assert [len(parts_in(one)) for one in draws] == [1, 0, 0]
    assert all(b"event: now" in one for one in draws), "or the page took its stream for broken"


async def test_a_fault_of_one_drawing_does_not_end_the_feed(scene: ApiScene) -> None:
    who = await he_of(scene)
    feeds, drawn = FloorFeeds(scene.house), list[str]()
    reader = FloorKind.of(who, in_english=False, parts=("foot",))

    def draw(template: str, _values: Any) -> str:
        drawn.append(template)
        if len(drawn) == 1:
            raise ValueError
        return template

    with feeds.watch(reader, who, draw) as queue:
        assert b"floor_foot" in await queue.get()
