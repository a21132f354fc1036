"""Signing in through an OpenID Connect provider: what the environment says of it."""

import re
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CLAIM = re.compile(r"[A-Za-z_][\w:./-]{0,119}")
YES_AND_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class OidcSettings(BaseSettings):
    """Unset, people sign in with passwords alone. README: "Settings".

    `oidc_second_factor`: what the provider calls a log-in with two factors (`acr` or `amr`);
    where it says none of these, ours is asked for. `oidc_passwords`: whether those go on as well.
    """

    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_username_claim: str = "preferred_username"
    oidc_second_factor: str = ""
    oidc_passwords: bool = True

    @field_validator("oidc_issuer")
    @classmethod
    def _read_issuer(cls, issuer: str) -> str:
        """As the provider writes it: tokens are compared with it letter by letter."""
        try:
            parts = urlsplit(issuer)
            usable = not issuer or (bool(parts.hostname) and parts.port != 0)
        except ValueError:
            usable = False
        safe = not issuer or parts.scheme == "https" or parts.hostname in LOOPBACK
        if not usable or not safe or parts.query or parts.fragment or parts.username:
            raise ValueError(
                "HOTLINE_OIDC_ISSUER is no address of a provider: write it as the provider does,"
                " https://… without a query"
            )
        return issuer

    @field_validator("oidc_username_claim")
    @classmethod
    def _read_claim(cls, claim: str) -> str:
        if not CLAIM.fullmatch(claim):
            raise ValueError(
                "HOTLINE_OIDC_USERNAME_CLAIM is no name of a claim: write one such as"
                " preferred_username"
            )
        return claim

    @field_validator("oidc_passwords", mode="before")
    @classmethod
    def _read_passwords(cls, given: object, _field: ValidationInfo) -> object:
        known = YES_AND_NO.get(str(given).strip().lower())
        if known is None:
            raise ValueError("HOTLINE_OIDC_PASSWORDS is neither `yes` nor `no`")
        return known

    @model_validator(mode="after")
    def _refuse_half_a_provider(self) -> Self:
        if bool(self.oidc_issuer) != bool(self.oidc_client_id):
            raise ValueError("set both HOTLINE_OIDC_ISSUER and HOTLINE_OIDC_CLIENT_ID, or neither")
        if not self.oidc_passwords and not self.oidc_issuer:
            raise ValueError(
                "HOTLINE_OIDC_PASSWORDS is `no` and there is no provider: nobody could sign in"
            )
        return self

    @property
    def has_provider(self) -> bool:
        """Whether people may sign in through one."""
        return bool(self.oidc_issuer)

    @property
    def provider_counts_as_two(self) -> frozenset[str]:
        """Words of the provider that say: two factors were shown to it."""
        return frozenset(word.strip() for word in self.oidc_second_factor.split(",")) - {""}
