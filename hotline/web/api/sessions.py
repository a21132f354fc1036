"""Signing in and out: cookies for browsers, bearer tokens for other software.

No `Idempotency-Key` here: each sign-in makes a token of its own, and none is kept to be repeated.
"""

from datetime import datetime
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from hotline.staff.delays import Delays
from hotline.staff.sign_in import SignIn, sign_in, sign_out
from hotline.web.auth import SignedInDep, check_origin, cookie_name, over_https, token_of
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(tags=["sessions"])


def delays_of(request: Request) -> Delays:
    """The patience of this process: it begins anew with the process."""
    if not hasattr(request.app.state, "delays"):
        request.app.state.delays = Delays()
    return cast(Delays, request.app.state.delays)


DelaysDep = Annotated[Delays, Depends(delays_of)]


class Credentials(BaseModel):
    """A name and its password."""

    username: str = Field(max_length=60)
    password: str = Field(max_length=200)


class Token(BaseModel):
    """A bearer token and when it ends."""

    token: str
    expires_at: datetime


@router.post("/tokens")
async def make_token(backend: BackendDep, delays: DelaysDep, given: Credentials) -> Token:
    """A bearer token, for twelve hours."""
    wanted = SignIn(username=given.username, password=given.password, kind="bearer")
    token, ends = await sign_in(backend.database, delays, wanted, at=backend.clock.now())
    return Token(token=token, expires_at=ends)


@router.post("/sessions", status_code=204)
async def open_session(
    request: Request, backend: BackendDep, delays: DelaysDep, given: Credentials
) -> Response:
    """A cookie for this browser, or for this seat of it."""
    check_origin(request, backend.settings)
    wanted = SignIn(username=given.username, password=given.password, kind="cookie")
    token, _ = await sign_in(backend.database, delays, wanted, at=backend.clock.now())
    response = Response(status_code=204)
    response.set_cookie(
        cookie_name(request, backend.settings),
        token,
        httponly=True,
        samesite="strict",
        secure=over_https(backend.settings),
        path=_cookie_path(request),
    )
    return response


@router.delete("/sessions/current", status_code=204)
async def close_session(
    request: Request, backend: BackendDep, work: WorkDep, _who: SignedInDep
) -> Response:
    """Sign out."""
    await sign_out(work, token_of(request, backend.settings)[0])
    response = Response(status_code=204)
    response.delete_cookie(
        cookie_name(request, backend.settings),
        path=_cookie_path(request),
        secure=over_https(backend.settings),
        httponly=True,
        samesite="strict",
    )
    return response


def _cookie_path(request: Request) -> str:
    """A seat's cookie is sent to that seat only."""
    return request.scope.get("root_path") or "/"
