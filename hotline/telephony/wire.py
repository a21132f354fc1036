"""HTTP for the carrier's SDK: time-outs, back-off, a limit in flight, and our own errors.

Decides what a failed exchange means (nothing done, or unclear) and repeats only what the carrier
says it did not process. What a refusal means is left to the client.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from random import SystemRandom
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from hotline.errors import CarrierBusy, CarrierError, CarrierUnclear, CarrierUnreachable

Sleep = Callable[[float], Awaitable[None]]

AT_ONCE = 20
TRIES = 6
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
_CONNECT_S = 3.0
_JITTER = SystemRandom()
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

log = structlog.get_logger()


class HttpxWire(AsyncHttpClient):  # type: ignore[misc]  # the SDK ships no types
    """Carries the SDK's requests over httpx. The SDK's own async client would be aiohttp."""

    def __init__(self, *, api_url: str | None, timeout: float, sleep: Sleep) -> None:
        """`api_url` replaces scheme and host of every request; None leaves them."""
        super().__init__(logging.getLogger(__name__), True, timeout)  # noqa: FBT003 – the SDK's own signature
        self._api_url = (api_url or "").rstrip("/")
        self._sleep = sleep
        self.tries = TRIES
        self._room = asyncio.Semaphore(AT_ONCE)
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(_CONNECT_S, timeout)),
            limits=httpx.Limits(max_connections=AT_ONCE),
        )

    async def request(self, method: str, uri: str, **given: Any) -> Response:
        """Send one request of the SDK. A 429 was never processed, so only that is repeated."""
        for tried in range(1, self.tries + 1):
            answer = await self._send(method, uri, given)
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                return _judged(method, answer)
            log.warning("carrier.throttled", tried=tried)
            if tried < self.tries:
                await self._sleep(_pause(tried))
        raise CarrierBusy

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, method: str, uri: str, given: dict[str, Any]) -> httpx.Response:
        wanted: dict[str, Any] = {
            key: given.get(key) for key in ("params", "data", "headers", "auth")
        }
        try:
            async with self._room:
                return await self._http.request(method, self._placed(uri), **wanted)
        except _NOT_SENT as fault:
            log.warning("carrier.unreachable", fault=type(fault).__name__)
            raise CarrierUnreachable from fault
        except httpx.TransportError as fault:
            log.warning("carrier.broke_off", method=method, fault=type(fault).__name__)
            raise _undecided(method) from fault

    def _placed(self, uri: str) -> str:
        if not self._api_url:
            return uri
        parts = urlsplit(uri)
        return f"{self._api_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _pause(tried: int) -> float:
    """Exponential with full jitter, so that many who were refused together do not return so."""
    return _JITTER.uniform(0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (tried - 1)))


def _judged(method: str, answer: httpx.Response) -> Response:
    if answer.is_server_error or (answer.is_success and not _holds_object(answer)):
        log.warning("carrier.failed", method=method, status=answer.status_code)
        raise _undecided(method)
    return Response(answer.status_code, answer.text, answer.headers)


def _holds_object(answer: httpx.Response) -> bool:
    if answer.status_code == httpx.codes.NO_CONTENT:  # to a DELETE there is nothing to say
        return True
    try:
        return isinstance(answer.json(), dict)
    except (JSONDecodeError, UnicodeDecodeError):
        return False


def _undecided(method: str) -> CarrierError:
    return CarrierUnreachable() if method == "GET" else CarrierUnclear()
