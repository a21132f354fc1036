"""A delivery to a browser, by its push service: sealed for that browser alone (RFC 8291).

A push service takes it and does not say when it is shown. It is words that left, never an
answer.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import httpx
import structlog
from pywebpush import WebPusher

from hotline.deliveries.channels import FoundThere, Parcel
from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.outward import ANSWER_WITHIN_S, Outward
from hotline.deliveries.push_keys import PushKey
from hotline.deliveries.subscriptions import Device, end_subscription, open_device
from hotline.errors import CarrierRefused
from hotline.ports import Clock
from hotline.storage.session import Database
from hotline.storage.vault import SealBroken, Vault

log = structlog.get_logger()

GONE = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})
KEPT_THERE_S = 15 * 60  # for a telephone without a network: later the chain is somewhere else
SIGNED_FOR_S = 3600
NO_DEVICE, NO_KEY, DEVICE_GONE = "no_device", "no_key", "device_gone"


class ByPush:
    """Posts. A browser shows the same number in the same place, however often it came."""

    repeatable = True
    taken_as = DeliveryEvent.TAKEN

    def __init__(
        self,
        database: Database,
        clock: Clock,
        vault: Vault,
        *,
        keys: Mapping[str, PushKey],
        outward: Outward,
        contact: str,
    ) -> None:
        """`contact`: where the people of a push service reach ours, as mailto: or https:."""
        self._database, self._clock, self._vault = database, clock, vault
        self._keys, self._outward, self._contact = keys, outward, contact

    async def send(self, parcel: Parcel) -> str:
        """Post it once. Where the service says that the browser is gone, it is told no more."""
        device, key = await self._device(parcel.to)
        payload = json.dumps(parcel.written.payload, ensure_ascii=False, separators=(",", ":"))
        body = await asyncio.to_thread(_sealed_for, device, payload.encode())
        headers = {**self._signed(key, device), "Topic": str(parcel.written.payload["tag"])}
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._outward.post(device.endpoint, body, headers)
        except CarrierRefused as no:
            if no.code not in GONE:
                raise
            await self._end(parcel.to)
            raise CarrierRefused(no.code, reason=DEVICE_GONE) from None
        return parcel.delivery_id

    async def find(self, parcel: Parcel) -> Sequence[FoundThere]:
        """A push service has no list to look into."""
        return ()

    async def _device(self, row_id: str) -> tuple[Device, PushKey]:
        async with self._database.work() as work:
            try:
                found = await open_device(work, self._vault, row_id)
            except SealBroken:
                raise CarrierRefused(reason=NO_KEY) from None
        if found is None:
            raise CarrierRefused(reason=NO_DEVICE)
        device, key_id = found
        if key_id not in self._keys:
            raise CarrierRefused(reason=NO_KEY)
        return device, self._keys[key_id]

    async def _end(self, row_id: str) -> None:
        log.info("push.device_gone", subscription_id=row_id)
        async with self._database.work() as work:
            await end_subscription(work, row_id, at=self._clock.now())

    def _signed(self, key: PushKey, device: Device) -> Mapping[str, str]:
        parts = urlsplit(device.endpoint)
        expires_at = int(self._clock.now().timestamp()) + SIGNED_FOR_S
        return {
            **key.signed(f"{parts.scheme}://{parts.netloc}", self._contact, expires_at),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_THERE_S),
            "Urgency": "high",
        }


def _sealed_for(device: Device, payload: bytes) -> bytes:
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    sealed = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(payload, "aes128gcm")
    return bytes(sealed["body"])
