"""Where a browser listens to the floor: parts as HTML, as they change, until its session ends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from functools import partial

from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse

from hotline.errors import DatabaseAway, NotSignedIn
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.web.auth import token_of
from hotline.web.deps import BackendDep, backend_of
from hotline.web.live import PING_S
from hotline.web.pages.floor_feed import LOOK, FloorFeeds, FloorKind, PartQueue
from hotline.web.pages.floor_parts import PARTS, WALL
from hotline.web.pages.frame import FragmentDep
from hotline.web.pages.rendering import language_of, render_text
from hotline.web.session_looks import until_next_look

router = APIRouter(include_in_schema=False)

GREETING = b"retry: 1000\r\n\r\n"


@router.get("/floor/stream")
async def stream(
    frame: FragmentDep, backend: BackendDep, *, wall: bool = False
) -> EventSourceResponse:
    """`part` events: `{"part": "danger", "html": "…"}`, all parts first. `wall`: those of the wall.
    `rows` events: of a part that was sent, the rows of text that make the next one: new ones as
    text, others by their places, `[3, 7]`, in the part that was read at the moment `of`.
    `now` events, every ten seconds or so: whatever was sent still holds.

    It ends with the session, and when the reader's roles or lines change: the browser comes back,
    and is then another reader.
    """
    frame.require(Permission.WATCH_FLOOR)
    parts = WALL if wall else PARTS
    reader = FloorKind.of(frame.who, in_english=frame.in_english, parts=parts)
    return EventSourceResponse(_events(frame.request, frame.who, reader), ping=int(PING_S))


async def _events(request: Request, who: SignedIn, reader: FloorKind) -> AsyncIterator[bytes]:
    draw = partial(_drawn, request, language_of(request))
    yield GREETING
    with _feeds(request).watch(reader, who, draw) as queue:
        while await _is_still(request, reader):
            async for part in _until_next_look(queue):
                yield part


async def _until_next_look(queue: PartQueue) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    ends = loop.time() + until_next_look()
    while True:
        try:
            async with asyncio.timeout_at(ends):
                part = await queue.get()
        except TimeoutError:
            return
        if part == LOOK:
            return
        yield part


async def _is_still(request: Request, reader: FloorKind) -> bool:
    """Whether the session goes on, for a reader of this kind. Not while nobody can say so."""
    backend = backend_of(request)
    token, _ = token_of(request, backend.settings)
    try:
        who = await backend.session_looks.who(backend.database, backend.clock, token)
    except (NotSignedIn, SQLAlchemyError, DatabaseAway, OSError):
        return False
    return FloorKind.of(who, in_english=reader.in_english, parts=reader.parts) == reader


def _drawn(request: Request, language: str, template: str, values: Mapping[str, object]) -> str:
    return render_text(request, language, template, values)


def _feeds(request: Request) -> FloorFeeds:
    """Those of this process."""
    kept = request.app.state
    if not hasattr(kept, "floor_feeds"):
        kept.floor_feeds = FloorFeeds(backend_of(request))
    feeds: FloorFeeds = kept.floor_feeds
    return feeds
