"""Links and codes by which a receiver answers: how they are made, and what is kept of them."""

import secrets
from datetime import datetime, timedelta

from hotline.staff.tokens import hash_of, typed_code
from hotline.storage.session import Work
from hotline.storage.tables import ReferralLink
from hotline.storage.vault import Vault

TOKEN_BYTES = 18  # 144 bits, 24 letters
CODE_DIGITS = 6
LINK_LASTS = timedelta(days=30)
CODE_LASTS = timedelta(minutes=10)
PROOF_LASTS = timedelta(minutes=30)


def make_link(work: Work, referral_id: str, *, at: datetime) -> str:
    """For one try to send. Whoever gets two of them may use either."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept = ReferralLink(hash=hash_of(token), referral_id=referral_id, expires_at=at + LINK_LASTS)
    work.add(kept)
    return token


def make_code(vault: Vault, link: ReferralLink, *, at: datetime) -> str:
    """The newest counts. Sent late by a carrier, it still lasts from when it was made."""
    code = str(secrets.randbelow(10**CODE_DIGITS)).zfill(CODE_DIGITS)
    link.code_hash, link.code_until = _hash_of_code(vault, link, code), at + CODE_LASTS
    return code


def make_proof(link: ReferralLink, *, at: datetime) -> str:
    """What a page that was opened with the code says for itself, until it is closed or too old."""
    proof = secrets.token_urlsafe(TOKEN_BYTES)
    link.proof_hash, link.proof_until = hash_of(proof), at + PROOF_LASTS
    return proof


def is_code(vault: Vault, link: ReferralLink, code: str, *, at: datetime) -> bool:
    """Whether it is the one that was sent last, in time, and not used yet."""
    fresh = link.code_until is not None and at < link.code_until
    same = secrets.compare_digest(link.code_hash, _hash_of_code(vault, link, typed_code(code)))
    return bool(link.code_hash) and fresh and same


def is_proof(link: ReferralLink, proof: str, *, at: datetime) -> bool:
    """Whether this page was opened with the code, not long ago."""
    fresh = link.proof_until is not None and at < link.proof_until
    return (
        bool(link.proof_hash) and fresh and secrets.compare_digest(link.proof_hash, hash_of(proof))
    )


def _hash_of_code(vault: Vault, link: ReferralLink, code: str) -> str:
    """Keyed: six digits alone would be found from their hash in no time."""
    return vault.index(f"referral code {link.hash} {code}")
