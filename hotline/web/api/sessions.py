"""Signing in and out: cookies for browsers, bearer tokens for other software.

No `Idempotency-Key` here: each sign-in makes a token of its own, and none is kept to be repeated.
"""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from hotline.errors import HalfWayOver, PasswordsOff, SecondFactorToSetUp, SecondFactorWanted
from hotline.settings import Settings
from hotline.staff.half_way import Halfway
from hotline.staff.second_step import SecondStep
from hotline.staff.sign_in import NewSession, sign_out
from hotline.web.api.passwords import CodeIn, CodesOut, SecretOut
from hotline.web.api.pictures import secret_shown
from hotline.web.auth import SignedInDep, check_origin, token_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.signing_in import (
    HALF,
    LEFT,
    ProviderDoorDep,
    SignInDep,
    asked_by,
    signed_in_here,
    signed_out_here,
    stopped_here,
    way_begun,
)

router = APIRouter(tags=["sessions"])

JSON = "application/json"


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


class WayOut(BaseModel):
    """Where the browser goes from here: an address of the identity provider."""

    address: str


def refuse_passwords(settings: Settings) -> None:
    """Where the provider alone says who somebody is. Raises `PasswordsOff`."""
    if not settings.oidc_passwords:
        raise PasswordsOff


@router.post("/tokens")
async def make_token(
    request: Request, backend: BackendDep, desk: SignInDep, given: TokenIn
) -> Token:
    """A bearer token, for twelve hours."""
    refuse_passwords(backend.settings)
    asked = asked_by(request, "bearer", username=given.username, password=given.password)
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
    refuse_passwords(backend.settings)
    asked = asked_by(request, "cookie", username=given.username, password=given.password)
    new = await desk.sign_in(asked)
    if not isinstance(new, Halfway):
        return _welcomed(request, new)
    step = SignInStep(wants=new.wants).model_dump_json()
    return stopped_here(request, new, Response(step, media_type=JSON))


@router.post("/sessions/provider")
async def begin_at_provider(
    request: Request, response: Response, backend: BackendDep, door: ProviderDoorDep
) -> WayOut:
    """Where the organisation's accounts are. Whoever signed out here proves there who they are."""
    check_origin(request, backend.settings)
    way = await door.begin(fresh=LEFT in request.cookies)
    way_begun(request, way, response)
    return WayOut(address=way.address)


@router.post("/sessions/code", status_code=204, responses={200: {"model": SignInStep}})
async def second_step(request: Request, step: StepDep, given: CodeIn) -> Response:
    """The code that was wanted, or a recovery code."""
    return _welcomed(request, await step.by_code(given.code, asked_by(request, "cookie")))


@router.post("/sessions/factor")
async def begin_second_factor(step: StepDep) -> SecretOut:
    """For whoever needs a second factor and has none: what the phone makes codes of."""
    new = await step.begin()
    return secret_shown(new.secret, new.username)


@router.post("/sessions/factor/confirm", responses={200: {"model": CodesOut}})
async def confirm_second_factor(request: Request, step: StepDep, given: CodeIn) -> Response:
    """Its first code: signed in. The recovery codes are told this once."""
    new, codes = await step.confirm(given.code, asked_by(request, "cookie"))
    told = CodesOut(codes=list(codes)).model_dump_json()
    return signed_in_here(request, new, Response(told, media_type=JSON))


def _welcomed(request: Request, new: NewSession) -> Response:
    told = SignInStep(wants="told").model_dump_json()
    response = Response(told, media_type=JSON) if new.told else Response(status_code=204)
    return signed_in_here(request, new, response)


@router.delete("/sessions/current", status_code=204)
async def close_session(
    request: Request, backend: BackendDep, work: WorkDep, _who: SignedInDep
) -> Response:
    """Sign out."""
    await sign_out(work, token_of(request, backend.settings)[0], at=backend.clock.now())
    return signed_out_here(request, Response(status_code=204))
