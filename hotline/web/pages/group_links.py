"""The page behind a link to a member of a help group: one code, then their part of the case.

It must be read on any telephone, without scripts and without an account. The link shows nothing;
programs open what they find in messages, so looking sends no code and uses none up. What comes
after the code is kept by a cookie of that one member.

Each form that is sent leads back to the link, so that nothing is sent again by reloading or going
back; what was answered to it waits in a cookie of that address for the page that comes next.
"""

from dataclasses import replace
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from hotline.errors import Forbidden
from hotline.helpgroups.door import Door, DoorState, ask_for_code, enter, look
from hotline.helpgroups.member import read_part
from hotline.storage.session import Work
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.group_members import let_in, member_here
from hotline.web.pages.rendering import address, render
from hotline.web.signing_in import only_we

router = APIRouter(include_in_schema=False)

SHUT = frozenset({DoorState.UNKNOWN, DoorState.OVER, DoorState.LOCKED})
NOT_FOUND, SEE_OTHER = 404, 303
LONGEST_CODE = 40
OWN = frozenset({"same-origin", "none"})  # a form of ours; typed by somebody
ANSWER, ANSWER_LASTS_S = "hotline_door", 60
ANSWERS = frozenset({DoorState.SENT, DoorState.WRONG_CODE, DoorState.NO_CODE, DoorState.TOO_SOON})


@router.api_route("/g/{token}", methods=["GET", "HEAD"])
async def open_link(
    request: Request, token: str, backend: BackendDep, work: WorkDep
) -> HTMLResponse:
    """Their part, in a browser that has entered a code; else the question for one."""
    door = await look(work, backend.vault, token, at=backend.clock.now())
    if request.method == "HEAD":
        return _page(request, door)
    shown = await _part(request, backend, work, door) or _page(request, _answered(request, door))
    if ANSWER in request.cookies:
        shown.delete_cookie(ANSWER, path=_address(request, token), **only_we(request))
    return shown


@router.post("/g/{token}")
async def answer_door(request: Request, token: str, backend: BackendDep, work: WorkDep) -> Response:
    """A code is asked for, or entered. Another site cannot do that in somebody's browser."""
    if request.headers.get("Sec-Fetch-Site", "none") not in OWN:
        raise Forbidden
    fields = parse_qs((await request.body()).decode("utf-8", "replace"))
    at = backend.clock.now()
    if fields.get("wish") == ["send"]:
        return _back(request, token, await ask_for_code(work, backend.vault, token, at=at))
    code = fields.get("code", [""])[0][:LONGEST_CODE]
    return _back(request, token, await enter(work, backend.vault, token, code, at=at))


def _back(request: Request, token: str, door: Door) -> Response:
    """To the link, with what was answered. A link that is none leads nowhere."""
    if door.state is DoorState.UNKNOWN:
        return _page(request, door)
    path = _address(request, token)
    response = RedirectResponse(path, status_code=SEE_OTHER)
    if door.state is DoorState.OPEN:
        let_in(request, response, door.member_id, door.session)
    elif door.state in ANSWERS:
        response.set_cookie(
            ANSWER, door.state, max_age=ANSWER_LASTS_S, path=path, **only_we(request)
        )
    return response


def _answered(request: Request, door: Door) -> Door:
    """With what was answered a moment ago; a door that is shut says that, whatever waits."""
    said = request.cookies.get(ANSWER)
    if door.state is not DoorState.ASKS or said not in ANSWERS:
        return door
    return replace(door, state=DoorState(said))


def _address(request: Request, token: str) -> str:
    return address(request, f"/g/{token}")


async def _part(request: Request, backend: Backend, work: Work, door: Door) -> HTMLResponse | None:
    """None where this browser has to be asked. Whoever guesses codes shuts nobody out who is in."""
    member = await member_here(request, work, door.member_id) if door.member_id else None
    if member is None:
        return None
    part = await read_part(work, backend.vault, member, at=backend.clock.now())
    return _private(render(request, "group_part.html", {"part": part}))


def _page(request: Request, door: Door) -> HTMLResponse:
    values = {"door": door, "asks": door.state not in SHUT}
    answer = _private(render(request, "group_door.html", values))
    if door.state is DoorState.UNKNOWN:
        answer.status_code = NOT_FOUND
    return answer


def _private(answer: HTMLResponse) -> HTMLResponse:
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
