"""Signing in through an identity provider: there and back, who is let in, and who is not."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from hotline.callcontrol.sweep import forget_old
from hotline.staff.second_factor import begin_factor, confirm_factor
from hotline.storage.tables import ProviderSignIn, Staff, StaffSession
from hotline.web.auth import CONFIRMED_FOR
from tests.hotline.web.api.at_provider import BACK, OidcHouse, oidc
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, SITE

pytestmark = pytest.mark.anyio

assert oidc  # a fixture, by name

RIGHT = {"username": "li", "password": PASSWORD}


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def test_somebody_with_an_account_here_is_let_in_by_the_provider(oidc: OidcHouse) -> None:
    browser = oidc.browser()

    answer = await browser.signs_in()

    assert answer.status_code == 200
    assert 'content="0; url=/"' in answer.text, "the page leads on by itself"
    assert await browser.name() == "li"


async def test_the_way_there_is_bound_to_this_browser_and_says_no_secret(oidc: OidcHouse) -> None:
    browser = oidc.browser()
    answer = await browser.http.post("/api/v1/sessions/provider", headers=OUR_PAGE)

    asked, cookie = query_of(answer.json()["address"]), answer.headers["set-cookie"]
    kept = [row.model_dump_json() for row in await oidc.scene.all(ProviderSignIn)]
    secret = cookie.partition("=")[2].partition(";")[0]

    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"{SITE}{BACK}"
    flags = cookie.lower()
    assert flags.startswith("__host-hotline_way_")
    assert all(flag in flags for flag in ("httponly", "secure", "samesite=lax", "path=/;"))
    assert not any(secret in text for text in (*kept, answer.text))
    assert not any(asked[name] in kept[0] for name in ("state", "nonce"))


async def test_two_windows_of_one_browser_do_not_take_the_way_from_each_other(
    oidc: OidcHouse,
) -> None:
    browser = oidc.browser()
    first, second = await browser.is_sent(), await browser.is_sent()

    answers = [await browser.comes_back(browser.visits(one)) for one in (second, first)]

    assert [one.status_code for one in answers] == [200, 200]


async def test_a_way_back_counts_once(oidc: OidcHouse) -> None:
    browser = oidc.browser()
    back = browser.visits(await browser.is_sent())
    cookies = dict(browser.http.cookies)

    first = await browser.comes_back(back)
    browser.http.cookies.update(cookies)
    again = await browser.comes_back(back)

    assert (first.status_code, again.status_code) == (200, 403)


async def test_of_two_who_come_back_at_once_one_is_let_in(oidc: OidcHouse) -> None:
    browser = oidc.browser()
    back = browser.visits(await browser.is_sent())

    both = await asyncio.gather(browser.comes_back(back), browser.comes_back(back))

    assert sorted(one.status_code for one in both) == [200, 403]


async def test_another_browser_cannot_use_a_way_back(oidc: OidcHouse) -> None:
    """Else whoever sends a victim their own address has them work in a strange account."""
    attacker, victim = oidc.browser(), oidc.browser()
    back = attacker.visits(await attacker.is_sent())

    answer = await victim.comes_back(back)

    assert (answer.status_code, await victim.name()) == (403, "")


async def test_a_state_of_nobodys_is_refused(oidc: OidcHouse) -> None:
    for state in ("", "made-up", "x" * 3000, "é"):
        answer = await oidc.browser().comes_back(f"{SITE}{BACK}?state={state}&code=c")

        assert answer.status_code == 403
        assert "没有登录成功" in answer.text


async def test_a_way_that_took_too_long_is_over_and_forgotten(oidc: OidcHouse) -> None:
    browser = oidc.browser()
    back = browser.visits(await browser.is_sent())
    await browser.is_sent()

    oidc.scene.clock.advance(601)
    answer = await browser.comes_back(back)
    await forget_old(oidc.scene.house.database, at=oidc.scene.clock.now())

    assert answer.status_code == 403
    assert await oidc.scene.all(ProviderSignIn) == []


@pytest.mark.parametrize(
    ("error", "status"), [("access_denied", 403), ("server_error", 503), ("x", 403)]
)
async def test_whoever_is_sent_back_without_a_code_is_told_so(
    oidc: OidcHouse, error: str, status: int
) -> None:
    oidc.provider.refuses = error

    answer = await oidc.browser().signs_in()

    assert answer.status_code == status
    assert "/token" not in oidc.provider.told


async def test_a_token_that_is_not_believed_lets_nobody_in(oidc: OidcHouse) -> None:
    browser = oidc.browser()
    oidc.provider.claims = {"nonce": "of another browser"}

    answer = await browser.signs_in()

    assert (answer.status_code, await browser.name()) == (403, "")


async def test_a_provider_that_is_away_says_so_and_passwords_still_open_the_house(
    oidc: OidcHouse,
) -> None:
    browser = oidc.browser()
    back = browser.visits(await browser.is_sent())
    oidc.provider.status = 500

    there = await browser.comes_back(back)
    oidc.scene.clock.advance(3601)
    begun = await browser.http.post("/api/v1/sessions/provider", headers=OUR_PAGE)
    by_password = await browser.http.post("/api/v1/sessions", json=RIGHT, headers=OUR_PAGE)

    assert (there.status_code, begun.status_code) == (503, 503)
    assert "单位账号的服务没有应答" in there.text
    assert begun.json()["type"] == "ProviderAway"
    assert (by_password.status_code, await browser.name()) == (204, "li")


async def test_nobody_comes_to_have_an_account_by_signing_in(oidc: OidcHouse) -> None:
    before = len(await oidc.scene.all(Staff))
    oidc.provider.username = "nobody"
    browser = oidc.browser()

    answer = await browser.signs_in()

    assert len(await oidc.scene.all(Staff)) == before
    assert (answer.status_code, await browser.name()) == (403, "")
    assert "这里没有您的账号" in answer.text


async def test_who_is_switched_off_stays_out_and_is_told_the_same_as_nobody(
    oidc: OidcHouse,
) -> None:
    oidc.provider.username = "nobody"
    nobody = await oidc.browser().signs_in()
    await oidc.scene.change(Staff, "li", active=False)
    oidc.provider.username = "li"

    answer = await oidc.browser().signs_in()

    assert (answer.status_code, answer.text) == (nobody.status_code, nobody.text)


async def has_a_phone(oidc: OidcHouse, username: str) -> str:
    """A second factor of ours. Returns its secret."""
    house, at = oidc.scene.house, oidc.scene.clock.now()
    async with house.database.work() as work:
        secret = await begin_factor(work, house.vault, username, at=at)
        await confirm_factor(work, house.vault, username, pyotp.TOTP(secret).at(at), at=at)
    oidc.scene.clock.advance(60)
    return secret


async def test_our_second_factor_is_asked_for_where_the_provider_had_but_one(
    oidc: OidcHouse,
) -> None:
    secret = await has_a_phone(oidc, "li")
    browser = oidc.browser()
    oidc.provider.claims = {"amr": ["pwd"]}

    answer = await browser.signs_in()
    before = await browser.name()
    code = pyotp.TOTP(secret).at(oidc.scene.clock.now())
    done = await browser.http.post("/api/v1/sessions/code", json={"code": code}, headers=OUR_PAGE)

    assert (answer.status_code, before) == (200, "")
    assert 'content="0; url=/login#code"' in answer.text
    assert (done.status_code, await browser.name()) == (204, "li")


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "mfa"}], ids=str)
async def test_two_factors_at_the_provider_are_enough(
    oidc: OidcHouse, claims: dict[str, Any]
) -> None:
    await has_a_phone(oidc, "li")
    browser = oidc.browser()
    oidc.provider.claims = claims

    await browser.signs_in()

    assert await browser.name() == "li"


async def test_where_no_word_of_the_provider_counts_ours_is_asked_for(oidc: OidcHouse) -> None:
    house = oidc.with_settings(oidc_second_factor="", second_factor="everybody")
    browser = house.browser()
    oidc.provider.claims = {"amr": ["mfa"], "acr": ""}

    answer = await browser.signs_in()

    assert 'content="0; url=/login#enrol"' in answer.text
    assert await browser.name() == ""


# ── passwords ───────────────────────────────────────────────────────────────────────────────────


async def test_passwords_may_be_switched_off(oidc: OidcHouse) -> None:
    house = oidc.with_settings(oidc_passwords=False)
    browser = house.browser()

    session = await browser.http.post("/api/v1/sessions", json=RIGHT, headers=OUR_PAGE)
    token = await browser.http.post("/api/v1/tokens", json=RIGHT)
    invites = await house.scene.person("root").asks("POST", "/accounts/li/invitation")
    page = await browser.http.get("/login")

    assert [one.json()["type"] for one in (session, token, invites)] == ["PasswordsOff"] * 3
    assert 'data-testid="provider"' in page.text
    assert 'data-step="password" hidden' in page.text
    await browser.signs_in()
    proof = await browser.http.post(
        "/api/v1/me/confirm", json={"proof": PASSWORD}, headers=OUR_PAGE
    )
    assert proof.json()["type"] == "PasswordsOff"


async def test_without_a_provider_there_is_no_button_and_no_way(oidc: OidcHouse) -> None:
    house = oidc.with_settings(oidc_issuer="", oidc_client_id="")
    browser = house.browser()

    page = await browser.http.get("/login")
    begun = await browser.http.post("/api/v1/sessions/provider", headers=OUR_PAGE)
    back = await browser.comes_back(f"{SITE}{BACK}?state=s&code=c")

    assert 'data-testid="provider"' not in page.text
    assert (begun.status_code, back.status_code) == (404, 404)


# ── signing out, and saying again who one is ────────────────────────────────────────────────────


async def test_who_signs_out_here_is_asked_by_the_provider_the_next_time(oidc: OidcHouse) -> None:
    """Several people take turns at one desk, and the provider still knows the last one."""
    browser = oidc.browser()
    await browser.signs_in()
    first = oidc.provider.asked[-1]

    await browser.http.delete("/api/v1/sessions/current", headers=OUR_PAGE)
    out = await browser.name()
    await browser.signs_in()

    assert out == ""
    assert "prompt" not in first
    assert (oidc.provider.asked[-1]["prompt"], oidc.provider.asked[-1]["max_age"]) == ("login", "0")
    assert await browser.name() == "li"


async def confirms(oidc: OidcHouse, **claims: Any) -> tuple[int, int]:
    """Somebody who must prove again, does it at the provider. Returns both statuses."""
    browser = oidc.browser()
    oidc.provider.claims = {}
    oidc.provider.username = "root"
    await browser.signs_in()
    oidc.scene.clock.advance(int(CONFIRMED_FOR.total_seconds()) + 1)
    oidc.provider.claims = claims
    back = await browser.signs_in("/api/v1/me/confirm/provider")
    act = await browser.http.post("/api/v1/me/recovery-codes", headers=OUR_PAGE)
    return back.status_code, act.status_code


async def test_somebody_proves_again_at_the_provider_that_it_is_them(oidc: OidcHouse) -> None:
    assert await confirms(oidc) == (200, 409), "it goes on: there is no phone to make codes for"
    assert oidc.provider.asked[-1]["prompt"] == "login"


OLD_OR_ANOTHERS: list[dict[str, Any]] = [
    {"auth_time": None},
    {"auth_time": 1},
    {"preferred_username": "li"},
    {"preferred_username": "nobody"},
    {"nonce": "x"},
]


async def test_a_proof_that_is_old_or_another_persons_confirms_nothing(oidc: OidcHouse) -> None:
    for claims in OLD_OR_ANOTHERS:
        assert await confirms(oidc, **claims) == (403, 403), claims


async def test_a_proof_confirms_no_session_that_has_ended_meanwhile(oidc: OidcHouse) -> None:
    browser = oidc.browser()
    await browser.signs_in()
    back = browser.visits(await browser.is_sent("/api/v1/me/confirm/provider"))
    await browser.http.delete("/api/v1/sessions/current", headers=OUR_PAGE)

    answer = await browser.comes_back(back)

    assert (answer.status_code, await browser.name()) == (403, "")


async def test_a_proof_at_the_provider_gives_the_browser_a_new_token(oidc: OidcHouse) -> None:
    browser = oidc.browser()
    await browser.signs_in()
    before = {row.token_hash for row in await oidc.scene.all(StaffSession)}

    await browser.signs_in("/api/v1/me/confirm/provider")

    after = {row.token_hash for row in await oidc.scene.all(StaffSession)}
    assert len(before - after) == len(after - before) == 1
    assert await browser.name() == "li"


async def test_only_our_own_page_sends_a_browser_to_the_provider(oidc: OidcHouse) -> None:
    bare = await oidc.browser().http.post("/api/v1/sessions/provider")
    elsewhere = await oidc.browser().http.post(
        "/api/v1/sessions/provider", headers={"X-Hotline": "1", "Sec-Fetch-Site": "cross-site"}
    )

    assert (bare.status_code, elsewhere.status_code) == (403, 403)
    assert await oidc.scene.all(ProviderSignIn) == []
