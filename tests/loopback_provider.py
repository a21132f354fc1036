"""An OpenID Connect provider on loopback: it signs real tokens, and lies when told to."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "hotline", "a secret of the two"
LASTS_S = 300


@cache
def first_key() -> RSAKey:
    """Made once: it takes a second."""
    return RSAKey.generate_key(2048, {"kid": "first"})


@cache
def strange_key(kid: str) -> RSAKey:
    """Nobody knows it yet."""
    return RSAKey.generate_key(2048, {"kid": kid})


@dataclass
class Grant:
    """What a code was given for."""

    username: str
    nonce: str
    challenge: str
    back: str
    fresh: bool


@dataclass
class LoopbackProvider:
    """Whoever comes is `username`, logged in without being asked. The rest are its faults.

    `claims`: replace those of the token; None leaves one out. `status`: of all answers of its own
    to us. `hanging`: set, they never come. `forge`: makes the token in place of it.
    """

    now: Callable[[], datetime]
    username: str = "li"
    key: RSAKey = field(default_factory=first_key)
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    refuses: str = ""
    hanging: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)
    forge: Callable[[dict[str, Any]], str] | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    presented: list[tuple[dict[str, str], str]] = field(default_factory=list)
    grants: dict[str, Grant] = field(default_factory=dict)
    issuer: str = ""

    def rotates(self) -> None:
        """From now on another key signs, and the old one is not told any more."""
        self.key = strange_key("second")

    def authorizes(self, query: dict[str, str]) -> str:
        """Where the browser goes back to."""
        self.asked.append(query)
        back = {"state": query["state"]}
        if self.refuses:
            return f"{query['redirect_uri']}?{urlencode({**back, 'error': self.refuses})}"
        code = secrets.token_urlsafe(16)
        self.grants[code] = Grant(
            self.username,
            query["nonce"],
            query["code_challenge"],
            query["redirect_uri"],
            query.get("max_age") == "0",
        )
        return f"{query['redirect_uri']}?{urlencode({**back, 'code': code, 'iss': self.issuer})}"

    def exchanges(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code counts once, for the client it was given to, with the secret it was asked with."""
        self.presented.append((form, authorization))
        own = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '%20')}".encode()).decode()
        grant = self.grants.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if authorization != f"Basic {own}" or grant is None:
            return 401, {"error": "invalid_client"}
        if challenge != grant.challenge or form.get("redirect_uri") != grant.back:
            return 400, {"error": "invalid_grant"}
        claims = self._claims(grant)
        token = self.forge(claims) if self.forge else self.signed(claims)
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": token}

    def _claims(self, grant: Grant) -> dict[str, Any]:
        at = int(self.now().timestamp())
        made = {
            "iss": self.issuer,
            "sub": f"id of {grant.username}",
            "aud": CLIENT,
            "iat": at,
            "exp": at + LASTS_S,
            "nonce": grant.nonce,
            "preferred_username": grant.username,
            **({"auth_time": at} if grant.fresh else {}),
        }
        return {name: value for name, value in (made | self.claims).items() if value is not None}

    def signed(self, claims: dict[str, Any]) -> str:
        """By the key that it tells of."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid or ""}, claims, self.key)

    def describes(self) -> dict[str, Any]:
        """Of itself, where everybody looks."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.described,
        }


class ProviderAnswers(BaseHTTPRequestHandler):
    """One request; the server holds the provider."""

    server: "ProviderServer"

    def do_GET(self) -> None:
        provider, parts = self.server.provider, urlsplit(self.path)
        if parts.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", provider.authorizes(query))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif parts.path == "/keys":
            self._tell(200, {"keys": [provider.key.as_dict(private=False)]})
        else:
            self._tell(200, provider.describes())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._tell(*self.server.provider.exchanges(form, self.headers.get("Authorization", "")))

    def _tell(self, status: int, told: dict[str, Any]) -> None:
        provider = self.server.provider
        provider.told.append(self.path)
        if provider.hanging.is_set():
            provider.released.wait()
            return
        body = json.dumps(told).encode() if provider.status < 300 else b"<html>no</html>"
        self.send_response(status if provider.status < 300 else provider.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test tells."""


class ProviderServer(ThreadingHTTPServer):
    """On a port of its own."""

    daemon_threads = True

    def __init__(self, provider: LoopbackProvider) -> None:
        super().__init__(("127.0.0.1", 0), ProviderAnswers)
        self.provider = provider


@contextmanager
def running(provider: LoopbackProvider) -> Iterator[LoopbackProvider]:
    """It answers until the block ends."""
    with ProviderServer(provider) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        provider.released.set()
        server.shutdown()
