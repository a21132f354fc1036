"""Where people sign in at this process, and the cookies that this gives to their browser.

A session's cookie is sent by our own pages alone (`SameSite=Strict`). On its way to the identity
provider a browser keeps a secret that comes back with it from there, and that is all it opens.
"""

import hashlib
from functools import partial
from typing import Annotated, Literal, TypedDict, cast

from fastapi import Depends, Request, Response

from hotline.errors import NotFound
from hotline.staff.devices import LASTS as DEVICE_LASTS
from hotline.staff.devices import Devices
from hotline.staff.half_way import HALF_LASTS, Halfway
from hotline.staff.provider_sign_in import WAY_LASTS, ProviderDoor, WayThere
from hotline.staff.second_factor import must_have
from hotline.staff.sessions import device_words, masked_address
from hotline.staff.sign_in import LASTS, NewSession, SignIn, SignInDesk
from hotline.staff.usernames import one_form
from hotline.web.addresses import address_of
from hotline.web.auth import HOST_ONLY, cookie_name, over_https
from hotline.web.deps import backend_of

DEVICE, HALF, LEFT, WAY = "hotline_device", "hotline_half", "hotline_left", "hotline_way"
STATE_DIGITS = 16


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


def provider_door_of(request: Request, desk: SignInDep) -> ProviderDoor:
    """The way in through the identity provider. Raises `NotFound` where there is none."""
    backend = backend_of(request)
    if backend.provider is None:
        raise NotFound
    counts = backend.settings.provider_counts_as_two
    return ProviderDoor(desk=desk, provider=backend.provider, counts_as_two=counts)


ProviderDoorDep = Annotated[ProviderDoor, Depends(provider_door_of)]


class OnlyWe(TypedDict):
    """A cookie that no script reads and no other site makes a browser send."""

    secure: bool
    httponly: Literal[True]
    samesite: Literal["strict"]


def only_we(request: Request) -> OnlyWe:
    """What our cookies have in common."""
    settings = backend_of(request).settings
    return OnlyWe(secure=over_https(settings), httponly=True, samesite="strict")


def asked_by(request: Request, kind: str, *, username: str = "", password: str = "") -> SignIn:
    """Who asks, and from where. In a second step the first one's token says who it is."""
    return SignIn(
        username=username,
        password=password,
        kind=kind,
        sender=address_of(request.scope),
        device_mark=request.cookies.get(device_cookie(username), ""),
        device=device_words(request.headers.get("user-agent", "")),
        shown_address=masked_address(address_of(request.scope)),
    )


def session_given(request: Request, token: str, response: Response) -> None:
    """From now on the browser signs with this."""
    name = cookie_name(request, backend_of(request).settings)
    response.set_cookie(name, token, path=cookie_path(request), **only_we(request))


def signed_in_here(request: Request, new: NewSession, response: Response) -> Response:
    """The browser is in; what it needed on the way goes."""
    session_given(request, new.token, response)
    if new.device_mark:
        lasts, path = int(DEVICE_LASTS.total_seconds()), sign_in_path(request)
        cookie = device_cookie(new.username)
        response.set_cookie(cookie, new.device_mark, max_age=lasts, path=path, **only_we(request))
    response.delete_cookie(HALF, path=half_path(request), **only_we(request))
    response.delete_cookie(LEFT, path=sign_in_path(request), **only_we(request))
    return response


def stopped_here(request: Request, stopped: Halfway, response: Response) -> Response:
    """The browser is half way in: what says so is sent to the second step alone."""
    lasts = int(HALF_LASTS.total_seconds())
    response.set_cookie(
        HALF, stopped.token, max_age=lasts, path=half_path(request), **only_we(request)
    )
    return response


def signed_out_here(request: Request, response: Response) -> Response:
    """Whoever sits here next is asked by the provider who they are."""
    name = cookie_name(request, backend_of(request).settings)
    response.delete_cookie(name, path=cookie_path(request), **only_we(request))
    if backend_of(request).provider is not None:
        lasts, path = int(LASTS.total_seconds()), sign_in_path(request)
        response.set_cookie(LEFT, "1", max_age=lasts, path=path, **only_we(request))
    return response


def way_begun(request: Request, way: WayThere, response: Response) -> None:
    """The secret comes back from the provider's site: `Lax`, for that one address's sake.

    One for each way, so that two windows do not take it from each other.
    """
    lasts = int(WAY_LASTS.total_seconds())
    name = _way_cookie(request, way.asking.state)
    secure = over_https(backend_of(request).settings)
    response.set_cookie(
        name, way.token, max_age=lasts, path="/", secure=secure, httponly=True, samesite="lax"
    )


def way_ended(request: Request, state: str, response: Response) -> None:
    """It is back."""
    secure = over_https(backend_of(request).settings)
    response.delete_cookie(
        _way_cookie(request, state), path="/", secure=secure, httponly=True, samesite="lax"
    )


def way_kept(request: Request, state: str) -> str:
    """The secret with which this browser was sent there; empty where it has none."""
    return request.cookies.get(_way_cookie(request, state), "")


def _way_cookie(request: Request, state: str) -> str:
    """Its name holds no more of what came with the address than a hash of it."""
    host_only = HOST_ONLY if over_https(backend_of(request).settings) else ""
    return f"{host_only}{WAY}_{hashlib.sha256(state.encode()).hexdigest()[:STATE_DIGITS]}"


def sign_in_path(request: Request) -> str:
    """Where marks are sent to and nowhere else. A seat has marks of its own."""
    return f"{request.scope.get('root_path', '')}/api/v1/sessions"


def half_path(request: Request) -> str:
    """The second step."""
    return f"{sign_in_path(request)}/"


def device_cookie(username: str) -> str:
    """One for each account: several people take turns at one desk."""
    return f"{DEVICE}_{hashlib.sha256(one_form(username).encode()).hexdigest()[:12]}"


def cookie_path(request: Request) -> str:
    """A seat's cookie is sent to that seat only."""
    return request.scope.get("root_path") or "/"
