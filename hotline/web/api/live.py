"""What changes, as it changes: a stream of topics and ids.

The session is looked at again with every ping and whenever somebody's session ends: a stream
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
from hotline.staff.presence import renew_lease
from hotline.staff.sign_in import SignedIn, who_is
from hotline.storage.news import Change
from hotline.web.auth import SignedInDep, token_of
from hotline.web.deps import Backend, BackendDep
from hotline.web.live import RESYNC

log = structlog.get_logger()

router = APIRouter(tags=["live"])

PING_S = 10.0
RETRY_MS = 1000
TOPICS = frozenset(NEEDED)
LOOK_AGAIN = frozenset({"session", "configuration", "resync"})  # rights may have changed

ChangeQueue = asyncio.Queue[Change]


@router.get("/live", response_class=EventSourceResponse)
async def live(
    request: Request,
    backend: BackendDep,
    who: SignedInDep,
    desk: bool = False,  # noqa: FBT001, FBT002 – a query flag
) -> EventSourceResponse:
    """Events `call`, `presence`, `offer`, `escalation` and `leg`, each with an id as its data.

    `resync`: look at everything again. `clock`: our time, every ten seconds. `desk=1`: this is a
    counselor's console, and its counselor is off duty soon after it goes.
    """
    token, _ = token_of(request, backend.settings)
    keeps_lease = desk and may_anywhere(who.roles, Permission.TAKE_CALLS)
    stream = Stream(backend=backend, who=who, token=token, keeps_lease=keeps_lease)
    return EventSourceResponse(stream.events(), ping=int(PING_S))


@dataclass(kw_only=True)
class Stream:
    """One open browser."""

    backend: Backend
    who: SignedIn
    token: str
    keeps_lease: bool
    ping_s: float = PING_S

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
        ends = time() + self.ping_s
        look = False
        while not look and (left := ends - time()) > 0:
            changes = await self.backend.live.next_changes(queue, left)
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
        now = self.backend.clock.now()
        try:
            async with self.backend.database.work() as work:
                self.who = await who_is(work, self.token, at=now)
                if self.keeps_lease:
                    await renew_lease(work, self.who.staff_id, at=now)
        except NotSignedIn:
            return False
        return True
