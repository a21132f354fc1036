"""Whoever was given a link chooses a password. The token travels in bodies, never in an address."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from hotline.staff.invitations import accept_invitation, invited
from hotline.web.api.passwords import JudgedOut, judged
from hotline.web.auth import check_origin
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(tags=["sessions"])


class LinkIn(BaseModel):
    """The part of the link behind its #."""

    token: str = Field(max_length=100)


class ChosenIn(LinkIn):
    """And the password that they would have."""

    password: str = Field(max_length=200)


class InvitedOut(BaseModel):
    """Whom the link is for."""

    username: str
    name: str


@router.post("/invitations/look")
async def look(request: Request, backend: BackendDep, work: WorkDep, link: LinkIn) -> InvitedOut:
    """Whom a link is for, while it can be used."""
    check_origin(request, backend.settings)
    staff = await invited(work, link.token, at=backend.clock.now())
    return InvitedOut(username=staff.username, name=staff.name)


@router.post("/invitations/judge")
async def judge(
    request: Request, backend: BackendDep, work: WorkDep, wanted: ChosenIn
) -> JudgedOut:
    """Whether a password would do."""
    check_origin(request, backend.settings)
    staff = await invited(work, wanted.token, at=backend.clock.now())
    return judged(request, wanted.password, [staff.username, staff.name])


@router.post("/invitations/use", status_code=204)
async def use(request: Request, backend: BackendDep, work: WorkDep, chosen: ChosenIn) -> None:
    """Choose the password; the link is worth nothing any more."""
    check_origin(request, backend.settings)
    await accept_invitation(work, chosen.token, chosen.password, at=backend.clock.now())
