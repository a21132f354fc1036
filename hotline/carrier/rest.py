"""What all of the REST half share: the gate, faults, forms, lists and error answers."""

import re
import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Protocol
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from hotline.carrier.exchange import Exchange
from hotline.carrier.model import CarrierLeg, Target
from hotline.numbers import as_people_dial

API = "/2010-04-01/Accounts"
SHORTEST_RING_S, LONGEST_RING_S = 5, 600
LEG_EVENTS = {"initiated", "ringing", "answered", "completed"}
ADDRESS = re.compile(r"\+?[0-9*#]{1,20}|(client|sip):.+")  # short and national numbers as well
INVALID = 20001  # a parameter that cannot be taken

basic = HTTPBasic(auto_error=False)


class Refused(Exception):
    """The carrier's error answer."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """`code`: the carrier's own number."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def refused_json(status: int, code: int, message: str) -> JSONResponse:
    """As the carrier words an error."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": more, "status": status}
    return JSONResponse(body, status_code=status)


async def on_refused(_request: Request, fault: Exception) -> Response:
    """Hung on the application."""
    assert isinstance(fault, Refused)  # noqa: S101 – registered for this class only
    return refused_json(fault.status, fault.code, fault.message)


def exchange_of(request: Request) -> Exchange:
    """The exchange behind this application."""
    exchange: Exchange = request.app.state.exchange
    return exchange


ExchangeDep = Annotated[Exchange, Depends(exchange_of)]
Form = dict[str, list[str]]


async def check_account(
    request: Request,
    exchange: ExchangeDep,
    credentials: Annotated[HTTPBasicCredentials | None, Depends(basic)],
) -> None:
    """Account SID and token, or refused."""
    known = credentials is not None and secrets.compare_digest(credentials.password, exchange.token)
    if not known or request.path_params.get("account") != exchange.account:
        raise Refused(401, 20003, "Authenticate")


async def read_form(request: Request) -> Form:
    """Form fields; lists come as repeated fields."""
    return parse_qs((await request.body()).decode(), keep_blank_values=True)


class Disturbance(Protocol):
    """What goes wrong with requests on purpose; nothing does at a carrier in earnest."""

    async def before_effect(self, request: Request, form: Form) -> None:
        """May raise `Refused`: then the request has none."""
        ...

    async def after_effect(self) -> None:
        """The same request, once it had its effect."""
        ...


class Undisturbed:
    """Requests are answered as they come."""

    async def before_effect(self, request: Request, form: Form) -> None:
        """Nothing."""

    async def after_effect(self) -> None:
        """Nothing."""


def disturbance_of(request: Request) -> Disturbance:
    """That of this application."""
    found: Disturbance = getattr(request.app.state, "disturbance", None) or Undisturbed()
    return found


async def _disturb(request: Request) -> None:
    await disturbance_of(request).before_effect(request, await read_form(request))


class _Disturbed(APIRoute):
    """A route whose answer may be spoiled after its effect."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            response = await answer(request)
            await disturbance_of(request).after_effect()
            return response

        return answered


FormDep = Annotated[Form, Depends(read_form)]


def rest_router() -> APIRouter:
    """Routes of one account, behind its token."""
    return APIRouter(
        prefix=f"{API}/{{account}}",
        dependencies=[Depends(check_account), Depends(_disturb)],
        route_class=_Disturbed,
    )


def one(form: Form, name: str, default: str = "") -> str:
    """A single field."""
    return form.get(name, [default])[0]


def flag(form: Form, name: str) -> bool:
    """The carrier takes whatever is not `true` for false."""
    return one(form, name).lower() == "true"


def target_in(form: Form, name: str, default: str = "POST", *, code: int = INVALID) -> Target:
    """An address and its method: `HoldUrl` with `HoldMethod`, `Url` with `Method`."""
    url, method = one(form, name), one(form, f"{name.removesuffix('Url')}Method", default).upper()
    if url and not url.startswith(("http://", "https://")):
        raise Refused(400, code, f"{name} is not a valid URL")
    if method not in ("GET", "POST"):
        raise Refused(400, INVALID, f"{name.removesuffix('Url')}Method must be GET or POST")
    return Target(url, method)


def not_found(path: str) -> Refused:
    """Nothing of that name, or not any more."""
    return Refused(404, 20404, f"The requested resource {path}.json was not found")


def check_dial(exchange: Exchange, form: Form) -> None:
    """Refuse a leg that cannot be dialled."""
    to, from_ = one(form, "To"), one(form, "From")
    if not to:
        raise Refused(400, 21201, "No 'To' number is specified")
    if not ADDRESS.fullmatch(to):
        raise Refused(400, 21211, "The 'To' number is not a valid phone number.")
    if not from_:
        raise Refused(400, 21213, "No 'From' number is specified")
    if not ADDRESS.fullmatch(from_):
        raise Refused(400, 21212, "The 'From' number is not a valid phone number.")
    if not ours(exchange, from_):
        raise Refused(400, 21210, "The source phone number provided is not yet verified.")
    timeout = one(form, "Timeout", "60")
    if not timeout.isdecimal() or not SHORTEST_RING_S <= int(timeout) <= LONGEST_RING_S:
        raise Refused(400, INVALID, "Timeout must be a whole number from 5 to 600")


def ours(exchange: Exchange, number: str) -> bool:
    """Whether it may be shown to whom we dial: a number of this account, however it is written."""
    known = {written for each in exchange.numbers for written in (each, as_people_dial(each))}
    return number.startswith(("client:", "sip:")) or as_people_dial(number) in known


def leg_in(exchange: Exchange, form: Form) -> CarrierLeg:
    """The leg that a form describes, not dialled yet."""
    events = " ".join(form.get("StatusCallbackEvent", ["completed"])).split()
    if not set(events) <= LEG_EVENTS:
        raise Refused(400, INVALID, "StatusCallbackEvent is invalid")
    fallback = target_in(form, "FallbackUrl")
    return CarrierLeg(
        account=exchange.account,
        fallback=fallback if fallback.url else None,
        address=one(form, "To").partition("?")[0],
        from_=one(form, "From"),
        to=one(form, "To"),
        direction="outbound-api",
        status_callback=target_in(form, "StatusCallback").url,
        status_events=tuple(events),
        ring_s=float(one(form, "Timeout", "60")),
    )
