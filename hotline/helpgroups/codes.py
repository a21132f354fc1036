"""Links and one-time codes: how they are drawn, and what is kept of them.

A link has 144 random bits, of which a plain hash is kept. A code has six digits and is worth ten
minutes: its hash has a key, so that a stolen table does not tell them.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from hotline.staff.tokens import hash_of, typed_code
from hotline.storage.session import Work
from hotline.storage.tables import GroupCode, GroupLink, GroupMember
from hotline.storage.vault import Vault

TOKEN_BYTES = 18
CODE_DIGITS = 6
CODE_LASTS = timedelta(minutes=10)
TOLD_LASTS = timedelta(minutes=30)  # on the telephone, while they look for the link


def new_link(work: Work, member: GroupMember, *, at: datetime) -> str:
    """One more that opens the same door. Returns what stands in the address."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    work.add(GroupLink(hash=hash_of(token), member_id=member.id, at=at))
    return token


def new_code(vault: Vault, kept: GroupCode, *, at: datetime, lasts: timedelta) -> str:
    """Its digits, of which the row has nothing but a keyed hash; those drawn before do not fit."""
    code = str(secrets.randbelow(10**CODE_DIGITS)).zfill(CODE_DIGITS)
    kept.hash, kept.expires_at = _hash(vault, kept, code), at + lasts
    return code


def code_fits(vault: Vault, kept: GroupCode, said: str) -> bool:
    """Whether these are its digits, however they were typed."""
    return hmac.compare_digest(_hash(vault, kept, typed_code(said)), kept.hash)


def is_worth_something(kept: GroupCode, *, at: datetime) -> bool:
    """Sent, not used, and not too old."""
    return kept.used_at is None and kept.expires_at is not None and at < kept.expires_at


def _hash(vault: Vault, kept: GroupCode, code: str) -> str:
    return vault.index(f"group code\0{kept.id}\0{code}")
