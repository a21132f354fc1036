"""What can go wrong, switched on by a test or a drill."""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Literal

from fastapi import HTTPException, Request
from pydantic import BaseModel

from hotline.carrier.exchange import Exchange
from hotline.carrier.rest import Form, Refused
from hotline.carrier.webhooks import WebhookKind

RestFaultKind = Literal[
    "429",
    "500_without_effect",
    "timeout_without_effect",
    "500_with_effect",
    "timeout_with_effect",
    "late",
    "late_effect",
]


TIMEOUT_S = 30.0
BEFORE = ("429", "500_without_effect", "timeout_without_effect", "late_effect")


class RestFault(BaseModel):
    """A fault of the next `times` requests over REST of one kind.

    `path`: a part of it, as `Participants/` for changes of one. `method`: any where it is empty.
    `form`: fields that the request carries. `late`: the effect is at once, the answer after
    `late_s` of the carrier's clock; `late_effect`: both come then.
    """

    what: RestFaultKind
    path: str = ""
    method: str = ""
    form: dict[str, str] = {}
    times: int = 1
    late_s: float = 0.0

    def aims_at(self, method: str, path: str, form: Mapping[str, list[str]]) -> bool:
        """Whether a request is of its kind, and its turn is not over."""
        carried = all(form.get(name, [""])[0] == value for name, value in self.form.items())
        return self.times > 0 and self.method in ("", method) and self.path in path and carried


class Faults(BaseModel):
    """All off by default. Counters run down with each request they spoil.

    `duplicate`: every webhook is sent this many times. `reorder`: reports overtake each other.
    `lose`: kinds of webhooks that never arrive; `lose_from`: legs whose webhooks never arrive.
    `late_s`: seconds by which reports are late. `bad_gateways`: how many of the next requests of
    instructions a proxy answers with 502 before they reach the application. `messages`: the
    numbers that no text message reaches, and how it ends. `rest`: faults that are aimed at one kind
    of request; `rest_…`: how many of the next requests of any kind.
    """

    duplicate: int = 1
    reorder: bool = False
    lose: set[WebhookKind] = set()
    lose_from: set[str] = set()
    late_s: float = 0.0
    bad_gateways: int = 0
    messages: dict[str, Literal["undelivered", "failed"]] = {}
    rest: list[RestFault] = []
    rest_429: int = 0
    rest_500_with_effect: int = 0
    rest_500_without_effect: int = 0
    rest_timeout_with_effect: int = 0
    rest_timeout_without_effect: int = 0

    def spoiled_by_proxy(self) -> bool:
        """Whether the next request of instructions is answered before the application sees it."""
        if self.bad_gateways == 0:
            return False
        self.bad_gateways -= 1
        return True

    def next_rest(self, method: str, path: str, form: Mapping[str, list[str]]) -> RestFault | None:
        """The fault of this request over REST; it counts as used. Aimed ones come first."""
        for aimed in self.rest:
            if aimed.aims_at(method, path, form):
                aimed.times -= 1
                return aimed
        for what, left in self._unaimed().items():
            if left > 0 and (what == "429" or method != "GET"):
                setattr(self, f"rest_{what}", left - 1)
                return RestFault(what=what)
        return None

    def _unaimed(self) -> dict[RestFaultKind, int]:
        return {
            "429": self.rest_429,
            "500_without_effect": self.rest_500_without_effect,
            "timeout_without_effect": self.rest_timeout_without_effect,
            "500_with_effect": self.rest_500_with_effect,
            "timeout_with_effect": self.rest_timeout_with_effect,
        }

    def lost(self, kind: WebhookKind, sid: str) -> bool:
        """Whether this webhook does not arrive."""
        return kind in self.lose or sid in self.lose_from


_fault: ContextVar[RestFault | None] = ContextVar("fault", default=None)


class FaultSwitch:
    """The faults of one exchange: of its webhooks, and of requests over REST."""

    def __init__(self, exchange: Exchange) -> None:
        """All off."""
        self._exchange = exchange
        self.set(Faults())

    def set(self, faults: Faults) -> None:
        """Switch faults on; what is not named is off."""
        self.faults = self._exchange.webhooks.mishaps = faults

    async def before_effect(self, request: Request, form: Form) -> None:
        """What keeps a request from having any effect, or its effect waiting."""
        method, path = request.method, request.url.path
        fault = self.faults.next_rest(method, path, form)
        what = fault.what if fault else ""
        self._exchange.journal.write("rest", method=method, path=path, fault=what)
        if fault is None:
            return
        if method == "GET" or what in BEFORE:
            await self._fail(fault)
        else:
            _fault.set(fault)

    async def after_effect(self) -> None:
        """The fault of a request that had its effect."""
        fault = _fault.get()
        if fault is not None:
            await self._fail(fault)

    async def _fail(self, fault: RestFault) -> None:
        if fault.what == "429":
            raise Refused(429, 20429, "Too Many Requests")
        if fault.what.startswith("500"):
            raise Refused(500, 20500, "Internal Server Error")
        if fault.what.startswith("timeout"):
            await asyncio.sleep(TIMEOUT_S)
            raise HTTPException(504)
        await self._exchange.clock.sleep(fault.late_s)
