"""The environment, read once. Refuses what cannot work, and what would leave the door open."""

import json
import re
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import SettingsConfigDict

from hotline.errors import SettingsError
from hotline.outward_settings import OutwardSettings
from hotline.statutory_settings import StatutorySettings
from hotline.watch_settings import WatchSettings

PLACEHOLDERS = frozenset({"changeme", "change-me", "example", "secret", "token", "xxx"})
EXAMPLE = re.compile(r"<[^<>]*>")  # what has to be replaced in deploy/env.example
SECRETS = (
    "twilio_auth_token",
    "secret_key",
    "encryption_keys",
    "audit_keys",
    "metrics_token",
    "oidc_client_secret",
)
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
EDGE = re.compile(r"[a-z]+(-[a-z]+)*")  # the carrier's names: singapore, sao-paulo, hongkong-ix
CODECS = ("opus", "pcmu")


VOICES_FORM = '{"yue": {"voice": "Polly.Hiujin-Neural", "language": "yue-CN"}}'


class NamedVoice(BaseModel):
    """How the carrier names a voice, its language, and the language to listen in (`gather`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    voice: str = Field(min_length=1)
    language: str = Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*$")
    gather: str = Field(default="", pattern=r"^([a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*)?$")


NAMED_VOICES = TypeAdapter(dict[Literal["cmn", "yue", "hak", "nan", "eng"], NamedVoice])


class Settings(WatchSettings, OutwardSettings, StatutorySettings):
    """Everything that differs between two installations. README: "Settings"."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", frozen=True, extra="ignore")

    database_url: str | None = None
    database_answer_s: float = Field(default=5.0, ge=1.0, le=60.0)
    redis_url: str | None = None
    data_dir: Path = Path(".data")
    spool_dir: Path | None = None
    bind: str = "127.0.0.1:8000"
    public_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = Field(default="", repr=False)
    twilio_auth_token_old: str = Field(default="", repr=False)
    twilio_api_url: str | None = None
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: str = Field(default="", repr=False)
    twilio_edges: str = "roaming"
    twilio_codecs: str = "opus,pcmu"
    secret_key: str = Field(default="", repr=False)
    encryption_keys: str = Field(default="", repr=False)
    audit_keys: str = Field(default="", repr=False)
    audit_head_dir: Path | None = None
    audit_kept_days: int = Field(default=1096, ge=183)
    records_kept_days: int = Field(default=1096, ge=1096)
    metrics_token: str = Field(default="", repr=False)
    config: Path | None = None
    duty_phone: str = ""
    voices: str = ""
    recorded_prompts: Literal["first", "without_voice"] = "first"
    second_factor: Literal["", "off", "supervisors", "everybody"] = ""
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

    @field_validator("twilio_edges")
    @classmethod
    def _read_edges(cls, edges: str) -> str:
        names = _listed(edges)
        if not names or not all(EDGE.fullmatch(name) for name in names):
            raise ValueError(
                f"HOTLINE_TWILIO_EDGES is {edges!r}: write names of the carrier's edges with commas"
                " between, the nearest first, such as singapore,tokyo"
            )
        return ",".join(names)

    @field_validator("twilio_codecs")
    @classmethod
    def _read_codecs(cls, codecs: str) -> str:
        names = _listed(codecs)
        if not names or not set(names) <= set(CODECS):
            raise ValueError(
                f"HOTLINE_TWILIO_CODECS is {codecs!r}: write opus,pcmu or pcmu,opus or one of them"
            )
        return ",".join(names)

    @field_validator("voices")
    @classmethod
    def _read_voices(cls, voices: str) -> str:
        try:
            NAMED_VOICES.validate_python(json.loads(voices or "{}"))
        except ValidationError as fault:
            first = fault.errors()[0]
            place = ".".join(str(one) for one in first["loc"]) or "it"
            raise ValueError(
                f"HOTLINE_VOICES is wrong at {place} ({first['msg']}): write it as {VOICES_FORM}"
            ) from fault
        except ValueError as fault:
            raise ValueError(f"HOTLINE_VOICES is no JSON: write it as {VOICES_FORM}") from fault
        return voices

    @field_validator("recorded_prompts", mode="before")
    @classmethod
    def _read_recorded_prompts(cls, when: object) -> object:
        if when not in ("first", "without_voice"):
            raise ValueError(
                "HOTLINE_RECORDED_PROMPTS is neither `first` (a recording is played wherever there"
                " is one) nor `without_voice` (only where the carrier has no voice)"
            )
        return when

    @field_validator("second_factor", mode="before")
    @classmethod
    def _read_second_factor(cls, who: object) -> object:
        if who not in ("", "off", "supervisors", "everybody"):
            raise ValueError(
                "HOTLINE_SECOND_FACTOR is neither `off`, nor `supervisors` (and administrators need"
                " a second factor), nor `everybody`"
            )
        return who

    @model_validator(mode="after")
    def _refuse_placeholders(self) -> Self:
        for name in SECRETS:
            if getattr(self, name).lower() in PLACEHOLDERS:
                raise ValueError(
                    f"HOTLINE_{name.upper()} is still an example value: set a real one"
                )
        if bool(self.twilio_account_sid) != bool(self.twilio_auth_token):
            raise ValueError(
                "set both HOTLINE_TWILIO_ACCOUNT_SID and HOTLINE_TWILIO_AUTH_TOKEN, or neither"
            )
        return self

    @property
    def who_needs_codes(self) -> str:
        """Who needs a second factor. The people of the demo are known to everybody anyway."""
        return self.second_factor or ("off" if self.demo else "supervisors")

    @property
    def softphone_edges(self) -> tuple[str, ...]:
        """Where softphones reach the carrier: the first that answers."""
        return tuple(self.twilio_edges.split(","))

    @property
    def softphone_codecs(self) -> tuple[str, ...]:
        """How softphones would have their sound encoded, the best first."""
        return tuple(self.twilio_codecs.split(","))

    @property
    def named_voices(self) -> dict[str, NamedVoice]:
        """Voices that replace ours or are added to them, by our language code."""
        read = NAMED_VOICES.validate_json(self.voices or "{}")
        return {str(code): voice for code, voice in read.items()}

    @cached_property
    def base_url(self) -> str:
        """What the carrier was given: `public_url`, or the bound address where there is none."""
        return self.public_url or f"http://{self.bind}"

    @property
    def push_contact(self) -> str:
        """Where the people of a browser's push service reach ours, as VAPID wants it written."""
        if self.base_url.startswith("https:"):
            return self.base_url
        return f"mailto:{self.mail_from or 'nobody@hotline.example'}"

    @property
    def recordings_dir(self) -> Path:
        """Where the sound of recordings lies, sealed. All processes of ours must reach it."""
        return self.data_dir / "recordings"

    @property
    def attachments_dir(self) -> Path:
        """Where files from the field lie, sealed. All processes of ours must reach it."""
        return self.data_dir / "attachments"

    @property
    def fallback_dir(self) -> Path:
        """Where the documents lie that are to be hosted elsewhere, one a line."""
        return self.data_dir / "fallback"

    @property
    def spool_folder(self) -> Path:
        """Where each machine keeps what could not be stored. Its own local disk, never a share."""
        if self.spool_dir is None or self.spool_dir == Path():  # an empty value names nothing
            return self.data_dir / "spool"
        return self.spool_dir

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


def _listed(names: str) -> list[str]:
    return [name.strip().lower() for name in names.split(",") if name.strip()]


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
