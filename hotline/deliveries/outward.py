"""One request to somebody else's server, whose address was checked: neither proxies nor redirects.

Of an answer only the status is read, however long its body may be.
"""

from collections.abc import Mapping

import httpx
import structlog

from hotline.deliveries.safe_address import (
    NOT_ALLOWED,
    IpAddress,
    Networks,
    Resolve,
    checked_address,
    resolved,
)
from hotline.errors import CarrierBusy, CarrierRefused, CarrierUnclear, CarrierUnreachable

ANSWER_WITHIN_S, CONNECT_WITHIN_S = 8.0, 3.0
NOT_DONE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
LATER = frozenset({408, 425})

log = structlog.get_logger()


class Outward:
    """Posts to addresses that are public, or that the settings name."""

    def __init__(
        self,
        *,
        allowed: Networks = (),
        resolve: Resolve = resolved,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """`allowed`: networks that are not public and may be asked all the same."""
        self._allowed = allowed
        self._resolve = resolve
        limits = httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S)
        # No proxy of the environment, which would look the name up once more; no redirects.
        self._http = http or httpx.AsyncClient(timeout=limits, trust_env=False)

    async def post(self, to: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises `CarrierRefused`, `CarrierBusy`, `CarrierUnreachable` or `CarrierUnclear`."""
        url = httpx.URL(to)
        address = await self._address(url)
        ours = {
            "Host": url.netloc.decode("ascii"),
            # A connection is kept by its address: it must not serve another name, whose certificate
            # nobody has looked at.
            "Connection": "close",
        }
        request = self._http.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers={**ours, **headers},
            extensions={**_timeouts(), "sni_hostname": url.host},
        )
        _judge(await self._status(request))

    async def _address(self, url: httpx.URL) -> IpAddress:
        """Without encryption only to this machine, and only where the settings name it."""
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await checked_address(
            url.host, port, allowed=self._allowed, resolve=self._resolve
        )
        if url.scheme != "https" and not (url.scheme == "http" and address.is_loopback):
            raise CarrierRefused(reason=NOT_ALLOWED)
        return address

    async def _status(self, request: httpx.Request) -> int:
        try:
            answer = await self._http.send(request, stream=True, follow_redirects=False)
            await answer.aclose()
        except NOT_DONE as fault:
            log.info("outward.unreachable", fault=type(fault).__name__)
            raise CarrierUnreachable from None
        except httpx.TransportError as fault:
            log.info("outward.broke_off", fault=type(fault).__name__)
            raise CarrierUnclear from None
        return answer.status_code


def _timeouts() -> dict[str, dict[str, float | None]]:
    return {"timeout": httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S).as_dict()}


def _judge(status: int) -> None:
    if httpx.codes.is_success(status):
        return
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise CarrierBusy
    if status in LATER or httpx.codes.is_server_error(status):
        raise CarrierUnclear
    raise CarrierRefused(status)
