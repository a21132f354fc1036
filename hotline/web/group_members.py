"""Who asks as a member of a help group: a cookie of their own, and no log-in of staff.

The cookie is of one member: somebody who is in two cases has two. It is sent when the link is
opened from a mail as well (`Lax`); whatever changes anything asks for our header and our own page.
"""

from typing import Annotated

from fastapi import Depends, Request, Response

from hotline.cases.timeline import CaseAct
from hotline.errors import NotSignedIn
from hotline.helpgroups.door import SESSION_LASTS, member_of_session
from hotline.helpgroups.member import hold_live
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import GroupMember
from hotline.web.auth import HOST_ONLY, check_origin, over_https
from hotline.web.deps import BackendDep, WorkDep, backend_of
from hotline.web.signing_in import cookie_path

COOKIE = "hotline_group"


def cookie_of(request: Request, member_id: str) -> str:
    """Its name. Browsers take it only over https, for the whole host and for no other."""
    plain = cookie_path(request) != "/" or not over_https(backend_of(request).settings)
    return f"{'' if plain else HOST_ONLY}{COOKIE}_{member_id}"


def let_in(request: Request, response: Response, member_id: str, session: str) -> None:
    """From now on this browser goes on without a code, for as long as a working day."""
    response.set_cookie(
        cookie_of(request, member_id),
        session,
        max_age=int(SESSION_LASTS.total_seconds()),
        path=cookie_path(request),
        secure=over_https(backend_of(request).settings),
        httponly=True,
        samesite="lax",
    )


def let_out(request: Request, response: Response, member_id: str) -> None:
    """Whoever has this browser next is asked for a code, and finds nothing in it."""
    response.delete_cookie(
        cookie_of(request, member_id),
        path=cookie_path(request),
        secure=over_https(backend_of(request).settings),
        httponly=True,
        samesite="lax",
    )
    response.headers["Clear-Site-Data"] = '"cache"'


async def member_here(request: Request, work: Work, member_id: str) -> GroupMember | None:
    """Whose browser this is, while they are a member; None: it has to be asked for a code."""
    token = request.cookies.get(cookie_of(request, member_id))
    if not token:
        return None
    backend = backend_of(request)
    at = backend.clock.now()
    return await member_of_session(work, backend.vault, token, member_id, at=at)


async def held_member(
    request: Request, backend: BackendDep, work: WorkDep, member_id: str
) -> GroupMember:
    """For what a member does: held until it is done. Raises `Forbidden`, `NotSignedIn`."""
    check_origin(request, backend.settings)
    if await member_here(request, work, member_id) is None:
        raise NotSignedIn
    return await hold_live(work, backend.vault, member_id, at=backend.clock.now())


HeldMember = Annotated[GroupMember, Depends(held_member)]


def member_act(backend: BackendDep, member: HeldMember) -> CaseAct:
    """What they do, in their own name."""
    by = Actor.of_member(member.id)
    return CaseAct(vault=backend.vault, by=by, at=backend.clock.now())


MemberAct = Annotated[CaseAct, Depends(member_act)]
