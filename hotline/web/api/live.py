"""What changes, as it changes: a stream of topics and ids.

The session is looked at again every few seconds and whenever somebody's session ends: a stream
outlives neither. No connection to the database is held while it is quiet.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from fastapi import APIRouter, Request
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent

from hotline.errors import DatabaseAway, NotSignedIn
from hotline.floor.audience import NEEDED, hears
from hotline.staff.permissions import Permission, may_anywhere
from hotline.staff.sign_in import SignedIn
from hotline.storage.news import Change
from hotline.web.api.here import beat_of
from hotline.web.auth import SignedInDep, token_of
from hotline.web.deps import Backend, BackendDep
from hotline.web.live import LOOK_AGAIN, PING_S, RESYNC
from hotline.web.session_looks import LOOK_S, until_next_look

log = structlog.get_logger()

router = APIRouter(tags=["live"])

BEAT_S = 4.0  # with `staff.presence.LEASE`: an answer may be lost, and the next take 3 s
RETRY_MS = 1000
TOPICS = frozenset(NEEDED)

ChangeQueue = asyncio.Queue[Change]


@router.get("/live", response_class=EventSourceResponse)
async def live(
    request: Request,
    backend: BackendDep,
    who: SignedInDep,
    desk: bool = False,  # noqa: FBT001, FBT002 – a query flag
) -> EventSourceResponse:
    """Events named as what changed, each with its id as data: `call`, `presence`, `offer`, `leg`,
    `escalation`, `line` (its queue), `act` (of a supervisor), `notice` (to the person of that id),
    `debrief` (of the two who talk, and their supervisors), `case`, `alert` (of the floor).

    `resync`: look at everything again. `clock`: our time, every four seconds. `desk=1`: this is a
    counselor's console, which is asked every four seconds by a `beat`, a number; it answers with
    `POST /me/here`, and its counselor is off duty soon after it does not.
    """
    token, _ = token_of(request, backend.settings)
    asks = desk and may_anywhere(who.roles, Permission.TAKE_CALLS)
    stream = Stream(backend=backend, who=who, token=token, asks=asks)
    return EventSourceResponse(stream.events(), ping=int(PING_S))


@dataclass(kw_only=True)
class Stream:
    """One open browser. `asks`: whether its page has to prove that it is there."""

    backend: Backend
    who: SignedIn
    token: str
    asks: bool
    look_s: float = LOOK_S
    beat_at: float = 0.0  # on the loop's clock

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """Until the session ends or the browser goes. Without a database it ends as well: the
        browser comes back by itself."""
        try:
            with self.backend.live.listen() as queue:
                yield ServerSentEvent(event="resync", data="", retry=RETRY_MS)
                while await self._welcome():
                    yield ServerSentEvent(event="clock", data=self.backend.clock.now().isoformat())
                    async for event in self._until_next_look(queue):
                        yield event
        except (SQLAlchemyError, DatabaseAway, OSError) as fault:
            log.warning("live.stream_ended", error=type(fault).__name__)

    async def _until_next_look(self, queue: ChangeQueue) -> AsyncIterator[ServerSentEvent]:
        time = asyncio.get_running_loop().time
        ends = time() + until_next_look(self.look_s)
        look = False
        while not look and (left := ends - time()) > 0:
            if self.asks and self.beat_at <= time():
                self.beat_at = time() + BEAT_S
                yield ServerSentEvent(event="beat", data=str(beat_of(self.backend.clock.now())))
            patience_s = min(left, self.beat_at - time()) if self.asks else left
            changes = await self.backend.live.next_changes(queue, patience_s)
            look = any(change.topic in LOOK_AGAIN for change in changes)
            if look and not await self._welcome():  # before anything that came with it is told
                return
            for change in changes:
                if await self._may_hear(change):
                    yield ServerSentEvent(event=change.topic, data=change.row_id)

    async def _may_hear(self, change: Change) -> bool:
        """Of one's lines and station, of one's own affairs, and of nothing else."""
        if change.topic == RESYNC.topic:
            return True
        if change.topic not in TOPICS:
            return False
        audience = await self.backend.live.audience_of(self.backend.database, change)
        return hears(self.who, change.topic, audience)

    async def _welcome(self) -> bool:
        backend = self.backend
        try:
            self.who = await backend.session_looks.who(backend.database, backend.clock, self.token)
        except NotSignedIn:
            return False
        return True
