"""Whether the sessions of open streams go on: asked once for all streams of this process.

Hundreds of browsers listen. Each must be put out within seconds of the end of its session, and one
question a browser would take every connection that the pages need.
"""

import asyncio
import time
from dataclasses import dataclass, field

from hotline.errors import NotSignedIn
from hotline.ports import Clock
from hotline.staff.sign_in import SignedIn, who_are
from hotline.storage.session import Database

LOOK_S = 4.0  # whoever was put out, and of whom nobody told, hears no more after five

Asked = dict[str, asyncio.Future[SignedIn | None]]


def until_next_look(look_s: float = LOOK_S) -> float:
    """Seconds until all streams look again. At the same moment, so that one question is enough."""
    return look_s - time.monotonic() % look_s if look_s else 0.0


@dataclass(slots=True)
class SessionLooks:
    """Of one process. At most one question is on its way; who asks meanwhile is in the next."""

    _asked: Asked = field(default_factory=dict)
    _asking: asyncio.Task[None] | None = None

    async def who(self, database: Database, clock: Clock, token: str) -> SignedIn:
        """Whose token this is. Raises `NotSignedIn`, and what the database raises."""
        answer = self._asked.get(token)
        if answer is None:
            answer = self._asked[token] = asyncio.get_running_loop().create_future()
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(database, clock))
        who = await asyncio.shield(answer)
        if who is None:
            raise NotSignedIn
        return who

    async def _ask(self, database: Database, clock: Clock) -> None:
        """Until nobody waits for an answer."""
        try:
            while self._asked:
                asked, self._asked = self._asked, {}
                await _answer(asked, database, clock)
        finally:
            self._asking = None


async def _answer(asked: Asked, database: Database, clock: Clock) -> None:
    try:
        async with database.work() as work:
            found = await who_are(work, asked, at=clock.now())
    except Exception as fault:  # noqa: BLE001 – of whatever kind, it is for whoever asked
        for answer in asked.values():
            answer.set_exception(fault)
            answer.exception()  # whoever asked may be gone: then nobody else looks at it
        return
    for token, answer in asked.items():
        answer.set_result(found.get(token))
