"""The simulator's environment: prefix SIMULATOR_."""

from typing import Literal

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from hotline.simulator.webhooks import LIMIT_S


class NumberSettings(BaseModel):
    """Where calls and texts to one number are announced, as set up at a carrier.

    `listed`: people know it, so phones offer it and the cast dials it.
    """

    voice_url: str
    status_callback: str = ""
    fallback_url: str = ""
    sms_url: str = ""
    fallback_method: Literal["GET", "POST"] = "POST"
    listed: bool = True


class SimulatorSettings(BaseSettings):
    """One simulated account."""

    model_config = SettingsConfigDict(env_prefix="SIMULATOR_", extra="ignore")

    bind: str = "127.0.0.1:8100"
    account_sid: str = "AC00000000000000000000000000000000"
    auth_token: str = "simulated"  # noqa: S105 – guards a pretended account on loopback
    numbers: dict[str, NumberSettings] = {}
    clock: Literal["real", "manual"] = "real"
    say_seconds_per_character: float = 0.18
    answer_limit_s: float = LIMIT_S
    application_url: str = ""
    cast: dict[str, str] = {}
