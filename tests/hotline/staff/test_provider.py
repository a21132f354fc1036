"""What an identity provider says is believed only where it is meant for us, now, and signed."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from hotline.errors import ProviderAway, ProviderRefused
from hotline.settings import Settings
from hotline.staff.id_tokens import MOST_KEYS, ProvenName, keys_of
from hotline.staff.provider import LARGEST, Provider
from hotline.staff.provider_sign_in import asking_of
from tests.fakes import FakeClock
from tests.loopback_provider import CLIENT, SECRET, LoopbackProvider, running, strange_key

pytestmark = pytest.mark.anyio

BACK = "https://hotline.test/sign-in/return"
CONFIGURATION = "/.well-known/openid-configuration"


@dataclass
class Post:
    """Our side of the way, and theirs."""

    theirs: LoopbackProvider
    ours: Provider
    settings: Settings
    clock: FakeClock

    async def arrives(self, **tampered: str) -> ProvenName:
        """A browser goes there and comes back. `tampered`: what came back with it instead."""
        asking = asking_of("a secret of the browser")
        address = await self.ours.address(asking, fresh=False)
        query = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        back = parse_qs(urlsplit(self.theirs.authorizes(query)).query)
        told = {"code": back["code"][0], "issuer": back["iss"][0], "sender": "", **tampered}
        return await self.ours.who(told.pop("code"), asking, **told)

    async def comes_to(self, **tampered: str) -> str:
        """The name, or what was raised."""
        try:
            return (await self.arrives(**tampered)).username
        except (ProviderRefused, ProviderAway) as fault:
            return next(
                one.__name__ for one in (ProviderRefused, ProviderAway) if isinstance(fault, one)
            )

    def with_settings(self, *, budget_s: float = 6.0, **values: object) -> "Post":
        """As another environment has it."""
        settings = self.settings.model_copy(update=values)
        ours = Provider(settings, BACK, self.clock, budget_s=budget_s)
        return Post(self.theirs, ours, settings, self.clock)


@pytest.fixture
async def post(clock: FakeClock) -> AsyncIterator[Post]:
    with running(LoopbackProvider(clock.now)) as theirs:
        settings = Settings(
            oidc_issuer=theirs.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET
        )
        made = Post(theirs, Provider(settings, BACK, clock), settings, clock)
        yield made
        await made.ours.aclose()


async def test_the_provider_names_somebody_and_how_they_logged_in(post: Post) -> None:
    post.theirs.claims = {"amr": ["pwd", 7, "otp"], "acr": "high", "auth_time": 12}

    named = await post.arrives()

    assert named.username == "li"
    assert sorted(named.words) == ["high", "otp", "pwd"]
    assert named.proved_at == 12


WRONG_CLAIMS: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "somebody else"},
    {"aud": [CLIENT, "another"]},
    {"aud": None},
    {"azp": "somebody else"},
    {"iss": "https://evil.example"},
    {"iss": None},
    {"exp": 1},
    {"exp": None},
    {"exp": "soon"},
    {"iat": 32503680000},
    {"nbf": 32503680000},
    {"sub": None},
    {"sub": ["li"]},
    {"preferred_username": None},
    {"preferred_username": ["li"]},
    {"preferred_username": ""},
    {"preferred_username": "li\x00"},
    {"preferred_username": "li" * 200},
    {"at_hash": "of another token"},
    {"amr": "mfa"},
    {"auth_time": "now"},
]


@pytest.mark.parametrize("claims", WRONG_CLAIMS, ids=str)
async def test_a_token_that_is_not_meant_for_us_now_is_not_believed(
    post: Post, claims: dict[str, Any]
) -> None:
    post.theirs.claims = claims

    assert await post.comes_to() == "ProviderRefused"


async def test_a_token_for_several_of_which_we_asked_is_believed(post: Post) -> None:
    post.theirs.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}

    assert await post.comes_to() == "li"


async def test_clocks_may_differ_by_a_minute(post: Post) -> None:
    now, told = int(post.clock.now().timestamp()), []
    for claims in ({"iat": now + 59, "nbf": now + 59}, {"exp": now - 59}, {"exp": now - 61}):
        post.theirs.claims = claims
        told.append(await post.comes_to())

    assert told == ["li", "li", "ProviderRefused"]


@pytest.mark.parametrize("checked", [False, None, "true", 1], ids=str)
async def test_an_address_that_the_provider_has_not_checked_is_nobodys(
    post: Post, checked: object
) -> None:
    by_mail = post.with_settings(oidc_username_claim="email")
    post.theirs.claims = {"email": "li", "email_verified": True}
    known = await by_mail.comes_to()

    post.theirs.claims = {"email": "li", "email_verified": checked}

    assert (known, await by_mail.comes_to()) == ("li", "ProviderRefused")


# ── signatures ──────────────────────────────────────────────────────────────────────────────────


def quoted(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    """As no library would sign it."""
    signed = ".".join(quoted(json.dumps(part).encode()) for part in (header, claims))
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret else b""
    return f"{signed}.{quoted(mac)}"


def unsigned(claims: dict[str, Any]) -> str:
    return by_hand({"alg": "none"}, claims, None)


def by_a_stranger(claims: dict[str, Any]) -> str:
    key = strange_key("first")
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, key)


def by_a_key_that_it_brings_along(claims: dict[str, Any]) -> str:
    key = strange_key("first")
    header = {"alg": "RS256", "kid": "first", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key)


def by_our_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2))


FORGERIES = (unsigned, by_a_stranger, by_a_key_that_it_brings_along, by_our_secret)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
async def test_a_token_that_the_provider_did_not_sign_is_not_believed(
    post: Post, forge: Callable[[dict[str, Any]], str]
) -> None:
    post.theirs.forge = forge

    assert await post.comes_to() == "ProviderRefused"


async def test_the_providers_public_key_does_not_count_as_a_shared_secret(post: Post) -> None:
    public = post.theirs.key.as_pem(private=False)
    post.theirs.forge = lambda claims: by_hand({"alg": "HS256"}, claims, public)

    assert await post.comes_to() == "ProviderRefused"


async def test_a_signed_token_whose_claims_were_changed_is_not_believed(post: Post) -> None:
    def forge(claims: dict[str, Any]) -> str:
        head, _, signature = post.theirs.signed(claims).split(".")
        changed = json.dumps(claims | {"preferred_username": "root"}).encode()
        return f"{head}.{quoted(changed)}.{signature}"

    post.theirs.forge = forge

    assert await post.comes_to() == "ProviderRefused"


@pytest.mark.parametrize("token", ["", "a.b.c", "a.b.c.d.e", "é..", "." * 5000])
async def test_what_is_no_token_is_not_believed(post: Post, token: str) -> None:
    post.theirs.forge = lambda _: token

    assert await post.comes_to() == "ProviderRefused"


async def test_keys_of_elliptic_curves_sign_as_well(post: Post) -> None:
    key = ECKey.generate_key("P-256", {"kid": "curve"})
    told = {"keys": [{"kty": "oct", "k": "AAAA"}, {"kty": "EC"}, 7, key.as_dict(private=False)]}

    assert [one.kid for one in keys_of(told)] == ["curve"]
    assert keys_of({"keys": "none"}) == []
    assert len(keys_of({"keys": [key.as_dict(private=False)] * 50})) == MOST_KEYS


async def test_a_key_for_sealing_signs_nothing() -> None:
    sealing = strange_key("sealing").as_dict(private=False) | {"use": "enc"}

    assert keys_of({"keys": [sealing]}) == []


# ── what the provider is asked, and when ────────────────────────────────────────────────────────


async def test_a_new_key_is_fetched_when_none_fits(post: Post) -> None:
    before = await post.comes_to()
    post.theirs.rotates()
    at_once = await post.comes_to()
    post.clock.advance(11)

    assert (before, at_once, await post.comes_to()) == ("li", "ProviderRefused", "li")


async def test_forged_tokens_do_not_make_us_ask_for_keys_each_time(post: Post) -> None:
    post.theirs.forge = by_a_stranger

    for _ in range(4):
        await post.comes_to()

    assert post.theirs.told.count("/keys") == 1


async def test_what_the_provider_says_of_itself_is_kept_for_an_hour(post: Post) -> None:
    for _ in range(3):
        await post.comes_to()
    first = [it for it in post.theirs.told if it != "/token"]
    post.clock.advance(3601)
    await post.comes_to()

    assert first == [CONFIGURATION, "/keys"]
    assert [it for it in post.theirs.told if it != "/token"] == first * 2


WRONG_DESCRIPTIONS: list[dict[str, Any]] = [
    {"issuer": "https://evil.example"},
    {"token_endpoint": "http://10.0.0.1/token"},
    {"token_endpoint": "file:///etc/passwd"},
    {"jwks_uri": None},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": ["https://a.example"]},
    {"much": "x" * LARGEST},
]


@pytest.mark.parametrize("described", WRONG_DESCRIPTIONS, ids=lambda it: str(it)[:60])
async def test_a_provider_that_describes_itself_wrongly_is_not_used(
    post: Post, described: dict[str, Any]
) -> None:
    post.theirs.described = described

    assert await post.comes_to() == "ProviderAway"


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_a_provider_that_fails_is_away(post: Post, status: int) -> None:
    post.theirs.status = status

    assert await post.comes_to() == "ProviderAway"


async def test_nobody_waits_longer_than_a_moment_for_a_provider_that_hangs(post: Post) -> None:
    hasty = post.with_settings(budget_s=0.2)
    post.theirs.hanging.set()

    told = await asyncio.gather(*(hasty.comes_to() for _ in range(5)))
    asked = post.theirs.told.count(CONFIGURATION)
    post.theirs.hanging.clear()
    post.clock.advance(4)

    assert (told, asked) == (["ProviderAway"] * 5, 1), "those behind the first do not ask again"
    assert await post.comes_to() == "li"


async def test_the_answer_of_another_provider_is_not_taken_to_ours(post: Post) -> None:
    told = [await post.comes_to(issuer=one) for one in ("https://evil.example", "")]
    post.theirs.described = {"authorization_response_iss_parameter_supported": True}
    strict = await post.with_settings().comes_to(issuer="")

    assert (told, strict) == (["ProviderRefused", "li"], "ProviderRefused")


@pytest.mark.parametrize("code", ["made up", "é\n", "x" * 2000], ids=["made-up", "odd", "long"])
async def test_a_code_that_the_provider_did_not_give_opens_nothing(post: Post, code: str) -> None:
    assert await post.comes_to(code=code) == "ProviderRefused"


async def test_a_secret_travels_as_the_provider_wants_it(post: Post) -> None:
    post.theirs.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await post.comes_to()
    await post.with_settings(oidc_client_secret="").comes_to()

    (with_secret, header), (public, _) = post.theirs.presented
    assert (with_secret["client_secret"], header) == (SECRET, "")
    assert (public["client_id"], "client_secret" in public) == (CLIENT, False)
    assert len(public["code_verifier"]) >= 43, "RFC 7636 wants so many"


async def test_what_makes_a_way_its_own_tells_nothing_of_the_rest() -> None:
    one, same, other = asking_of("a"), asking_of("a"), asking_of("b")

    assert one == same
    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6
