"""What people prove themselves with, as it travels; the rule for a new one is told while they type.

Nothing here is kept for a repeat: bodies hold secrets, of which not even a hash may stay.
"""

from fastapi import Request
from pydantic import BaseModel, Field

from hotline.staff.strength import advice_for
from hotline.web.pages.rendering import language_of


class PasswordIn(BaseModel):
    """A password as somebody types it."""

    password: str = Field(max_length=200)


class CodeIn(BaseModel):
    """Six digits of the phone, or a recovery code."""

    code: str = Field(max_length=60)


class JudgedOut(BaseModel):
    """`advice`: what would make it better, in the reader's language; empty where it is good."""

    good: bool
    advice: str


class CodesOut(BaseModel):
    """Recovery codes, told this once."""

    codes: list[str]


class SecretOut(BaseModel):
    """For the phone: in letters, and as a picture (SVG, as a `data:` address)."""

    secret: str
    picture: str


def judged(request: Request, password: str, about: list[str]) -> JudgedOut:
    """`about`: what others know of the person."""
    advice = advice_for(password, about)
    if advice is None:
        return JudgedOut(good=True, advice="")
    chinese = language_of(request) == "zh"
    return JudgedOut(good=False, advice=advice.chinese if chinese else advice.english)
