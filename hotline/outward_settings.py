"""How stations are told beside the telephone: mail server, push keys, where webhooks may go."""

import base64
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PORTS = {"smtp": 587, "smtps": 465}
SENDER = re.compile(r"[^\s@<>]+@[^\s@<>]+")
PUSH_KEY_BYTES = 32
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SMTP_FORM = "smtps://NAME:PASSWORD@HOST or smtp://NAME:PASSWORD@HOST:587"


class OutwardSettings(BaseSettings):
    """Unset, nobody is told by mail or push, and webhooks go to public addresses alone. README:
    "Settings".

    `webhook_networks`: private networks in which stations have their systems, with commas between;
    one of loopback may be asked without encryption. `push_keys`: with commas between, the one for
    new browsers first.
    """

    smtp_url: str = Field(default="", repr=False)
    mail_from: str = ""
    webhook_networks: str = ""
    push_keys: str = Field(default="", repr=False)

    @field_validator("smtp_url")
    @classmethod
    def _read_smtp_url(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            usable = not url or (parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0)
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(f"HOTLINE_SMTP_URL is no address of a mail server: write {SMTP_FORM}")
        return url

    @field_validator("push_keys")
    @classmethod
    def _read_push_keys(cls, keys: str) -> str:
        try:
            read_push_keys(keys)
        except ValueError:
            raise ValueError(
                "HOTLINE_PUSH_KEYS holds no key: write one as `hotline make-push-key` prints it,"
                " the newest first and commas between"
            ) from None
        return keys

    @field_validator("webhook_networks")
    @classmethod
    def _read_networks(cls, networks: str) -> str:
        try:
            _networks(networks)
        except ValueError:
            raise ValueError(
                "HOTLINE_WEBHOOK_NETWORKS holds no networks: write them with commas between, such"
                " as 10.8.0.0/16"
            ) from None
        return networks

    @model_validator(mode="after")
    def _knows_its_sender(self) -> Self:
        if self.smtp_url and not SENDER.fullmatch(self.mail_from):
            raise ValueError(
                "HOTLINE_SMTP_URL is set, but HOTLINE_MAIL_FROM is no address to send from: write"
                " one such as hotline@hotline.example"
            )
        return self

    @property
    def allowed_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Not public, and asked all the same."""
        return _networks(self.webhook_networks)

    @property
    def mail_host(self) -> str:
        """The name of the mail server; empty where there is none."""
        return urlsplit(self.smtp_url).hostname or ""

    @property
    def mail_port(self) -> int:
        """Its port."""
        parts = urlsplit(self.smtp_url)
        return parts.port or PORTS.get(parts.scheme, 0)

    @property
    def mail_login(self) -> tuple[str, str] | None:
        """A name and a password for it."""
        parts = urlsplit(self.smtp_url)
        return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None

    @property
    def mail_tls(self) -> bool:
        """Whether it is spoken to encrypted from the first byte on."""
        return self.smtp_url.startswith("smtps:")

    @property
    def mail_start_tls(self) -> bool:
        """Whether it must begin to encrypt first: always, but on this machine."""
        return not self.mail_tls and self.mail_host not in LOOPBACK


def read_push_keys(written: str) -> list[int]:
    """The secret numbers. Raises `ValueError`."""
    raw = [one.strip() for one in written.split(",") if one.strip()]
    found = [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)) for one in raw]
    secrets = [int.from_bytes(one) for one in found]
    if any(len(one) != PUSH_KEY_BYTES for one in found):
        raise ValueError("not of this length")
    if not all(0 < one < ORDER_OF_P256 for one in secrets):
        raise ValueError("not of this curve")
    return secrets


def _networks(written: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(one.strip()) for one in written.split(",") if one.strip())
