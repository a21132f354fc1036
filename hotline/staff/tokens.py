"""Opaque tokens, of which nothing but a hash is kept, and codes that people type."""

import hashlib
import unicodedata


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def typed_code(said: str) -> str:
    """A code, however it was typed: with gaps, in digits of another width."""
    return "".join(unicodedata.normalize("NFKC", said).split())
