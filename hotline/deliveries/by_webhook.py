"""A delivery to a station's own system: signed JSON, to an address that was checked.

The receiver's side is described in `deploy/WEBHOOKS.md`. Whatever it answers beside its status is
not read: a station's system acknowledges over the API, with a token of its own.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import structlog

from hotline.deliveries.channels import FoundThere, Parcel
from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.safe_address import (
    NOT_ALLOWED,
    IpAddress,
    Networks,
    Resolve,
    checked_address,
    resolved,
)
from hotline.errors import CarrierBusy, CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.ports import Clock

ID, TIMESTAMP, SIGNATURE = "Hotline-Delivery", "Hotline-Timestamp", "Hotline-Signature"
ANSWER_WITHIN_S, CONNECT_WITHIN_S = 8.0, 3.0
FAULTS_BEFORE_REST = 3
REST = timedelta(seconds=30)
NOT_DONE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
LATER = frozenset({408, 425})

log = structlog.get_logger()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Over the moment and the body, so that neither can be changed nor sent again much later."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class ByWebhook:
    """Posts. Whoever gets it twice knows it again by its id."""

    repeatable = True
    taken_as = DeliveryEvent.DELIVERED

    def __init__(
        self,
        clock: Clock,
        *,
        allowed: Networks = (),
        resolve: Resolve = resolved,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """`allowed`: networks that are not public and may be asked all the same."""
        self._clock = clock
        self._allowed = allowed
        self._resolve = resolve
        limits = httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S)
        # No proxy of the environment, which would look the name up once more; no redirects.
        self._http = http or httpx.AsyncClient(timeout=limits, trust_env=False)
        self._resting = Resting()

    async def send(self, parcel: Parcel) -> str:
        """Post it once."""
        now = self._clock.now()
        if self._resting.rests(parcel.to, now):
            raise CarrierBusy
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._post(parcel, now)
        except CarrierRefused:
            self._resting.note(parcel.to, now, fault=False)
            raise
        except (CarrierUnreachable, CarrierUnclear, TimeoutError):
            self._resting.note(parcel.to, now, fault=True)
            raise
        self._resting.note(parcel.to, now, fault=False)
        return parcel.delivery_id

    async def find(self, parcel: Parcel) -> Sequence[FoundThere]:
        """There is no list of theirs to look into."""
        return ()

    async def _post(self, parcel: Parcel, now: datetime) -> None:
        url, letter = httpx.URL(parcel.to), parcel.written
        if not letter.secret:
            raise CarrierRefused(reason="no_secret")
        address = await self._address(url)
        body = json.dumps(letter.payload, ensure_ascii=False, separators=(",", ":")).encode()
        moment = str(int(now.timestamp()))
        headers = {
            "Host": url.netloc.decode("ascii"),
            # A connection is kept by its address: it must not serve another name, whose certificate
            # nobody has looked at.
            "Connection": "close",
            "Content-Type": "application/json",
            ID: parcel.delivery_id,
            TIMESTAMP: moment,
            SIGNATURE: signature(letter.secret, moment, body),
        }
        request = self._http.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers=headers,
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
        """The body of the answer stays where it is, however long it may be."""
        try:
            answer = await self._http.send(request, stream=True, follow_redirects=False)
            await answer.aclose()
        except NOT_DONE as fault:
            log.info("webhook.unreachable", fault=type(fault).__name__)
            raise CarrierUnreachable from None
        except httpx.TransportError as fault:
            log.info("webhook.broke_off", fault=type(fault).__name__)
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


class Resting:
    """Systems that failed time after time are left alone for a while, then asked once more."""

    def __init__(self) -> None:
        """All are well."""
        self._faults: dict[str, int] = {}
        self._until: dict[str, datetime] = {}

    def rests(self, address: str, now: datetime) -> bool:
        """Whether it is too early to ask. A clock set back lets it be asked."""
        until = self._until.get(address)
        return until is not None and timedelta() < until - now <= REST

    def note(self, address: str, now: datetime, *, fault: bool) -> None:
        """How asking went."""
        if not fault:
            self._faults.pop(address, None)
            self._until.pop(address, None)
            return
        self._faults[address] = self._faults.get(address, 0) + 1
        if self._faults[address] >= FAULTS_BEFORE_REST:
            self._until[address] = now + REST
