"""The floor's stream: the parts that changed, drawn once for all who may see the same.

Hundreds of supervisors and walls look at one floor. Each reader is one of few kinds: the same
roles, lines and language. For each kind that somebody watches, one task draws what a change has
moved, and hands the same bytes to everybody, in one piece: of each part the rows that are new, and
nothing where only the clock has gone on, for the browser counts by itself. Whoever comes later or
cannot keep up is sent all parts afresh. What is one reader's own (`floor_due`) is not in it.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from hotline.floor.audience import hears
from hotline.staff.sign_in import SignedIn
from hotline.storage.news import Change
from hotline.web.deps import Backend
from hotline.web.live import LOOK_AGAIN
from hotline.web.pages.floor_now import anybody_like, floor_now
from hotline.web.pages.floor_parts import ALL, moved
from hotline.web.pages.floor_rows import PartShown, event, news_of, shown
from hotline.web.pages.floor_seldom import SeldomMoved, seldom_moved

log = structlog.get_logger()

REFRESH_S = 10.0  # what time alone changes: reasons, breaks that come due
KEPT_DRAWS = 32  # for a browser that is slow: then it begins anew
LONGEST_PAUSE_S, AGAIN_S = 0.25, 1.0
LOOK = b""  # whoever listens may not be who they were

Draw = Callable[[str, Mapping[str, object]], str]
PartQueue = asyncio.Queue[bytes]  # of one draw, all parts that have changed


@dataclass(frozen=True, slots=True)
class FloorKind:
    """Whoever sees the same. `parts`: of the floor, or of the wall."""

    roles: tuple[str, ...]
    lines: frozenset[str]
    station_id: str | None
    in_english: bool
    parts: tuple[str, ...]

    @classmethod
    def of(cls, who: SignedIn, *, in_english: bool, parts: tuple[str, ...]) -> "FloorKind":
        """The kind that this person is."""
        lines = frozenset(who.lines)
        return cls(tuple(sorted(who.roles)), lines, who.station_id, in_english, parts)


@dataclass(slots=True)
class _Feed:
    """One kind of reader, while somebody watches. `shown`: each part as all of them have it."""

    who: SignedIn
    draw: Draw
    shown: dict[str, PartShown] = field(default_factory=dict)
    seldom: SeldomMoved | None = None
    queues: set[PartQueue] = field(default_factory=set)
    task: asyncio.Task[None] | None = None


class FloorFeeds:
    """All feeds of this process."""

    def __init__(self, backend: Backend, *, refresh_s: float = REFRESH_S) -> None:
        """Nobody watches yet. `refresh_s`: all parts are drawn at least so often."""
        self._backend, self._refresh_s = backend, refresh_s
        self._feeds: dict[FloorKind, _Feed] = {}

    @contextmanager
    def watch(self, reader: FloorKind, who: SignedIn, draw: Draw) -> Iterator[PartQueue]:
        """Parts as they change, all of them first. `draw`: a template in the reader's language."""
        feed = self._feeds.setdefault(reader, _Feed(anybody_like(who), draw))
        queue: PartQueue = asyncio.Queue(KEPT_DRAWS)
        if feed.shown:
            queue.put_nowait(_everything(feed))
        feed.queues.add(queue)
        if feed.task is None:
            feed.task = asyncio.create_task(self._keep(reader, feed))
        try:
            yield queue
        finally:
            feed.queues.discard(queue)
            if not feed.queues and self._feeds.get(reader) is feed:
                del self._feeds[reader]
                feed.task.cancel()

    async def _keep(self, reader: FloorKind, feed: _Feed) -> None:
        """Without a database the page shows what it has, and is drawn again when it is back."""
        loop = asyncio.get_running_loop()
        with self._backend.live.listen() as changes:
            topics: Collection[str] = ALL
            whole_at = loop.time()
            while True:
                begun = time.thread_time()
                try:
                    await self._draw(reader, feed, topics)
                    whole_at = loop.time() if topics is ALL else whole_at
                    busy = time.thread_time() - begun  # without what the database took
                    await asyncio.sleep(min(busy, LONGEST_PAUSE_S))  # half of the time
                    topics = await self._wanted(reader, feed, changes, whole_at + self._refresh_s)
                except Exception as fault:  # noqa: BLE001 – a feed that ends would freeze every page
                    log.warning("floor_feed.not_drawn", error=type(fault).__name__)
                    await asyncio.sleep(AGAIN_S)
                    topics = ALL

    async def _wanted(
        self, reader: FloorKind, feed: _Feed, changes: asyncio.Queue[Change], due: float
    ) -> Collection[str]:
        """What has moved; `ALL` when it is `due`, however much happens on other lines."""
        left = due - asyncio.get_running_loop().time()
        news = await self._backend.live.next_changes(changes, max(0.0, left)) if left > 0 else []
        if not news:
            return ALL
        if any(one.topic in LOOK_AGAIN for one in news):  # before anything that came with it
            for queue in feed.queues:
                _put(queue, feed, LOOK)
        topics = await self._topics(reader, feed, news)
        return topics if topics.isdisjoint(ALL) else ALL

    async def _topics(self, reader: FloorKind, feed: _Feed, news: Sequence[Change]) -> set[str]:
        """Of what concerns this reader. One that has moved its parts already is not looked up."""
        topics = set[str]()
        for one in news:
            known = one.topic in topics or not moved([one.topic], reader.parts)
            if not known and await self._concerns(feed, one):
                topics.add(one.topic)
        return topics

    async def _concerns(self, feed: _Feed, change: Change) -> bool:
        if change.topic in ALL:
            return True
        audience = await self._backend.live.audience_of(self._backend.database, change)
        return hears(feed.who, change.topic, audience)

    async def _draw(self, reader: FloorKind, feed: _Feed, topics: Collection[str]) -> None:
        parts = moved(topics, reader.parts)
        if not parts:
            return
        at = self._backend.clock.now()
        values = await self._read(reader, feed, topics, at)
        drawn: dict[str, str] = {}
        for part in parts:
            drawn[part] = feed.draw(f"floor_{part}.html", values)
            await asyncio.sleep(0)  # a webhook goes first
        news = list(_news(feed, drawn, at=at.isoformat()))
        if topics is ALL:  # a page that hears nothing takes its stream for broken
            news.append(event("now", at=at.isoformat()))
        if news:
            _hand_out(feed, b"".join(news))

    async def _read(
        self, reader: FloorKind, feed: _Feed, topics: Collection[str], at: datetime
    ) -> Mapping[str, object]:
        """What moves seldom is kept; where a draw fails, all is read again."""
        before, feed.seldom = None if topics is ALL else feed.seldom, None
        async with self._backend.database.work() as work:
            seldom = await seldom_moved(work, feed.who, at=at, before=before, topics=topics)
            values = await floor_now(
                work, feed.who, at=at, in_english=reader.in_english, seldom=seldom
            )
        feed.seldom = seldom
        return values


def _news(feed: _Feed, drawn: Mapping[str, str], *, at: str) -> Iterator[bytes]:
    """Of the parts that say something else than before."""
    for part, html in drawn.items():
        before = feed.shown.get(part)
        now = shown(part, html, at=at)
        if before is None or before.rows != now.rows:
            feed.shown[part] = now
            yield news_of(part, before, now, html)


def _everything(feed: _Feed) -> bytes:
    return b"".join(one.event for one in feed.shown.values())


def _hand_out(feed: _Feed, news: bytes) -> None:
    for queue in feed.queues:
        _put(queue, feed, news)


def _put(queue: PartQueue, feed: _Feed, news: bytes) -> None:
    """A browser that cannot keep up has everything afresh, instead of all that waits."""
    waiting = [news]
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        waiting = [LOOK, _everything(feed)]
    for one in waiting:
        queue.put_nowait(one)
