"""What an identity provider says of a person, believed only where its signature fits. Pure.

A token counts for us, for the browser that asked, and for a few minutes. Keys of our own choosing
(`none`, shared secrets) sign nothing here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from hotline.errors import ProviderRefused
from hotline.texts import unfit

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_S = 60  # clocks differ
MOST_KEYS, LONGEST_NAME = 20, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenName:
    """Whom the provider names. `words`: how it says they logged in (`acr` and `amr`)."""

    username: str
    words: frozenset[str]
    proved_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must repeat to be meant for us and for this browser."""

    issuer: str
    client_id: str
    nonce: str
    username_claim: str


class NoKeyFits(ProviderRefused):
    """Signed by a key that we do not know: the provider may have a new one."""


def keys_of(told: Mapping[str, Any]) -> Sequence[Key]:
    """The keys of a provider that can sign; those that we cannot read are left out."""
    listed = told.get("keys")
    if not isinstance(listed, list):
        return []
    found: list[Key] = []
    for one in listed[:MOST_KEYS]:
        if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC"):
            continue
        if one.get("use", "sig") != "sig":
            continue
        try:
            found += KeySet.import_key_set({"keys": [one]}).keys
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return found


def proven_name(
    token: str, keys: Sequence[Key], expected: Expected, *, access_token: str, at: datetime
) -> ProvenName:
    """Who it is. Raises `NoKeyFits`, or `ProviderRefused` for what is not meant for us."""
    signed = _signed(token, keys)
    wanted = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
    }
    told = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": access_token,
    }
    claims = CodeIDToken(signed.claims, signed.header, options=wanted, params=told)
    try:
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError) as fault:
        raise ProviderRefused from fault
    return _name_in(dict(claims), expected.username_claim)


def _signed(token: str, keys: Sequence[Key]) -> jwt.Token:
    for key in keys:
        try:
            return jwt.decode(token, key, algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError, UnicodeError):
            continue  # another of its keys may have signed it
    raise NoKeyFits


def _name_in(claims: Mapping[str, Any], claim: str) -> ProvenName:
    """An address that the provider has not checked may be anybody's."""
    name = claims.get(claim)
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or unfit(name):
        raise ProviderRefused
    if claim == "email" and claims.get("email_verified") is not True:
        raise ProviderRefused
    proved = claims.get("auth_time")
    listed = claims.get("amr") or []
    return ProvenName(
        username=name,
        words=frozenset(word for word in [claims.get("acr"), *listed] if isinstance(word, str)),
        proved_at=float(proved) if isinstance(proved, int | float) else None,
    )
