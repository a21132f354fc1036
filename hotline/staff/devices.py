"""Browsers that have signed somebody in before: they keep their way in while strangers guess.

A browser is given a signed text for each account. A new password makes the old texts worthless.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from hotline.storage.tables import Staff

LASTS = timedelta(days=180)


class Devices:
    """Makes and reads the texts."""

    def __init__(self, secret_key: str) -> None:
        """Without a secret no device is ever known."""
        self._secret = secret_key.encode()

    def mark(self, staff: Staff) -> str:
        """For a browser in which this person has just signed in; empty where none can be made."""
        device = secrets.token_urlsafe(16)
        return f"{device}.{self._signature(device, staff)}" if self._secret else ""

    def device_of(self, mark: str, staff: Staff | None) -> str:
        """The device, where the text was given for this account; empty otherwise."""
        device, _, signature = mark.partition(".")
        if staff is None or not self._secret or not device:
            return ""
        fits = hmac.compare_digest(signature.encode(), self._signature(device, staff).encode())
        return device if fits else ""

    def _signature(self, device: str, staff: Staff) -> str:
        signed = "\0".join(("device", device, staff.id, staff.password_hash))
        return hmac.new(self._secret, signed.encode(), hashlib.sha256).hexdigest()
