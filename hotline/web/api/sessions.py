"""Signing in and out: cookies for browsers, bearer tokens for other software.

No `Idempotency-Key` here: each sign-in makes a token of its own, and none is kept to be repeated.
"""

import hashlib
from datetime import datetime
from functools import partial
from typing import Annotated, Literal, TypedDict, cast

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from hotline.errors import HalfWayOver, SecondFactorToSetUp, SecondFactorWanted
from hotline.staff.devices import LASTS as DEVICE_LASTS
from hotline.staff.devices import Devices
from hotline.staff.half_way import HALF_LASTS, Halfway
from hotline.staff.second_factor import must_have
from hotline.staff.second_step import SecondStep
from hotline.staff.sessions import device_words, masked_address
from hotline.staff.sign_in import NewSession, SignIn, SignInDesk, sign_out
from hotline.staff.usernames import one_form
from hotline.web.addresses import address_of
from hotline.web.api.passwords import CodeIn, CodesOut, SecretOut
from hotline.web.api.pictures import secret_shown
from hotline.web.auth import SignedInDep, check_origin, cookie_name, over_https, token_of
from hotline.web.deps import BackendDep, WorkDep, backend_of

router = APIRouter(tags=["sessions"])

JSON = "application/json"
DEVICE, HALF = "hotline_device", "hotline_half"


def desk_of(request: Request) -> SignInDesk:
    """Where people sign in at this process."""
    if not hasattr(request.app.state, "sign_in_desk"):
        backend = backend_of(request)
        devices = Devices(backend.settings.secret_key)
        request.app.state.sign_in_desk = SignInDesk(
            database=backend.database,
            clock=backend.clock,
            devices=devices,
            must=partial(must_have, backend.settings.who_needs_codes),
        )
    return cast(SignInDesk, request.app.state.sign_in_desk)


SignInDep = Annotated[SignInDesk, Depends(desk_of)]


def second_step_of(request: Request, backend: BackendDep, desk: SignInDep) -> SecondStep:
    """Where this browser was stopped half way. Raises `HalfWayOver`."""
    check_origin(request, backend.settings)
    token = request.cookies.get(HALF)
    if not token:
        raise HalfWayOver
    return SecondStep(desk=desk, vault=backend.vault, token=token)


StepDep = Annotated[SecondStep, Depends(second_step_of)]


class Credentials(BaseModel):
    """A name and its password."""

    username: str = Field(max_length=60)
    password: str = Field(max_length=200)


class TokenIn(Credentials):
    """`otp`: the code of a second factor, where the account has one."""

    otp: str = Field(default="", max_length=60)


class Token(BaseModel):
    """A bearer token and when it ends."""

    token: str
    expires_at: datetime


class SignInStep(BaseModel):
    """`code`: of the second factor; `enrol`: set one up; `told`: read what others did."""

    wants: Literal["code", "enrol", "told"]


@router.post("/tokens")
async def make_token(
    request: Request, backend: BackendDep, desk: SignInDep, given: TokenIn
) -> Token:
    """A bearer token, for twelve hours."""
    asked = _asked(request, given, "bearer")
    new = await desk.sign_in(asked)
    if isinstance(new, Halfway):
        if new.wants == "enrol":
            raise SecondFactorToSetUp
        if not given.otp:
            raise SecondFactorWanted
        step = SecondStep(desk=desk, vault=backend.vault, token=new.token)
        new = await step.by_code(given.otp, asked)
    return Token(token=new.token, expires_at=new.ends)


@router.post("/sessions", status_code=204, responses={200: {"model": SignInStep}})
async def open_session(
    request: Request, backend: BackendDep, desk: SignInDep, given: Credentials
) -> Response:
    """A cookie for this browser, or for this seat of it; or what is wanted before that."""
    check_origin(request, backend.settings)
    new = await desk.sign_in(_asked(request, given, "cookie"))
    if not isinstance(new, Halfway):
        return _welcomed(request, new)
    response = Response(SignInStep(wants=new.wants).model_dump_json(), media_type=JSON)
    lasts = int(HALF_LASTS.total_seconds())
    response.set_cookie(
        HALF, new.token, max_age=lasts, path=_half_path(request), **_only_we(request)
    )
    return response


@router.post("/sessions/code", status_code=204, responses={200: {"model": SignInStep}})
async def second_step(request: Request, step: StepDep, given: CodeIn) -> Response:
    """The code that was wanted, or a recovery code."""
    return _welcomed(request, await step.by_code(given.code, _asked_again(request)))


@router.post("/sessions/factor")
async def begin_second_factor(step: StepDep) -> SecretOut:
    """For whoever needs a second factor and has none: what the phone makes codes of."""
    new = await step.begin()
    return secret_shown(new.secret, new.username)


@router.post("/sessions/factor/confirm")
async def confirm_second_factor(request: Request, step: StepDep, given: CodeIn) -> Response:
    """Its first code: signed in. The recovery codes are told this once."""
    new, codes = await step.confirm(given.code, _asked_again(request))
    told = CodesOut(codes=list(codes)).model_dump_json()
    return _signed_in_here(request, new, Response(told, media_type=JSON))


def _welcomed(request: Request, new: NewSession) -> Response:
    told = SignInStep(wants="told").model_dump_json()
    response = Response(told, media_type=JSON) if new.told else Response(status_code=204)
    return _signed_in_here(request, new, response)


def _signed_in_here(request: Request, new: NewSession, response: Response) -> Response:
    only_we, settings = _only_we(request), backend_of(request).settings
    name = cookie_name(request, settings)
    response.set_cookie(name, new.token, path=_cookie_path(request), **only_we)
    if new.device_mark:
        lasts, path = int(DEVICE_LASTS.total_seconds()), _sign_in_path(request)
        cookie = _device_cookie(new.username)
        response.set_cookie(cookie, new.device_mark, max_age=lasts, path=path, **only_we)
    response.delete_cookie(HALF, path=_half_path(request), **only_we)
    return response


class _OnlyWe(TypedDict):
    """A cookie that no script reads and no other site makes a browser send."""

    secure: bool
    httponly: Literal[True]
    samesite: Literal["strict"]


def _only_we(request: Request) -> "_OnlyWe":
    settings = backend_of(request).settings
    return _OnlyWe(secure=over_https(settings), httponly=True, samesite="strict")


def _sign_in_path(request: Request) -> str:
    """Where marks are sent to and nowhere else. A seat has marks of its own."""
    return f"{request.scope.get('root_path', '')}/api/v1/sessions"


def _half_path(request: Request) -> str:
    return f"{_sign_in_path(request)}/"


def _device_cookie(username: str) -> str:
    """One for each account: several people take turns at one desk."""
    return f"{DEVICE}_{hashlib.sha256(one_form(username).encode()).hexdigest()[:12]}"


def _asked_again(request: Request) -> SignIn:
    """In the second step, the first one's token says who it is."""
    return _asked(request, Credentials(username="", password=""), "cookie")


def _asked(request: Request, given: Credentials, kind: str) -> SignIn:
    return SignIn(
        username=given.username,
        password=given.password,
        kind=kind,
        sender=address_of(request.scope),
        device_mark=request.cookies.get(_device_cookie(given.username), ""),
        device=device_words(request.headers.get("user-agent", "")),
        shown_address=masked_address(address_of(request.scope)),
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
