"""Who goes first in this process: the carrier's webhooks, always.

All requests of a process share one processor. A webhook never waits for a turn, unless its sender
forged one a moment ago; all others wait for one of few, each kind in a lane of its own and each
sender in a line of their own. Before each step of their work they let the webhooks that are being
answered go on. Turns are given back when the answer begins: a stream or a slow reader holds none.
Who has gone away when their turn comes is not served: only their next request counts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import AsyncExitStack, suppress
from types import coroutine
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline.errors import Forbidden, TooBusy
from hotline.turns import Turns
from hotline.web.addresses import WEBHOOKS, address_of
from hotline.web.bodies import CREDENTIALS, is_file
from hotline.web.errors import problem
from hotline.web.traffic import WebhookTraffic

FIRST = (*WEBHOOKS, "/healthz")
# Signing in waits for its own turns (`hotline.staff.sign_in`): held here, slow names would block,
# and so would an identity provider that hangs (`hotline.staff.provider`).
SIGN_IN = (
    "/api/v1/tokens",
    "/api/v1/sessions",
    "/api/v1/sessions/provider",
    "/api/v1/me/confirm/provider",
    "/sign-in/return",
)
READING = ("GET", "HEAD", "OPTIONS")
# Where webhooks never cease, pages still come, if slowly. A command holds rows that a webhook may
# need: it lets them pass before it begins, and then never again.
COURTESY_S, WHOLE_COURTESY_S = 0.05, 0.5
COURTESY = "hotline.courtesy"  # of one request, in its scope
EMPTY: Message = {"type": "http.request", "body": b"", "more_body": False}
RETRY = {"Retry-After": "2"}


class Lanes:
    """Commands, files, readers and strangers each have turns that the others cannot take."""

    def __init__(self, app: ASGIApp, traffic: WebhookTraffic | None = None) -> None:
        """Wraps the application. Commands: a flag must not wait behind pages."""
        self._app, self._traffic = app, traffic or WebhookTraffic()
        self._commands = Turns(at_once=2, most_waiting=200)
        self._files = Turns(at_once=1, most_waiting=20)  # of which each is a second of work
        self._readers = Turns(at_once=2, most_waiting=200)  # a whole office has one address
        self._strangers = Turns(at_once=1, most_waiting=60)
        self._forgers = Turns(at_once=1, most_waiting=60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once, or in turn."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif path in SIGN_IN:
            await self._app({**scope, COURTESY: Courtesy(self._traffic.none)}, receive, send)
        elif path.startswith(FIRST) and self._traffic.trusts(address_of(scope)):
            await self._at_once(scope, receive, send)
        else:
            await self._in_turn(scope, receive, send)

    async def _at_once(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._traffic.one():
            await self._app(scope, receive, self._noting_forgery(scope, send))

    def _noting_forgery(self, scope: Scope, send: Send) -> Send:
        """A sender whose signature did not fit waits in a line; one that fits ends that at once."""
        sender, signed = address_of(scope), scope["path"].startswith(WEBHOOKS)

        async def sending(message: Message) -> None:
            if signed and message["type"] == "http.response.start":
                self._traffic.note(sender, forged=message["status"] == Forbidden.status)
            await send(message)

        return sending

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        lane, courtesy = self._lane(scope), Courtesy(self._traffic.none)
        async with AsyncExitStack() as held:
            telling = self._noting_forgery(scope, send)

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    courtesy.end()
                    await held.aclose()
                await telling(message)

            try:
                await held.enter_async_context(lane.turn(address_of(scope)))
            except TooBusy as fault:
                await problem(fault.status, fault.public, headers=RETRY)(scope, receive, send)
                return
            if scope["method"] in READING:
                if await _has_gone(receive):
                    return
                receive = _again(receive)
            await courtesy.let_pass()
            if lane in (self._commands, self._files, self._forgers):
                courtesy.end()
            await self._app({**scope, COURTESY: courtesy}, receive, sending)

    def _lane(self, scope: Scope) -> Turns:
        if scope["path"].startswith(WEBHOOKS):
            return self._forgers
        if not any(name in CREDENTIALS for name, _ in scope["headers"]):
            return self._strangers
        if is_file(scope):
            return self._files
        return self._readers if scope["method"] in READING else self._commands


class Courtesy:
    """How long one request has waited for webhooks, and whether it still does."""

    def __init__(self, no_webhook: asyncio.Event) -> None:
        """`no_webhook`: set while none is being answered."""
        self._no_webhook, self._left_s = no_webhook, WHOLE_COURTESY_S

    def end(self) -> None:
        """From now on webhooks wait for this request as it waits for them."""
        self._left_s = 0.0

    async def let_pass(self) -> None:
        """Wait until no webhook is being answered, for a moment at most."""
        if self._left_s <= 0 or self._no_webhook.is_set():
            return
        time = asyncio.get_running_loop().time
        began = time()
        with suppress(TimeoutError):
            async with asyncio.timeout(COURTESY_S):
                await self._no_webhook.wait()
        self._left_s -= time() - began


class StepByStep:
    """Lets webhooks pass before each step of a page. Stands inside whatever begins a new task."""

    def __init__(self, app: ASGIApp) -> None:
        """Wraps the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """At once, or with pauses."""
        work, courtesy = self._app(scope, receive, send), scope.get(COURTESY)
        await (work if courtesy is None else _step_by_step(work, courtesy.let_pass))


async def _has_gone(receive: Receive) -> bool:
    """Whether a reader has hung up while they waited. Takes their empty body."""
    await receive()
    asking: asyncio.Future[Message] = asyncio.ensure_future(receive())
    await asyncio.sleep(0)  # a server that knows tells at once
    if not asking.done():
        asking.cancel()
        return False
    return bool(asking.result()["type"] == "http.disconnect")


def _again(receive: Receive) -> Receive:
    """The empty body that was taken, then whatever the server tells."""
    taken = [EMPTY]

    async def receiving() -> Message:
        return taken.pop() if taken else await receive()

    return receiving


@coroutine
def _step_by_step(
    work: Awaitable[None], pause: Callable[[], Coroutine[Any, Any, None]]
) -> Generator[Any, Any, None]:
    """Await `work`, with a pause before each of its steps but the first."""
    steps, fault = work.__await__(), None
    while True:
        try:
            wish = next(steps) if fault is None else steps.throw(fault)
        except StopIteration:
            return
        fault = None
        try:
            yield wish
            yield from pause().__await__()
        except BaseException as raised:  # noqa: BLE001 – a cancellation: the work is told of it
            fault = raised
