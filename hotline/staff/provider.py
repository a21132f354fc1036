"""The identity provider, as we ask it: where to send people, and who somebody is.

What it says of itself is kept for an hour, its keys are asked for again when none fits. It is
waited for a few seconds only, and where it gave no answer it is left alone for a moment: whoever
signs in otherwise must not stand behind those who wait for it.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import httpx
import structlog
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url
from joserfc.jwk import Key

from hotline.errors import ProviderAway, ProviderRefused
from hotline.oidc_settings import LOOPBACK, OidcSettings
from hotline.ports import Clock
from hotline.staff.id_tokens import Expected, NoKeyFits, ProvenName, keys_of, proven_name
from hotline.turns import Turns

log = structlog.get_logger()

Found = TypeVar("Found")

KEPT_FOR, KEYS_AGAIN_AFTER = timedelta(hours=1), timedelta(seconds=10)
LEFT_ALONE_FOR = timedelta(seconds=3)
BUDGET_S = 6.0  # a browser is answered within eight
LARGEST = 512 * 1024
SCOPE = "openid profile email"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Provider:
    """What it says of itself."""

    authorization: str
    token: str
    keys_at: str
    names_itself: bool
    by_header: bool
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One browser's way there and back: nobody else can make these three."""

    state: str
    nonce: str
    verifier: str


class Provider:
    """One provider. `redirect_uri`: the one address to which it sends people back."""

    def __init__(
        self, settings: OidcSettings, redirect_uri: str, clock: Clock, *, budget_s: float = BUDGET_S
    ) -> None:
        """Nothing is asked before somebody wants to sign in."""
        self._settings, self._redirect_uri, self._clock = settings, redirect_uri, clock
        self._budget_s = budget_s
        self._http = httpx.AsyncClient(timeout=budget_s)
        self._known: _Provider | None = None
        self._keys: tuple[Sequence[Key], datetime] | None = None
        self._away_at: datetime | None = None
        self._one_reads = asyncio.Lock()
        self._turns = Turns(at_once=8, most_waiting=30)

    async def aclose(self) -> None:
        """Close the connections to it."""
        await self._http.aclose()

    async def address(self, asking: Asking, *, fresh: bool) -> str:
        """Where the browser goes. `fresh`: they prove who they are, whoever is signed in there.

        Raises `ProviderAway`.
        """
        known = await self._within(self._described())
        again = {"prompt": "login", "max_age": "0"} if fresh else {}
        made: str = prepare_grant_uri(
            known.authorization,
            client_id=self._settings.oidc_client_id,
            response_type="code",
            redirect_uri=self._redirect_uri,
            scope=SCOPE,
            state=asking.state,
            nonce=asking.nonce,
            code_challenge=create_s256_code_challenge(asking.verifier),
            code_challenge_method="S256",
            **again,
        )
        return made

    async def who(self, code: str, asking: Asking, *, issuer: str, sender: str) -> ProvenName:
        """Whom this code was given for. `issuer`: what came back with it, if anything did.

        Raises `ProviderAway`, `ProviderRefused`, or `TooBusy` at a flood's own sender.
        """
        async with self._turns.turn(sender):
            return await self._within(self._who(code, asking, issuer))

    async def _within(self, work: Coroutine[Any, Any, Found]) -> Found:
        try:
            async with asyncio.timeout(self._budget_s):
                return await work
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as fault:
            self._away_at = self._clock.now()
            log.warning("provider.away", error=type(fault).__name__)
            raise ProviderAway from fault

    async def _who(self, code: str, asking: Asking, issuer: str) -> ProvenName:
        known = await self._described()
        if (issuer or known.names_itself) and issuer != self._settings.oidc_issuer:
            raise ProviderRefused  # another provider's answer, sent to us
        told = await self._exchanged(known, code, asking.verifier)
        token, access = told.get("id_token"), told.get("access_token", "")
        if not isinstance(token, str) or not isinstance(access, str):
            raise ProviderRefused
        expected = Expected(
            issuer=self._settings.oidc_issuer,
            client_id=self._settings.oidc_client_id,
            nonce=asking.nonce,
            username_claim=self._settings.oidc_username_claim,
        )
        at = self._clock.now()
        try:
            keys = await self._signing_keys(known, again=False)
            return proven_name(token, keys, expected, access_token=access, at=at)
        except NoKeyFits:
            keys = await self._signing_keys(known, again=True)
            return proven_name(token, keys, expected, access_token=access, at=at)

    async def _described(self) -> _Provider:
        """Read by one at a time: the others wait for what that one finds."""
        async with self._one_reads:
            at = self._clock.now()
            if self._known and timedelta() <= at - self._known.read_at < KEPT_FOR:
                return self._known
            if self._away_at and timedelta() <= at - self._away_at < LEFT_ALONE_FOR:
                raise ProviderAway
            where = get_well_known_url(self._settings.oidc_issuer, external=True)
            self._known = _read(await self._told(where), self._settings.oidc_issuer, at)
            return self._known

    async def _signing_keys(self, known: _Provider, *, again: bool) -> Sequence[Key]:
        async with self._one_reads:
            at = self._clock.now()
            kept_for = KEYS_AGAIN_AFTER if again else KEPT_FOR
            if self._keys and timedelta() <= at - self._keys[1] < kept_for:
                return self._keys[0]
            self._keys = keys_of(await self._told(known.keys_at)), at
            return self._keys[0]

    async def _exchanged(self, known: _Provider, code: str, verifier: str) -> Mapping[str, Any]:
        client, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        if secret and known.by_header:  # RFC 6749 §2.3.1: each is quoted first
            auth = httpx.BasicAuth(quote(client, safe=""), quote(secret, safe=""))
            return await self._told(known.token, form, auth)
        own = {"client_id": client} | ({"client_secret": secret} if secret else {})
        return await self._told(known.token, form | own)

    async def _told(
        self, where: str, form: Mapping[str, str] | None = None, auth: httpx.Auth | None = None
    ) -> Mapping[str, Any]:
        """A JSON object, no more than we have room for. No redirect is followed."""
        method, taken = ("GET" if form is None else "POST"), b""
        asked = self._http.stream(
            method, where, data=form, auth=auth, headers={"Accept": "application/json"}
        )
        async with asked as answer:
            async for piece in answer.aiter_bytes():
                taken += piece
                if len(taken) > LARGEST:
                    raise httpx.DecodingError("too large")
        if form is not None and 400 <= answer.status_code < 500:  # noqa: PLR2004 – HTTP's own
            log.info("provider.refused", status=answer.status_code)
            raise ProviderRefused  # the code was used before, or is none
        answer.raise_for_status()
        return _json_object(answer, taken)


def _json_object(answer: httpx.Response, taken: bytes) -> Mapping[str, Any]:
    try:
        told = httpx.Response(answer.status_code, content=taken).json()
    except (ValueError, RecursionError) as fault:
        raise httpx.DecodingError("no JSON") from fault
    if not isinstance(told, dict):
        raise httpx.DecodingError("no object")
    return told


def _read(told: Mapping[str, Any], issuer: str, at: datetime) -> _Provider:
    """Raises `httpx.DecodingError` for what another provider says, or what cannot be used."""
    if told.get("issuer") != issuer:
        raise httpx.DecodingError("another issuer")
    methods = told.get("token_endpoint_auth_methods_supported")
    return _Provider(
        authorization=_safe(told, "authorization_endpoint", issuer),
        token=_safe(told, "token_endpoint", issuer),
        keys_at=_safe(told, "jwks_uri", issuer),
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        by_header=not isinstance(methods, list) or "client_secret_basic" in methods,
        read_at=at,
    )


def _safe(told: Mapping[str, Any], name: str, issuer: str) -> str:
    """An encrypted address; a plain one only where the provider runs on this machine."""
    address = told.get(name)
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    here = urlsplit(issuer).scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        raise httpx.DecodingError("no safe address")
    return str(address)
