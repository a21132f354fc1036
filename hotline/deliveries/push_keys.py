"""By which keys push services know us (VAPID, RFC 8292). Pure.

A browser is bound to the key it was switched on with: the first key of the setting is given to new
ones, those behind it still serve browsers of before.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from hotline.outward_settings import read_push_keys


@dataclass(frozen=True, slots=True)
class PushKey:
    """One key. `public`: as browsers want it."""

    id: str
    public: str
    private: ec.EllipticCurvePrivateKey = field(repr=False, compare=False)

    def signed(self, origin: str, contact: str, expires_at: int) -> Mapping[str, str]:
        """What shows a push service that it is us. `contact`: where its people reach ours."""
        signer = Vapid02(private_key=self.private)
        claims = {"aud": origin, "sub": contact, "exp": expires_at}
        said: Mapping[str, str] = signer.sign(claims)
        return said


def push_keys_of(setting: str) -> Mapping[str, PushKey]:
    """By their ids, the one for new browsers first. Empty: none are told by push."""
    return {one.id: one for one in map(_key_of, read_push_keys(setting))}


def key_for_browsers(setting: str) -> PushKey | None:
    """What a browser that is switched on now is bound to. None: push is not set up."""
    return next(iter(push_keys_of(setting).values()), None)


def make_push_key() -> str:
    """A fresh one in the form the setting wants."""
    private = ec.generate_private_key(ec.SECP256R1())
    secret = private.private_numbers().private_value.to_bytes(32)
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _key_of(secret: int) -> PushKey:
    private = ec.derive_private_key(secret, ec.SECP256R1())
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    public = base64.urlsafe_b64encode(point).decode().rstrip("=")
    return PushKey(hashlib.sha256(point).hexdigest()[:8], public, private)
