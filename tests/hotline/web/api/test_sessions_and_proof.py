"""Where one is signed in, ended by oneself; and who it is, asked again before what reaches far."""

import asyncio
from typing import Any

import pytest

from hotline.staff.delays import MOST_WRONG_OF_DEVICE
from hotline.staff.revocation import note_changes
from hotline.staff.sign_in import MOST_SESSIONS
from hotline.storage.tables import Staff, StaffSession
from hotline.web.auth import CONFIRMED_FOR
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, ApiScene, Person

pytestmark = pytest.mark.anyio

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
NEW = "seven green umbrellas dance"


async def signs_in_elsewhere(scene: ApiScene, username: str) -> str:
    """With a browser of its own. Returns the cookie."""
    body = {"username": username, "password": PASSWORD}
    headers = {**OUR_PAGE, "User-Agent": WINDOWS}
    answer = await scene.http.post("/api/v1/sessions", json=body, headers=headers)
    cookie = answer.cookies["__Host-hotline_session"]
    scene.http.cookies.clear()
    return cookie


async def still_in(scene: ApiScene, cookie: str) -> bool:
    answer = await scene.http.get(
        "/api/v1/me", headers={"Cookie": f"__Host-hotline_session={cookie}"}
    )
    return answer.status_code == 200


async def test_one_sees_where_one_is_signed_in_and_since_when(scene: ApiScene, li: Person) -> None:
    await signs_in_elsewhere(scene, "li")
    scene.clock.advance(120)

    shown = await li.gets("/me/sessions")

    assert [(one["here"], one["device"]) for one in shown] == [
        (True, ""),
        (False, "Chrome / Windows"),
    ]
    assert shown[0]["seen_at"] > shown[1]["seen_at"]
    assert "127.0.0.1" not in str(shown)


async def test_a_session_ends_at_once_when_its_owner_ends_it(scene: ApiScene, li: Person) -> None:
    elsewhere = await signs_in_elsewhere(scene, "li")
    other = next(one for one in await li.gets("/me/sessions") if not one["here"])

    await li.does("DELETE", f"/me/sessions/{other['id']}")

    assert not await still_in(scene, elsewhere)
    assert (await li.asks("GET", "/me")).status_code == 200


async def test_nobody_ends_a_session_of_somebody_else(
    scene: ApiScene, li: Person, chen: Person
) -> None:
    mine = (await li.gets("/me/sessions"))[0]["id"]

    answers = [
        await chen.asks("DELETE", f"/me/sessions/{name}") for name in (mine, "%25", mine[:5])
    ]

    assert [one.status_code for one in answers] == [404] * 3
    assert (await li.asks("GET", "/me")).status_code == 200


async def test_all_other_sessions_end_and_this_one_goes_on(scene: ApiScene, li: Person) -> None:
    others = [await signs_in_elsewhere(scene, "li") for _ in range(2)]
    chens = await signs_in_elsewhere(scene, "chen")

    await li.does("POST", "/me/sessions/end-others")

    assert [await still_in(scene, one) for one in others] == [False, False]
    assert await still_in(scene, chens)
    assert len(await li.gets("/me/sessions")) == 1


async def test_a_new_password_wants_the_old_one_and_ends_all_but_this_session(
    scene: ApiScene, li: Person
) -> None:
    elsewhere = await signs_in_elsewhere(scene, "li")

    refused = await li.asks("POST", "/me/password", {"old": "not it", "password": NEW})
    weak = await li.asks("POST", "/me/password", {"old": PASSWORD, "password": "123456789012"})
    before = await still_in(scene, elsewhere)
    await li.does("POST", "/me/password", {"old": PASSWORD, "password": NEW})

    assert (refused.status_code, refused.json()["type"]) == (401, "WrongPassword")
    assert (weak.status_code, before) == (422, True)
    assert not await still_in(scene, elsewhere)
    assert (await li.asks("GET", "/me")).status_code == 200
    new = await scene.http.post("/api/v1/tokens", json={"username": "li", "password": NEW})
    assert new.status_code == 200


async def test_a_password_is_judged_by_the_rule_that_will_refuse_it(li: Person) -> None:
    short = await li.does("POST", "/me/password/judge", {"password": "short"})
    good = await li.does("POST", "/me/password/judge", {"password": NEW})

    assert (short["good"], good) == (False, {"good": True, "advice": ""})
    assert "12" in short["advice"]


FAR: list[tuple[str, str, Any]] = [
    ("POST", "/configuration", {"base": 1}),
    ("POST", "/configuration/undo", {"base": 1, "number": 1}),
    ("POST", "/accounts/li/invitation", None),
    ("DELETE", "/accounts/li/sessions", None),
    ("DELETE", "/accounts/li/second-factor", None),
    ("POST", "/accounts/li/disable", None),
    ("POST", "/accounts/li/enable", None),
    ("POST", "/me/second-factor", None),
    ("POST", "/me/second-factor/confirm", {"code": "123456"}),
    ("DELETE", "/me/second-factor", None),
    ("POST", "/me/recovery-codes", None),
]


@pytest.mark.parametrize(("method", "path", "body"), FAR)
async def test_what_reaches_far_asks_again_who_it_is_after_ten_minutes(
    scene: ApiScene, method: str, path: str, body: Any
) -> None:
    root = scene.person("root")
    scene.clock.advance(int(CONFIRMED_FOR.total_seconds()) + 1)

    refused = await root.asks(method, path, body)
    await root.does("POST", "/me/confirm", {"proof": PASSWORD})
    after = await root.asks(method, path, body)

    told = refused.json()
    assert (refused.status_code, told["type"], told["code"]) == (
        403,
        "ConfirmIdentity",
        "confirm_identity",
    )
    assert "ConfirmIdentity" not in after.text


async def test_who_may_not_do_it_at_all_is_not_asked_who_they_are(
    scene: ApiScene, li: Person
) -> None:
    scene.clock.advance(3600)

    answer = await li.asks("POST", "/accounts/chen/disable")

    assert answer.json()["type"] == "Forbidden"


async def test_a_proof_is_good_for_the_session_that_gave_it_alone(scene: ApiScene) -> None:
    root = scene.person("root")
    cookie = await signs_in_elsewhere(scene, "root")
    scene.clock.advance(3600)

    await root.does("POST", "/me/confirm", {"proof": PASSWORD})

    headers = {**OUR_PAGE, "Cookie": f"__Host-hotline_session={cookie}"}
    answer = await scene.http.post("/api/v1/accounts/li/disable", headers=headers)
    assert answer.json()["type"] == "ConfirmIdentity"


async def test_whoever_sits_at_an_open_browser_cannot_guess_for_long(
    scene: ApiScene, li: Person
) -> None:
    guesses = [
        await li.asks("POST", "/me/confirm", {"proof": f"guess {n}"})
        for n in range(MOST_WRONG_OF_DEVICE)
    ]

    over = await li.asks("POST", "/me/confirm", {"proof": PASSWORD})
    elsewhere = await signs_in_elsewhere(scene, "li")

    assert [one.status_code for one in guesses] == [401] * MOST_WRONG_OF_DEVICE
    assert (over.status_code, over.json()["type"]) == (429, "TooManyTries")
    assert await still_in(scene, elsewhere), "the way in is another count"


async def test_that_a_session_is_used_is_written_down_once_a_minute(
    scene: ApiScene, li: Person
) -> None:
    began = scene.clock.now()

    scene.clock.advance(30)
    await li.gets("/me")
    soon = next(one for one in await scene.all(StaffSession) if one.staff_id == "li").seen_at
    scene.clock.advance(30)
    await li.gets("/me")
    later = next(one for one in await scene.all(StaffSession) if one.staff_id == "li").seen_at

    assert (soon, later) == (began, scene.clock.now())


async def with_cookie(scene: ApiScene, cookie: str, path: str) -> Any:
    """A command of that browser."""
    headers = {**OUR_PAGE, "Cookie": f"__Host-hotline_session={cookie}"}
    answer = await scene.http.post(f"/api/v1{path}", json={"proof": PASSWORD}, headers=headers)
    scene.http.cookies.clear()
    return answer


async def test_a_browser_that_proves_who_it_is_signs_with_a_new_token(scene: ApiScene) -> None:
    old = await signs_in_elsewhere(scene, "li")

    answer = await with_cookie(scene, old, "/me/confirm")
    new = answer.cookies["__Host-hotline_session"]
    under_way = await still_in(scene, old)
    scene.clock.advance(31)

    flags = answer.headers["set-cookie"].lower()
    assert all(flag in flags for flag in ("httponly", "secure", "samesite=strict", "path=/"))
    assert under_way, "what was asked a moment before is still answered"
    assert (await still_in(scene, old), await still_in(scene, new)) == (False, True)


async def test_two_windows_that_prove_at_once_keep_one_token_between_them(scene: ApiScene) -> None:
    old = await signs_in_elsewhere(scene, "li")

    first = await with_cookie(scene, old, "/me/confirm")
    second = await with_cookie(scene, old, "/me/confirm")
    scene.clock.advance(31)

    assert (first.status_code, second.status_code) == (204, 204)
    assert "set-cookie" not in second.headers
    assert await still_in(scene, first.cookies["__Host-hotline_session"])


async def test_the_old_token_of_a_renewed_session_still_signs_out(scene: ApiScene) -> None:
    old = await signs_in_elsewhere(scene, "li")
    new = (await with_cookie(scene, old, "/me/confirm")).cookies["__Host-hotline_session"]

    headers = {**OUR_PAGE, "Cookie": f"__Host-hotline_session={old}"}
    await scene.http.delete("/api/v1/sessions/current", headers=headers)

    assert not await still_in(scene, new)


async def test_software_keeps_the_token_that_it_was_told(scene: ApiScene, li: Person) -> None:
    await li.does("POST", "/me/confirm", {"proof": PASSWORD})
    scene.clock.advance(31)

    assert (await li.asks("GET", "/me")).status_code == 200


async def test_a_new_role_wants_a_proof_before_what_reaches_far(
    scene: ApiScene, li: Person
) -> None:
    async with scene.house.database.work() as work:
        staff = await work.get_one(Staff, "li")
        staff.roles = ["counselor", "admin"]
        await note_changes(work, staff, {"roles"})

    refused = await li.asks("POST", "/accounts/chen/disable")
    await li.does("POST", "/me/confirm", {"proof": PASSWORD})
    after = await li.asks("POST", "/accounts/chen/disable")

    assert refused.json()["type"] == "ConfirmIdentity"
    assert after.status_code == 204


async def test_the_browsers_that_were_used_least_recently_give_way(
    scene: ApiScene, li: Person
) -> None:
    browsers = []
    for _ in range(MOST_SESSIONS["cookie"] + 1):
        browsers.append(await signs_in_elsewhere(scene, "li"))
        scene.clock.advance(61)
        await still_in(scene, browsers[0])  # a talk goes on there
    others = await signs_in_elsewhere(scene, "chen")

    told = [await still_in(scene, one) for one in browsers]

    assert told == [True, False] + [True] * (MOST_SESSIONS["cookie"] - 1)
    assert await still_in(scene, others)
    assert (await li.asks("GET", "/me")).status_code == 200, "software is counted by itself"


async def test_many_who_come_in_at_once_are_no_more_than_may_be(scene: ApiScene) -> None:
    await asyncio.gather(*(signs_in_elsewhere(scene, "li") for _ in range(8)))

    cookies = [one for one in await scene.all(StaffSession) if one.kind == "cookie"]
    assert len(cookies) == MOST_SESSIONS["cookie"]
