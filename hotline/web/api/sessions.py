"""Signing in and out: cookies for browsers, bearer tokens for other software.

No `Idempotency-Key` here: each sign-in makes a token of its own, and none is kept to be repeated.
"""

import hashlib
from datetime import datetime
from typing import Annotated, Literal, TypedDict, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from hotline.staff.devices import LASTS as DEVICE_LASTS
from hotline.staff.devices import Devices
from hotline.staff.sign_in import SignIn, SignInDesk, sign_out
from hotline.staff.usernames import one_form
from hotline.web.addresses import address_of
from hotline.web.auth import SignedInDep, check_origin, cookie_name, over_https, token_of
from hotline.web.deps import BackendDep, WorkDep, backend_of

router = APIRouter(tags=["sessions"])

DEVICE = "hotline_device"


def desk_of(request: Request) -> SignInDesk:
    """Where people sign in at this process."""
    if not hasattr(request.app.state, "sign_in_desk"):
        backend = backend_of(request)
        devices = Devices(backend.settings.secret_key)
        request.app.state.sign_in_desk = SignInDesk(
            database=backend.database, clock=backend.clock, devices=devices
        )
    return cast(SignInDesk, request.app.state.sign_in_desk)


SignInDep = Annotated[SignInDesk, Depends(desk_of)]


class Credentials(BaseModel):
    """A name and its password."""

    username: str = Field(max_length=60)
    password: str = Field(max_length=200)


class Token(BaseModel):
    """A bearer token and when it ends."""

    token: str
    expires_at: datetime


@router.post("/tokens")
async def make_token(request: Request, desk: SignInDep, given: Credentials) -> Token:
    """A bearer token, for twelve hours."""
    new = await desk.sign_in(_asked(request, given, "bearer"))
    return Token(token=new.token, expires_at=new.ends)


@router.post("/sessions", status_code=204)
async def open_session(
    request: Request, backend: BackendDep, desk: SignInDep, given: Credentials
) -> Response:
    """A cookie for this browser, or for this seat of it."""
    check_origin(request, backend.settings)
    new = await desk.sign_in(_asked(request, given, "cookie"))
    response = Response(status_code=204)
    only_we = _OnlyWe(secure=over_https(backend.settings), httponly=True, samesite="strict")
    cookie = cookie_name(request, backend.settings)
    response.set_cookie(cookie, new.token, path=_cookie_path(request), **only_we)
    if new.device_mark:
        lasts, path = int(DEVICE_LASTS.total_seconds()), request.url.path
        cookie = _device_cookie(given.username)
        response.set_cookie(cookie, new.device_mark, max_age=lasts, path=path, **only_we)
    return response


class _OnlyWe(TypedDict):
    """A cookie that no script reads and no other site makes a browser send."""

    secure: bool
    httponly: Literal[True]
    samesite: Literal["strict"]


def _device_cookie(username: str) -> str:
    """One for each account: several people take turns at one desk."""
    return f"{DEVICE}_{hashlib.sha256(one_form(username).encode()).hexdigest()[:12]}"


def _asked(request: Request, given: Credentials, kind: str) -> SignIn:
    return SignIn(
        username=given.username,
        password=given.password,
        kind=kind,
        sender=address_of(request.scope),
        device_mark=request.cookies.get(_device_cookie(given.username), ""),
    )


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
