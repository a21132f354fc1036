"""The environment, read once. Refuses what cannot work, and what would leave the door open."""

import re
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hotline.errors import SettingsError

PLACEHOLDERS = frozenset({"changeme", "change-me", "example", "secret", "token", "xxx"})
EXAMPLE = re.compile(r"<[^<>]*>")  # what has to be replaced in deploy/env.example
SIMULATED_TOKEN = "simulated"  # noqa: S105 – printed in public: it opens nothing but the demo
SHORTEST_SECRET = 16
HIGHEST_PORT = 65535
DEFAULT_PORTS = {"http": 80, "https": 443}
SCHEMES = {  # what people write → what SQLAlchemy and redis-py understand
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
REDIS_SCHEMES = {"redis": "redis", "valkey": "redis", "rediss": "rediss", "valkeys": "rediss"}
REDIS_SCHEMES |= {"unix": "unix"}


class Settings(BaseSettings):
    """Everything that differs between two installations. README: "Settings"."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", frozen=True, extra="ignore")

    database_url: str | None = None
    database_answer_s: float = Field(default=5.0, ge=1.0, le=60.0)
    redis_url: str | None = None
    data_dir: Path = Path(".data")
    bind: str = "127.0.0.1:8000"
    public_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = Field(default="", repr=False)
    twilio_auth_token_old: str = Field(default="", repr=False)
    twilio_api_url: str | None = None
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: str = Field(default="", repr=False)
    secret_key: str = Field(default="", repr=False)
    encryption_keys: str = Field(default="", repr=False)
    metrics_token: str = Field(default="", repr=False)
    config: Path | None = None
    duty_phone: str = ""
    demo: bool = False
    simulator_url: str = ""

    @field_validator("*", mode="before")
    @classmethod
    def _read_text(cls, value: object, field: ValidationInfo) -> object:
        """A space or a line end that came along with a copied value belongs to no value."""
        if not isinstance(value, str):
            return value
        example = EXAMPLE.search(value)
        if example is not None:
            name = f"HOTLINE_{(field.field_name or '').upper()}"
            raise ValueError(f"{name} still holds {example[0]}: replace it")
        return value.strip()

    @field_validator("database_url")
    @classmethod
    def _read_database_url(cls, url: str | None) -> str | None:
        return _with_known_scheme("HOTLINE_DATABASE_URL", url, SCHEMES, "postgresql://")

    @field_validator("redis_url")
    @classmethod
    def _read_redis_url(cls, url: str | None) -> str | None:
        return _with_known_scheme("HOTLINE_REDIS_URL", url, REDIS_SCHEMES, "redis://")

    @field_validator("bind")
    @classmethod
    def _read_bind(cls, bind: str) -> str:
        host, _, port = bind.rpartition(":")
        if not host or not port.isascii() or not port.isdecimal() or int(port) > HIGHEST_PORT:
            raise ValueError(
                f"HOTLINE_BIND is {bind}: write an address and a port, such as 127.0.0.1:8000"
            )
        return bind

    @field_validator("public_url")
    @classmethod
    def _read_public_url(cls, url: str) -> str:
        return _one_host(url) if url else ""

    @model_validator(mode="after")
    def _refuse_placeholders(self) -> Self:
        for name in ("twilio_auth_token", "secret_key", "encryption_keys", "metrics_token"):
            if getattr(self, name).lower() in PLACEHOLDERS:
                raise ValueError(
                    f"HOTLINE_{name.upper()} is still an example value: set a real one"
                )
        if bool(self.twilio_account_sid) != bool(self.twilio_auth_token):
            raise ValueError(
                "set both HOTLINE_TWILIO_ACCOUNT_SID and HOTLINE_TWILIO_AUTH_TOKEN, or neither"
            )
        return self

    @cached_property
    def base_url(self) -> str:
        """What the carrier was given: `public_url`, or the bound address where there is none."""
        return self.public_url or f"http://{self.bind}"

    @property
    def host(self) -> str:
        """The address to bind."""
        return self.bind.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port to bind."""
        return int(self.bind.rpartition(":")[2])

    @property
    def local_address(self) -> str:
        """Where this machine itself reaches what is bound: every address is also loopback."""
        return f"{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"  # noqa: S104 – compared, not bound

    @property
    def carrier_tokens(self) -> tuple[str, ...]:
        """Tokens whose signatures count: the present one and, while rotating, the one before."""
        return tuple(t for t in (self.twilio_auth_token, self.twilio_auth_token_old) if t)


def read_settings() -> Settings:
    """Read the environment. Raises `SettingsError` with one sentence per fault."""
    try:
        settings = Settings()
    except ValidationError as fault:
        said = "; ".join(
            str(error["msg"]).removeprefix("Value error, ") for error in fault.errors()
        )
        raise SettingsError(f"The settings cannot be used: {said}.") from fault
    refuse_open_doors(settings)
    return settings


def refuse_open_doors(settings: Settings) -> None:
    """What belongs to the demo alone, or to a network behind a proxy. Raises `SettingsError`."""
    if settings.demo:
        if not (_is_loopback(settings.host) and _is_loopback(_host_of(settings.base_url))):
            raise SettingsError(
                "The demo's accounts and passwords are known to everybody, so it runs on this"
                " machine only: set HOTLINE_BIND to 127.0.0.1 and unset HOTLINE_PUBLIC_URL, or"
                " unset HOTLINE_DEMO for a real line."
            )
        return
    if SIMULATED_TOKEN in settings.carrier_tokens:
        raise SettingsError(
            "HOTLINE_TWILIO_AUTH_TOKEN is the demo's, which everybody knows: set your carrier's."
        )
    if 0 < len(settings.secret_key) < SHORTEST_SECRET:
        raise SettingsError(
            f"HOTLINE_SECRET_KEY needs at least {SHORTEST_SECRET} characters: set a long random"
            " text, such as `hotline make-key` prints."
        )
    if not _is_loopback(settings.host) and not settings.base_url.startswith("https:"):
        raise SettingsError(
            f"HOTLINE_BIND is {settings.bind}, which others can reach without encryption: set it to"
            " 127.0.0.1 with a proxy in front that speaks TLS, or say that there is one by setting"
            " HOTLINE_PUBLIC_URL to its https:// address."
        )


def _with_known_scheme(
    name: str, url: str | None, known: dict[str, str], written: str
) -> str | None:
    """The address with the scheme that our libraries know. Empty counts as not set."""
    if not url:
        return None
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in known:
        shown = scheme if separator else "without a scheme"
        raise ValueError(f"{name} is {shown}: write it as {written}…")
    if not _has_usable_port(url):
        raise ValueError(f"{name} has a port that is no number: write it as {written}…HOST:PORT/…")
    return f"{known[scheme.lower()]}://{rest}"


def _has_usable_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _one_host(url: str) -> str:
    """Scheme and host of the public address, in the one form in which all others write it.

    A path is refused: cookies, pages and the carrier's addresses need a host name of their own.
    """
    parts = _split(url)
    if parts is None:
        guess = re.sub(r"^([a-zA-Z]*:)?//", "", url)
        host = re.sub(r"[^A-Za-z0-9.:-].*", "", guess) or "hotline.example"
        raise ValueError(f"HOTLINE_PUBLIC_URL is no address of a site: write https://{host}")
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    base = f"{parts.scheme}://{(parts.hostname or '').lower()}{port}"
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(
            f"HOTLINE_PUBLIC_URL says too much: write {base}, since Hotline needs a host name of"
            " its own"
        )
    return base


def _split(url: str) -> SplitResult | None:
    """None where there is no scheme, no host, or what no browser would take for one."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in DEFAULT_PORTS and parts.port != 0
    except ValueError:
        return None
    host = re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", parts.hostname or "")
    return parts if usable and host else None


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
