"""The simulator's environment: prefix SIMULATOR_."""

from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

from hotline.carrier.numbers import AccountAtCarrier, NumberSettings
from hotline.carrier.webhooks import LIMIT_S


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

    @property
    def account(self) -> AccountAtCarrier:
        """What the application has here."""
        return AccountAtCarrier(self.account_sid, self.auth_token, self.numbers)
