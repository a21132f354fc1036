"""The page behind a link in a text or a mail to a station: the one page that acts by a form.

It must work on any telephone, without scripts and without an account. What proves who acts is the
PIN; so no cookie counts here, and no other site can make a browser act for somebody.
"""

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hotline.escalations.ack_links import LinkState, LinkView, LinkWish, answer_link, look_at_link
from hotline.stations.divisions import division_name
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)

ASKS = frozenset({LinkState.FRESH, LinkState.WRONG_PIN})
NOT_FOUND = 404
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
LONGEST_PIN = 40


@router.api_route("/a/{token}", methods=["GET", "HEAD"])
async def look(request: Request, token: str, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What it is about, and a form. Programs open what they find in messages: nothing happens."""
    return _page(request, await look_at_link(work, token, at=backend.clock.now()))


@router.post("/a/{token}")
async def answer(request: Request, token: str, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Whoever has the PIN acknowledges, or hands it on."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    pin = fields.get("pin", [""])[0][:LONGEST_PIN]
    wish = _wish(fields.get("wish", [""])[0])
    at = backend.clock.now()
    if wish is None:
        return _page(request, await look_at_link(work, token, at=at))
    return _page(request, await answer_link(work, token, pin, wish, at=at))


def _wish(said: str) -> LinkWish | None:
    return LinkWish(said) if said in set(LinkWish) else None


def _page(request: Request, view: LinkView) -> HTMLResponse:
    values = {
        "view": view,
        "asks": view.state in ASKS,
        "place": division_name(view.division),
    }
    answer = render(request, "ack_link.html", values)
    answer.headers["Content-Security-Policy"] = POLICY  # there is nothing to run
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    if view.state is LinkState.UNKNOWN:
        answer.status_code = NOT_FOUND
    return answer
