"""Opaque tokens, of which nothing but a hash is kept."""

import hashlib


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
