"""The environment, read once. Refuses to start on a placeholder or half a pair."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hotline.errors import SettingsError

PLACEHOLDERS = frozenset({"changeme", "change-me", "example", "secret", "token", "xxx"})


class Settings(BaseSettings):
    """Everything that differs between two installations. README: "Settings"."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", frozen=True, extra="ignore")

    database_url: str | None = None
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
        return (self.public_url or f"http://{self.bind}").rstrip("/")

    @property
    def host(self) -> str:
        """The address to bind."""
        return self.bind.rpartition(":")[0] or "127.0.0.1"

    @property
    def port(self) -> int:
        """The port to bind."""
        return int(self.bind.rpartition(":")[2])

    @property
    def carrier_tokens(self) -> tuple[str, ...]:
        """Tokens whose signatures count: the present one and, while rotating, the one before."""
        return tuple(t for t in (self.twilio_auth_token, self.twilio_auth_token_old) if t)


def read_settings() -> Settings:
    """Read the environment. Raises `SettingsError` with one sentence per fault."""
    try:
        return Settings()
    except ValidationError as fault:
        said = "; ".join(
            str(error["msg"]).removeprefix("Value error, ") for error in fault.errors()
        )
        raise SettingsError(f"The settings cannot be used: {said}.") from fault
