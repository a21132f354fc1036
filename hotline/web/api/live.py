"""What changes, as it changes: a stream of topics and ids."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from hotline.errors import NotSignedIn
from hotline.staff.model import Role
from hotline.staff.presence import renew_lease
from hotline.staff.sign_in import SignedIn, who_is
from hotline.web.auth import SignedInDep, token_of
from hotline.web.house import House, HouseDep
from hotline.web.idempotency import IdempotentRoute

router = APIRouter(tags=["live"], route_class=IdempotentRoute)

PING_S = 10.0
FOR_OFFICERS = frozenset({"escalation", "resync"})


@router.get("/live")
async def live(
    request: Request,
    house: HouseDep,
    who: SignedInDep,
    desk: bool = False,  # noqa: FBT001, FBT002 – a query flag
) -> EventSourceResponse:
    """Topics and ids. `desk=1`: this is a counselor's console; it is missed when it goes."""
    token, _ = token_of(request)
    keeps_lease = desk and who.is_a(Role.COUNSELOR)
    return EventSourceResponse(_stream(house, who, token, desk=keeps_lease), ping=int(PING_S))


async def _stream(
    house: House, who: SignedIn, token: str, *, desk: bool
) -> AsyncIterator[ServerSentEvent]:
    with house.live.listen() as changes:
        yield ServerSentEvent(event="resync", data="", retry=1000)
        while await _still_welcome(house, who, token, desk=desk):
            for topic, row_id in await house.live.next_changes(changes, PING_S):
                if topic in FOR_OFFICERS or who.is_a(Role.COUNSELOR, Role.SUPERVISOR):
                    yield ServerSentEvent(event=topic, data=row_id)
            yield ServerSentEvent(event="clock", data=house.clock.now().isoformat())


async def _still_welcome(house: House, who: SignedIn, token: str, *, desk: bool) -> bool:
    """Look again with every round: a session that was ended ends its stream."""
    now = house.clock.now()
    try:
        async with house.database.work() as work:
            await who_is(work, token, at=now)
            if desk:
                await renew_lease(work, who.staff_id, at=now)
    except NotSignedIn:
        return False
    return True
