"""Encryption of what must not be read from a stolen disk: numbers and narratives.

AES-256-GCM with a random 96-bit nonce; the additional data names the column and the row, so a
sealed value moved elsewhere does not open. The first key seals, all keys open: that is rotation.
The blind index makes equal numbers comparable without opening them; it has a key of its own.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hotline.errors import HotlineError, SettingsError

FIRST_VERSION, VERSION = "v1", "v2"  # of the first, some were bound to less than their row
NONCE_BYTES = 12


class SealBroken(HotlineError):
    """A sealed value does not open: wrong key, wrong row, or tampered with."""


class Vault:
    """Seals and opens text. Keys come from `HOTLINE_ENCRYPTION_KEYS`, newest first."""

    def __init__(self, keys: str, *, index_secret: str = "") -> None:
        """`keys`: comma-separated, each 32 bytes in URL-safe base64. Raises `SettingsError`.

        `index_secret` keys the blind index; without it the oldest key does, and rotating that one
        away makes old indices useless.
        """
        raw = [_read_key(key) for key in keys.split(",") if key.strip()]
        if not raw:
            raise SettingsError("HOTLINE_ENCRYPTION_KEYS is empty: run `hotline make-key` for one.")
        self._ciphers = {_key_id(key): AESGCM(key) for key in raw}
        self._first = _key_id(raw[0])
        self._index_key = hashlib.sha256(
            b"blind index" + (index_secret.encode() or raw[-1])
        ).digest()

    def seal(self, text: str, *, place: str) -> str:
        """Encrypt. `place` is "table.column.row"; empty text stays empty."""
        if not text:
            return ""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, text.encode(), place.encode())
        return f"{VERSION}.{self._first}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, place: str, older: str = "") -> str:
        """Decrypt. `older`: where what has the first version's form was sealed for, if elsewhere.

        Raises `SealBroken`.
        """
        if not sealed:
            return ""
        try:
            version, key_id, body = sealed.split(".")
            place = older if older and version == FIRST_VERSION else place
            raw = base64.urlsafe_b64decode(body)
            cipher = self._ciphers[key_id]
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (ValueError, KeyError, InvalidTag) as fault:
            raise SealBroken from fault

    @property
    def newest_key(self) -> str:
        """The id of the key that seals."""
        return self._first

    def has_key(self, key_id: str) -> bool:
        """Whether it opens what this key has sealed."""
        return key_id in self._ciphers

    @property
    def is_alone(self) -> bool:
        """Whether there is one key only."""
        return len(self._ciphers) == 1

    def seal_bytes(self, raw: bytes, *, place: str) -> bytes:
        """Encrypt a piece of a file with the newest key, whose id is kept elsewhere."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[self._first].encrypt(nonce, raw, place.encode())

    def open_bytes(self, sealed: bytes, *, key_id: str, place: str) -> bytes:
        """Decrypt such a piece. Raises `SealBroken`."""
        try:
            cipher = self._ciphers[key_id]
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (ValueError, KeyError, InvalidTag) as fault:
            raise SealBroken from fault

    def index(self, text: str) -> str:
        """Equal texts give equal indices; the text cannot be had back without the key."""
        if not text:
            return ""
        return hmac.new(self._index_key, text.encode(), hashlib.sha256).hexdigest()

    def browser_key(self, staff_id: str) -> str:
        """For one person's browser, which keeps what it could not send: 32 bytes in hex digits.

        The same after each log-in, so that what was kept opens again; for nobody else.
        """
        place = b"browser key\0" + staff_id.encode()
        return hmac.new(self._index_key, place, hashlib.sha256).hexdigest()

    def own_pin(self, of: str, *, digits: int = 8) -> str:
        """A PIN by which processes of ours know each other on the telephone."""
        drawn = hmac.new(self._index_key, b"own pin\0" + of.encode(), hashlib.sha256).digest()
        return str(int.from_bytes(drawn)).zfill(digits)[-digits:]


def make_key() -> str:
    """A fresh key in the form the setting wants."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _read_key(key: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(key.strip())
    except ValueError as fault:
        raise SettingsError("A key in HOTLINE_ENCRYPTION_KEYS is not base64.") from fault
    if len(raw) != 32:  # noqa: PLR2004 – AES-256
        raise SettingsError("A key in HOTLINE_ENCRYPTION_KEYS is not 32 bytes long.")
    return raw


def _key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]
