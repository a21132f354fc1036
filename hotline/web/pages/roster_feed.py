"""The address that somebody's calendar asks for: no page, no account, nothing but their shifts."""

from fastapi import APIRouter, Request, Response

from hotline.i18n.catalog import speaking
from hotline.roster.feeds import read_feed
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.rendering import language_of

router = APIRouter(include_in_schema=False)

HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow"}


@router.api_route("/r/{token}.ics", methods=["GET", "HEAD"])
async def follow(request: Request, token: str, backend: BackendDep, work: WorkDep) -> Response:
    """Raises `NotFound` for a link that is none, or none any more."""
    with speaking(language_of(request)):
        body = await read_feed(work, token, at=backend.clock.now())
    return Response(body, media_type="text/calendar; charset=utf-8", headers=HEADERS)
