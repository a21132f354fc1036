"""The caller's own addresses, without the framework: they ring most, and a child waits for each.

A signed request goes from the server to its endpoint past all that pages need: hosts, headers,
compression, dependencies. A signature that does not fit goes the usual way, where it is refused
and counted.
"""

import re
from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hotline.errors import Forbidden
from hotline.web.addresses import address_of
from hotline.web.bodies import MOST_WEBHOOK_BYTES, replayed, whole_body
from hotline.web.deps import Backend
from hotline.web.traffic import WebhookTraffic
from hotline.web.voice import caller
from hotline.web.voice.webhook import Webhook, read_webhook

ShortEndpoint = Callable[[Backend, Webhook], Awaitable[Response]]

ENDPOINTS: dict[str, ShortEndpoint] = {
    "/voice/incoming": caller.incoming,
    "/voice/status": caller.caller_status,
}
NEXT_DOCUMENT = re.compile(r"/voice/calls/[0-9a-f]+/(flow|wait|noticed|callback|after|join|rated)")
SIGNATURE = b"x-twilio-signature"


class ShortWay:
    """Stands before all other layers."""

    def __init__(self, app: ASGIApp, backend: Backend, traffic: WebhookTraffic) -> None:
        """`app`: the usual way."""
        self._app, self._backend, self._traffic = app, backend, traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what the carrier signed, and hand on everything else."""
        endpoint = _endpoint(scope)
        if endpoint is None or not self._traffic.trusts(address_of(scope)):
            await self._app(scope, receive, send)
            return
        body = await whole_body(scope, receive, most=MOST_WEBHOOK_BYTES)
        webhook = self._webhook(scope, body) if isinstance(body, bytes) else None
        if webhook is not None:
            with self._traffic.one():
                response = await endpoint(self._backend, webhook)
                response.headers["Cache-Control"] = "no-store"
                await response(scope, receive, send)
        elif isinstance(body, bytes):
            await self._app(scope, replayed(body, receive), send)
        elif body is not None:
            await body(scope, receive, send)

    def _webhook(self, scope: Scope, body: bytes) -> Webhook | None:
        """None where the carrier did not sign it."""
        signature = next((value for name, value in scope["headers"] if name == SIGNATURE), None)
        if signature is None:
            return None
        query = scope["query_string"].decode("latin-1")
        try:
            return read_webhook(
                self._backend.settings, scope["path"], query, body, signature.decode("latin-1")
            )
        except Forbidden:
            return None


def _endpoint(scope: Scope) -> ShortEndpoint | None:
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path: str = scope["path"]
    found = ENDPOINTS.get(path)
    if found is None and NEXT_DOCUMENT.fullmatch(path):
        return caller.next_document
    return found
