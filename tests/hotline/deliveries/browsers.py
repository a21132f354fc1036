"""A browser that is told by push: it alone can open what was sealed for it."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hotline.deliveries.subscriptions import Device


def in_base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Browser:
    """With keys of its own."""

    endpoint: str = "https://push.test/send/abc"
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def device(self) -> Device:
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return Device(self.endpoint, in_base64(point), in_base64(self.auth))

    @property
    def said(self) -> dict[str, Any]:
        """As it writes itself."""
        device = self.device
        keys = {"p256dh": device.p256dh, "auth": device.auth}
        return {"endpoint": device.endpoint, "expirationTime": None, "keys": keys}

    def opens(self, body: bytes) -> dict[str, str]:
        """What a push said."""
        raw = http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"
        )
        told: dict[str, str] = json.loads(raw)
        return told
