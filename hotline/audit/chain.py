"""What a link of the audit's chain is made of, and with which keys. Pure.

A row's `mac` covers the row and the mac before it: what was changed, removed, put in or moved does
not fit any more. Its `content` covers the row that tells the rest, so that what people wrote can
be erased there without breaking the chain.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hotline.errors import HotlineError, SettingsError
from hotline.settings import Settings

KEY_BYTES = 32


class AuditKeyMissing(HotlineError):
    """It was sealed with a key that is not in the list any more."""


class AuditKeys:
    """The keys of the chain: the first seals, all can be asked."""

    def __init__(self, keys: str, *, otherwise: Sequence[str] = ()) -> None:
        """`keys`: as in `HOTLINE_AUDIT_KEYS`. `otherwise`: the secrets that one is made of.

        Without any of its own, the first of these seals. What was sealed with one of them before
        can be asked still. Raises `SettingsError`.
        """
        raw = [_read(key) for key in keys.split(",") if key.strip()]
        self.own = bool(raw)
        raw += [_made_of(secret) for secret in otherwise if secret]
        if not raw:
            raise SettingsError("The audit has no key: set HOTLINE_AUDIT_KEYS.")
        self._keys = {hashlib.sha256(b"audit\0" + key).hexdigest()[:8]: key for key in raw}
        self.newest = next(iter(self._keys))

    def mac(self, key_id: str, *parts: str) -> str:
        """The keyed hash of some texts in this order. Raises `AuditKeyMissing`."""
        if key_id not in self._keys:
            raise AuditKeyMissing(f"The audit key {key_id} is not in HOTLINE_AUDIT_KEYS.")
        return hmac.new(self._keys[key_id], canonical(parts).encode(), hashlib.sha256).hexdigest()


def audit_keys_of(settings: Settings) -> AuditKeys:
    """The keys of the settings; made of other secrets of ours where there is none.

    The encryption keys stand oldest last: that one was there when the chain began.
    """
    sealing = [key.strip() for key in settings.encryption_keys.split(",")]
    return AuditKeys(settings.audit_keys, otherwise=[settings.secret_key, *reversed(sealing)])


def _made_of(secret: str) -> bytes:
    return hashlib.sha256(b"audit chain\0" + secret.encode()).digest()


def _read(key: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(key.strip())
    except ValueError as fault:
        raise SettingsError("A key in HOTLINE_AUDIT_KEYS is not base64.") from fault
    if len(raw) != KEY_BYTES:
        raise SettingsError("A key in HOTLINE_AUDIT_KEYS is not 32 bytes long.")
    return raw


def canonical(value: Any) -> str:
    """The one way in which something is written before it is hashed."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_moment
    )


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    return value.astimezone(UTC).isoformat(timespec="microseconds")


FIELDS = ("id", "at", "kind", "by_id", "subject_kind", "subject_id", "source", "source_id")


def link(
    keys: AuditKeys, key_id: str, row: Mapping[str, Any], *, seq: int, content: str, before: str
) -> str:
    """The mac of a row at a place in the chain, after the mac `before`."""
    return keys.mac(key_id, before, canonical([seq, *(row[name] for name in FIELDS)]), content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain at some moment, as it leaves the house. `sign`: that it was us."""

    at: datetime
    seq: int
    mac: str
    key_id: str
    sign: str = ""

    def signed(self, keys: AuditKeys) -> "Head":
        """The same with our signature, by the key that sealed it."""
        return Head(at=self.at, seq=self.seq, mac=self.mac, key_id=self.key_id,
                    sign=self._sign(keys))  # fmt: skip

    def is_ours(self, keys: AuditKeys) -> bool:
        """Whether we have signed it. Raises `AuditKeyMissing`."""
        return hmac.compare_digest(self.sign, self._sign(keys))

    def _sign(self, keys: AuditKeys) -> str:
        return keys.mac(self.key_id, "head", canonical([self.at, self.seq, self.mac]))

    def line(self) -> str:
        """As a line of a file."""
        return canonical({name: getattr(self, name) for name in HEAD_FIELDS}) + "\n"


HEAD_FIELDS = ("at", "seq", "mac", "key_id", "sign")


def head_of_line(line: str) -> Head:
    """Read one back. Raises `ValueError`."""
    said = json.loads(line)
    if not isinstance(said, dict) or set(said) != set(HEAD_FIELDS):
        raise ValueError("no head of the audit")
    return Head(**{**said, "at": datetime.fromisoformat(said["at"])})


def cut_sign(keys: AuditKeys, key_id: str, *, seq: int, mac: str, at: datetime) -> str:
    """That the rows up to this one were removed by us, because their time was over."""
    return keys.mac(key_id, "cut", canonical([seq, mac, at]))
