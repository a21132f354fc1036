"""Signing in and out: cookies for browsers, bearer tokens for other software."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from hotline.staff.sign_in import sign_in, sign_out
from hotline.web.auth import SignedInDep, check_origin, cookie_name, token_of
from hotline.web.house import HouseDep, WorkDep
from hotline.web.idempotency import IdempotentRoute

router = APIRouter(tags=["sessions"], route_class=IdempotentRoute)


class Credentials(BaseModel):
    """A name and its password."""

    username: str = Field(max_length=60)
    password: str = Field(max_length=200)


class Token(BaseModel):
    """A bearer token and when it ends."""

    token: str
    expires_at: datetime


@router.post("/tokens")
async def make_token(house: HouseDep, work: WorkDep, given: Credentials) -> Token:
    """A bearer token."""
    token, ends = await sign_in(
        work, given.username, given.password, kind="bearer", at=house.clock.now()
    )
    return Token(token=token, expires_at=ends)


@router.post("/sessions", status_code=204)
async def open_session(
    request: Request, house: HouseDep, work: WorkDep, given: Credentials
) -> Response:
    """A cookie for this browser, or for this seat of it."""
    check_origin(request, house.settings)
    token, _ = await sign_in(
        work, given.username, given.password, kind="cookie", at=house.clock.now()
    )
    response = Response(status_code=204)
    response.set_cookie(
        cookie_name(request),
        token,
        httponly=True,
        samesite="strict",
        secure=house.settings.base_url.startswith("https:"),
        path=request.scope.get("root_path") or "/",
    )
    return response


@router.delete("/sessions/current", status_code=204)
async def close_session(request: Request, work: WorkDep, _who: SignedInDep) -> Response:
    """Sign out."""
    await sign_out(work, token_of(request)[0])
    response = Response(status_code=204)
    response.delete_cookie(cookie_name(request), path=request.scope.get("root_path") or "/")
    return response
