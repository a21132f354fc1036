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

from hotline.deliveries.channels import FoundThere, Parcel
from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.outward import ANSWER_WITHIN_S, Outward
from hotline.deliveries.safe_address import Networks, Resolve, resolved
from hotline.errors import CarrierBusy, CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.ports import Clock

ID, TIMESTAMP, SIGNATURE = "Hotline-Delivery", "Hotline-Timestamp", "Hotline-Signature"
FAULTS_BEFORE_REST = 3
REST = timedelta(seconds=30)


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
        self._outward = Outward(allowed=allowed, resolve=resolve, http=http)
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
        letter = parcel.written
        if not letter.secret:
            raise CarrierRefused(reason="no_secret")
        body = json.dumps(letter.payload, ensure_ascii=False, separators=(",", ":")).encode()
        moment = str(int(now.timestamp()))
        headers = {
            "Content-Type": "application/json",
            ID: parcel.delivery_id,
            TIMESTAMP: moment,
            SIGNATURE: signature(letter.secret, moment, body),
        }
        await self._outward.post(parcel.to, body, headers)


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
