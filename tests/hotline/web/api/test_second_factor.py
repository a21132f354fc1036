"""A code of one's phone beside the password: set up, asked for, lost, reset."""

import asyncio
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import FastAPI

from hotline.settings import Settings
from hotline.staff.half_way import HALF_LASTS, MOST_CODES
from hotline.staff.model import Role
from hotline.staff.second_factor import RECOVERY_CODES, STEP_S, must_have
from hotline.storage.tables import AccountAct, HalfSignIn, RecoveryCode, SecondFactor, StaffSession
from hotline.web.app import create_app
from tests.hotline.web.api.conftest import (
    OUR_PAGE,
    PASSWORD,
    SITE,
    ApiScene,
    Person,
    client_of,
    house_on,
)

pytestmark = pytest.mark.anyio


def code_of(scene: ApiScene, secret: str, *, steps: int = 0) -> str:
    """What the phone shows now, or so many half minutes later."""
    return pyotp.TOTP(secret).at(int(scene.clock.now().timestamp()) + steps * STEP_S)


async def sets_up(scene: ApiScene, person: Person) -> tuple[str, list[str]]:
    """A second factor, with the phone's last code. Returns its secret, and the recovery codes."""
    secret = (await person.does("POST", "/me/second-factor"))["secret"]
    code = code_of(scene, secret, steps=-1)
    told = await person.does("POST", "/me/second-factor/confirm", {"code": code})
    return secret, told["codes"]


async def signs_in(http: httpx.AsyncClient, username: str) -> httpx.Response:
    """The first step, in a browser."""
    body = {"username": username, "password": PASSWORD}
    return await http.post("/api/v1/sessions", json=body, headers=OUR_PAGE)


async def sends(http: httpx.AsyncClient, code: str, path: str = "code") -> httpx.Response:
    """The second step."""
    return await http.post(f"/api/v1/sessions/{path}", json={"code": code}, headers=OUR_PAGE)


async def is_in(http: httpx.AsyncClient) -> bool:
    return (await http.get("/api/v1/me")).status_code == 200


async def test_the_second_step_wants_a_code_and_opens_nothing_before_it(
    scene: ApiScene, li: Person
) -> None:
    secret, _ = await sets_up(scene, li)

    first = await signs_in(scene.http, "li")
    between = await is_in(scene.http)
    second = await sends(scene.http, code_of(scene, secret))

    assert (first.status_code, first.json()) == (200, {"wants": "code"})
    assert not any("session" in name for name in first.cookies)
    assert not between
    assert second.status_code == 204
    assert await is_in(scene.http)
    assert await scene.all(HalfSignIn) == []


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 401), (0, 204), (1, 204), (2, 401)])
async def test_a_code_counts_for_the_half_minutes_beside_it_and_not_before_the_newest(
    scene: ApiScene, li: Person, steps: int, status: int
) -> None:
    """The one of the half minute before was used to set it up."""
    secret, _ = await sets_up(scene, li)
    await signs_in(scene.http, "li")

    answer = await sends(scene.http, code_of(scene, secret, steps=steps))

    assert answer.status_code == status


async def test_a_code_is_used_once_whoever_saw_it(scene: ApiScene, li: Person) -> None:
    secret, _ = await sets_up(scene, li)
    code = code_of(scene, secret)
    await signs_in(scene.http, "li")
    await sends(scene.http, code)
    scene.http.cookies.clear()

    await signs_in(scene.http, "li")
    again = await sends(scene.http, code)

    assert (again.status_code, again.json()["type"]) == (401, "WrongCode")


async def test_of_two_who_send_one_code_at_once_one_comes_in(scene: ApiScene, li: Person) -> None:
    secret, _ = await sets_up(scene, li)
    code = code_of(scene, secret)
    async with client_of(scene.app) as one, client_of(scene.app) as other:
        await signs_in(one, "li")
        await signs_in(other, "li")

        answers = await asyncio.gather(sends(one, code), sends(other, code))

    assert sorted(answer.status_code for answer in answers) == [204, 401]


async def test_a_recovery_code_opens_once_and_is_told_in_the_list(
    scene: ApiScene, li: Person
) -> None:
    _, codes = await sets_up(scene, li)
    await signs_in(scene.http, "li")
    first = await sends(scene.http, f" {codes[0].upper()} ")
    scene.http.cookies.clear()

    await signs_in(scene.http, "li")
    again = await sends(scene.http, codes[0])
    other = await sends(scene.http, codes[1].replace("-", ""))

    assert len(set(codes)) == RECOVERY_CODES
    assert [one.status_code for one in (first, again, other)] == [204, 401, 204]
    kinds = [one.kind for one in await scene.all(AccountAct)]
    assert kinds == ["factor_set_up", "recovery_code_used", "recovery_code_used"]


async def test_neither_secret_nor_codes_lie_in_the_database(scene: ApiScene, li: Person) -> None:
    secret, codes = await sets_up(scene, li)
    await signs_in(scene.http, "li")

    tables = (SecondFactor, RecoveryCode, HalfSignIn, AccountAct)
    kept = "".join([row.model_dump_json() for table in tables for row in await scene.all(table)])

    assert secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert scene.http.cookies["hotline_half"] not in kept


async def test_a_secret_moved_to_another_account_opens_nothing(
    scene: ApiScene, li: Person, chen: Person
) -> None:
    secret, _ = await sets_up(scene, li)
    await sets_up(scene, chen)
    sealed = (await scene.get(SecondFactor, "li")).secret_sealed
    await scene.change(SecondFactor, "chen", secret_sealed=sealed)
    await signs_in(scene.http, "chen")

    answer = await sends(scene.http, code_of(scene, secret))

    assert not answer.is_success


async def test_after_some_wrong_codes_the_password_is_asked_again(
    scene: ApiScene, li: Person
) -> None:
    secret, _ = await sets_up(scene, li)
    await signs_in(scene.http, "li")
    wrong = [await sends(scene.http, "000000") for _ in range(MOST_CODES)]

    answer = await sends(scene.http, code_of(scene, secret))

    assert [one.json()["type"] for one in wrong] == ["WrongCode"] * MOST_CODES
    assert (answer.status_code, answer.json()["type"]) == (401, "HalfWayOver")


async def test_whoever_knows_the_password_cannot_guess_codes_for_long_anywhere(
    scene: ApiScene, li: Person
) -> None:
    await sets_up(scene, li)
    told = []

    for _ in range(3):
        async with client_of(scene.app) as http:
            await signs_in(http, "li")
            told += [(await sends(http, "000000")).json()["type"] for _ in range(MOST_CODES)]

    assert told == ["WrongCode"] * 10 + ["TooManyTries"] * 5


async def test_a_half_way_is_over_after_ten_minutes_and_with_a_new_password(
    scene: ApiScene, li: Person
) -> None:
    secret, _ = await sets_up(scene, li)
    await signs_in(scene.http, "li")
    scene.clock.advance(int(HALF_LASTS.total_seconds()))
    late = await sends(scene.http, code_of(scene, secret))
    await signs_in(scene.http, "li")
    body = {"old": PASSWORD, "password": "seven green umbrellas dance"}
    await li.does("POST", "/me/password", body)

    changed = await sends(scene.http, code_of(scene, secret))

    assert [one.json()["type"] for one in (late, changed)] == ["HalfWayOver"] * 2


async def test_another_browser_cannot_go_on_where_this_one_stopped(
    scene: ApiScene, li: Person
) -> None:
    secret, _ = await sets_up(scene, li)
    await signs_in(scene.http, "li")
    async with client_of(scene.app) as other:
        answer = await sends(other, code_of(scene, secret))

    assert (answer.status_code, answer.json()["type"]) == (401, "HalfWayOver")


async def test_software_sends_the_code_with_the_password(scene: ApiScene, li: Person) -> None:
    secret, _ = await sets_up(scene, li)
    given = {"username": "li", "password": PASSWORD}

    without = await scene.http.post("/api/v1/tokens", json=given)
    with_it = await scene.http.post("/api/v1/tokens", json={**given, "otp": code_of(scene, secret)})

    assert (without.status_code, without.json()["type"]) == (401, "SecondFactorWanted")
    assert with_it.status_code == 200


@pytest.fixture
def strict(scene: ApiScene) -> FastAPI:
    """The same house where supervisors need a second factor: what a real line begins with."""
    settings = Settings(public_url=SITE)
    return create_app(house_on(scene.house.database, scene.clock, settings))


async def test_who_must_and_has_none_sets_it_up_on_the_way_in(
    scene: ApiScene, strict: FastAPI
) -> None:
    async with client_of(strict) as http:
        first = await signs_in(http, "he")
        before = await is_in(http)
        secret = (await http.post("/api/v1/sessions/factor", headers=OUR_PAGE)).json()
        wrong = await sends(http, "000000", "factor/confirm")
        code = code_of(scene, secret["secret"], steps=-1)
        right = await sends(http, code, "factor/confirm")
        inside = await is_in(http)
        again = await signs_in(http, "he")

    assert first.json() == {"wants": "enrol"}
    assert not before
    assert secret["picture"].startswith("data:image/svg+xml")
    assert (wrong.status_code, right.status_code) == (401, 200)
    assert len(right.json()["codes"]) == RECOVERY_CODES
    assert inside
    assert again.json() == {"wants": "code"}


async def test_nobody_who_was_stopped_half_way_replaces_a_factor_that_counts(
    scene: ApiScene, strict: FastAPI
) -> None:
    await sets_up(scene, scene.person("he"))
    async with client_of(strict) as http:
        await signs_in(http, "he")

        answer = await http.post("/api/v1/sessions/factor", headers=OUR_PAGE)

    assert (answer.status_code, answer.json()["type"]) == (401, "HalfWayOver")


async def test_software_is_told_to_set_it_up_first(strict: FastAPI) -> None:
    async with client_of(strict) as http:
        given = {"username": "root", "password": PASSWORD}
        answer = await http.post("/api/v1/tokens", json=given)
        counselor = await http.post("/api/v1/tokens", json={**given, "username": "li"})

    assert (answer.status_code, answer.json()["type"]) == (403, "SecondFactorToSetUp")
    assert counselor.status_code == 200


@pytest.mark.parametrize(
    ("settings", "who"),
    [
        ({}, {"supervisor", "admin"}),
        ({"demo": True}, set()),
        ({"demo": True, "second_factor": "supervisors"}, {"supervisor", "admin"}),
        ({"second_factor": "off"}, set()),
        ({"second_factor": "everybody"}, {role.value for role in Role}),
    ],
)
def test_who_needs_a_second_factor(settings: dict[str, Any], who: set[str]) -> None:
    wanted = Settings(**settings).who_needs_codes

    assert {role.value for role in Role if must_have(wanted, [role.value])} == who


async def test_who_must_have_one_cannot_turn_it_off(scene: ApiScene, strict: FastAPI) -> None:
    he = scene.person("he")
    await sets_up(scene, he)
    async with client_of(strict) as http:
        answer = await http.delete("/api/v1/me/second-factor", headers=he.headers)

    allowed = await he.asks("DELETE", "/me/second-factor")

    assert (answer.status_code, allowed.status_code) == (409, 204)


async def test_a_code_proves_who_it_is_before_what_reaches_far(scene: ApiScene, li: Person) -> None:
    secret, _ = await sets_up(scene, li)
    scene.clock.advance(3600)
    code = code_of(scene, secret)

    await li.does("POST", "/me/confirm", {"proof": code})
    again = await li.asks("POST", "/me/confirm", {"proof": code})
    codes = await li.does("POST", "/me/recovery-codes")

    assert again.status_code == 401
    assert len(codes["codes"]) == RECOVERY_CODES


async def test_an_administrator_resets_it_and_its_owner_is_told(
    scene: ApiScene, chen: Person
) -> None:
    _, codes = await sets_up(scene, chen)

    await scene.person("root").does("DELETE", "/accounts/chen/second-factor")
    first = await signs_in(scene.http, "chen")
    await scene.http.post("/api/v1/me/told", headers=OUR_PAGE)
    later = await signs_in(scene.http, "chen")

    assert (first.status_code, first.json()) == (200, {"wants": "told"})
    assert later.status_code == 204
    assert await scene.all(RecoveryCode) == []
    assert len(await scene.all(StaffSession)) >= 2
    told = [(one.kind, one.by_id) for one in await scene.all(AccountAct)]
    assert ("factor_removed", "root") in told
    assert codes
