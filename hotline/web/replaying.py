"""A request of the spool is handled once more by the application itself, from within.

So whatever an address does, it does it again in the same way; only what a caller hears is left
out, since nobody listens. No request from outside can look like one of these.
"""

from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from hotline.errors import HotlineError
from hotline.web.spool import SpoolEntry
from hotline.web.unstored import ReplayEntry

REPLAY = "hotline.replay"  # of one request, in its scope


@dataclass(slots=True)
class Replay:
    """An entry that is handled once more. `fault`: what keeps it from being stored."""

    entry: SpoolEntry
    fault: Exception | None = None


class NotTakenIn(HotlineError):
    """No address of ours takes this request any more."""


def replays_through(app: ASGIApp, base_url: str) -> ReplayEntry:
    """By this application. `base_url`: a host that it answers to."""

    async def replay(entry: SpoolEntry) -> None:
        again = Replay(entry)

        async def within(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, REPLAY: again}, receive, send)

        transport = httpx.ASGITransport(app=within)
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as http:
            answer = await http.post(f"{entry.path}?{entry.query}")
        if again.fault is not None:
            raise again.fault
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise TimeoutError
        if not answer.is_success:
            raise NotTakenIn

    return replay
