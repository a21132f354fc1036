"""What an application has at a carrier: an account, and numbers that are announced to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel


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


@dataclass(frozen=True, slots=True)
class AccountAtCarrier:
    """`token`: requests of either side are proven by it."""

    sid: str
    token: str
    numbers: Mapping[str, NumberSettings]
