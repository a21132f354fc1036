"""Tokens, cookies, seats, and how long each is good for."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from hotline.callcontrol.sweep import forget_old
from hotline.settings import Settings
from hotline.staff.delays import FREE_TRIES
from hotline.staff.passwords import set_password
from hotline.storage.session import Database
from hotline.storage.tables import Presence, Staff, StaffSession
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import (
    OUR_PAGE,
    PASSWORD,
    ApiScene,
    Person,
    client_of,
    house_on,
    token_of,
)

pytestmark = pytest.mark.anyio

RIGHT = {"username": "li", "password": PASSWORD}
WRONG = {"username": "li", "password": "not the password"}


async def opens(http: httpx.AsyncClient, path: str, body: dict[str, str]) -> httpx.Response:
    return await http.post(path, json=body, headers=OUR_PAGE)


async def test_a_token_opens_the_api_until_twelve_hours_are_over(scene: ApiScene) -> None:
    await scene.change(Presence, "li", state="ready", call_id=None)
    told = (await scene.http.post("/api/v1/tokens", json=RIGHT)).json()
    headers = {"Authorization": f"Bearer {told['token']}"}

    scene.clock.advance(12 * 3600 - 1)
    before = await scene.http.get("/api/v1/me", headers=headers)
    scene.clock.advance(1)
    after = await scene.http.get("/api/v1/me", headers=headers)

    assert before.json()["username"] == "li"
    assert (after.status_code, after.json()["type"]) == (401, "NotSignedIn")


FLAG = {"level": "imminent", "client_key": "k"}
RECORD = {"contact_type": "self", "disposition": "listened"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/calls/call/flags", FLAG),
        ("POST", "/calls/call/hold", None),
        ("PUT", "/calls/call/record", RECORD),
        ("GET", "/me/softphone", None),
        ("POST", "/calls/call/end", None),
    ],
)
async def test_nobody_is_signed_out_of_a_live_talk(
    scene: ApiScene, li: Person, method: str, path: str, body: dict[str, str] | None
) -> None:
    scene.clock.advance(12 * 3600 + 60)
    await forget_old(scene.house.database, at=scene.clock.now())

    answer = await li.asks(method, path, body)

    assert answer.is_success, answer.text


@pytest.mark.parametrize("state", ["offered", "wrapping_up"])
async def test_nobody_is_signed_out_while_it_rings_or_before_the_record_is_done(
    scene: ApiScene, li: Person, state: str
) -> None:
    await scene.change(Presence, "li", state=state)

    scene.clock.advance(13 * 3600)

    assert (await li.asks("GET", "/me")).status_code == 200


async def test_a_session_past_its_age_ends_when_the_talk_and_its_record_do(
    scene: ApiScene, li: Person
) -> None:
    scene.clock.advance(13 * 3600)
    await li.does("POST", "/calls/call/end")
    in_record = (await li.asks("GET", "/me")).status_code

    await li.does("PUT", "/calls/call/record", {**RECORD, "ready": True})

    assert (in_record, (await li.asks("GET", "/me")).status_code) == (200, 401)
    await forget_old(scene.house.database, at=scene.clock.now())
    await scene.change(Presence, "li", state="talking", call_id="call")
    assert (await li.asks("GET", "/me")).status_code == 401, "no talk brings it back"


async def test_a_session_past_its_age_of_somebody_without_a_talk_is_over(
    scene: ApiScene, chen: Person
) -> None:
    scene.clock.advance(12 * 3600)

    assert (await chen.asks("GET", "/me")).status_code == 401


async def test_nothing_in_the_database_opens_a_session(scene: ApiScene) -> None:
    token = (await scene.http.post("/api/v1/tokens", json=RIGHT)).json()["token"]

    kept = [row.model_dump_json() for row in await scene.all(StaffSession)]

    assert len(token) >= 43
    assert not any(token in row for row in kept)


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(scene: ApiScene) -> None:
    wrong = await scene.http.post("/api/v1/tokens", json=WRONG)
    nobody = await scene.http.post("/api/v1/tokens", json={**WRONG, "username": "nobody"})

    assert wrong.status_code == 401
    assert (wrong.status_code, wrong.json()) == (nobody.status_code, nobody.json())


async def test_somebody_who_was_switched_off_is_out_at_once(scene: ApiScene, li: Person) -> None:
    await scene.change(Staff, "li", active=False)

    assert (await li.asks("GET", "/me")).status_code == 401
    assert (await scene.http.post("/api/v1/tokens", json=RIGHT)).status_code == 401


async def test_a_new_password_signs_everybody_out_who_came_with_the_old_one(
    scene: ApiScene, li: Person, chen: Person
) -> None:
    async with scene.house.database.work() as work:
        await set_password(work, "li", "another good password")

    assert (await li.asks("GET", "/me")).status_code == 401
    assert (await chen.asks("GET", "/me")).status_code == 200


async def test_after_some_wrong_passwords_a_name_must_wait_and_then_may_come_in(
    scene: ApiScene,
) -> None:
    for _ in range(FREE_TRIES):
        assert (await scene.http.post("/api/v1/tokens", json=WRONG)).status_code == 401

    too_soon = await scene.http.post("/api/v1/tokens", json=RIGHT)
    another = await scene.http.post("/api/v1/tokens", json={**RIGHT, "username": "chen"})
    scene.clock.advance(2)
    in_time = await scene.http.post("/api/v1/tokens", json=RIGHT)

    assert (too_soon.status_code, too_soon.json()["type"]) == (429, "TooManyTries")
    assert "Wait 2 s" in too_soon.json()["detail"]
    assert (another.status_code, in_time.status_code) == (200, 200)


async def test_whoever_knows_the_password_may_come_in_as_often_as_they_like(
    scene: ApiScene,
) -> None:
    tries = 2 * FREE_TRIES

    answers = [await scene.http.post("/api/v1/tokens", json=RIGHT) for _ in range(tries)]

    assert [answer.status_code for answer in answers] == [200] * tries


async def test_many_guesses_at_once_count_as_many(scene: ApiScene) -> None:
    answers = await asyncio.gather(
        *(scene.http.post("/api/v1/tokens", json=WRONG) for _ in range(20))
    )

    found = sorted(answer.status_code for answer in answers)
    assert found == [401] * FREE_TRIES + [429] * (20 - FREE_TRIES)


async def test_the_browsers_cookie_is_for_this_host_and_no_script(scene: ApiScene) -> None:
    answer = await opens(scene.http, "/api/v1/sessions", RIGHT)

    flags = answer.headers["set-cookie"].lower()
    assert flags.startswith("__host-hotline_session=")
    assert all(flag in flags for flag in ("httponly", "secure", "samesite=strict", "path=/"))
    assert "domain" not in flags
    assert (await scene.http.get("/api/v1/me")).json()["username"] == "li"


async def test_after_signing_out_the_old_cookie_opens_nothing(scene: ApiScene) -> None:
    await opens(scene.http, "/api/v1/sessions", RIGHT)
    old = dict(scene.http.cookies)

    await scene.http.delete("/api/v1/sessions/current", headers=OUR_PAGE)

    assert not scene.http.cookies
    scene.http.cookies.update(old)
    assert (await scene.http.get("/api/v1/me")).status_code == 401


async def test_a_bearer_token_needs_no_page_of_ours(scene: ApiScene) -> None:
    headers = {"Authorization": f"Bearer {token_of('li')}", "Sec-Fetch-Site": "cross-site"}

    answer = await scene.http.post("/api/v1/calls/call/hold", headers=headers)

    assert answer.status_code == 204


@pytest.fixture
async def demo(scene: ApiScene, database: Database, clock: FakeClock) -> AsyncIterator[ApiScene]:
    """The same house as the guided demo shows it: on loopback, with a simulated carrier."""
    settings = Settings(bind="127.0.0.1:8000", demo=True, simulator_url="http://127.0.0.1:9000/")
    house = house_on(database, clock, settings)
    app = create_app(house)
    async with client_of(app, "http://127.0.0.1:8000") as http:
        yield ApiScene(house, clock, app, http)


async def test_one_browser_holds_several_seats_in_the_demo(demo: ApiScene) -> None:
    for seat, username in (("desk", "li"), ("floor", "he")):
        body = {"username": username, "password": PASSWORD}
        assert (await opens(demo.http, f"/seat/{seat}/api/v1/sessions", body)).is_success

    desk = await demo.http.get("/seat/desk/api/v1/me")
    floor = await demo.http.get("/seat/floor/api/v1/me")
    nobody = await demo.http.get("/api/v1/me")

    assert (desk.json()["username"], floor.json()["username"]) == ("li", "he")
    assert nobody.status_code == 401


async def test_a_seat_changes_things_only_for_our_own_page(demo: ApiScene) -> None:
    await opens(demo.http, "/seat/desk/api/v1/sessions", RIGHT)

    bare = await demo.http.post("/seat/desk/api/v1/calls/call/hold")
    ours = await demo.http.post("/seat/desk/api/v1/calls/call/hold", headers=OUR_PAGE)

    assert (bare.status_code, ours.status_code) == (403, 204)


async def test_there_are_no_seats_outside_the_demo(scene: ApiScene) -> None:
    answer = await scene.http.get("/seat/desk/api/v1/me")

    assert answer.status_code == 404


async def test_only_the_demo_lets_the_simulator_in(scene: ApiScene, demo: ApiScene) -> None:
    real = await scene.http.get("/api/v1/me")
    shown = await demo.http.get("/api/v1/me")

    strict, open_ = (it.headers["content-security-policy"].split("; ") for it in (real, shown))
    assert "script-src 'self'" in strict
    assert "frame-ancestors 'self'" in strict
    assert "script-src 'self' http://127.0.0.1:9000" in open_
    assert any("ws://127.0.0.1:9000" in part for part in open_ if part.startswith("connect-src"))
    assert any("wss://voice-js.roaming.twilio.com" in part for part in strict)


async def test_every_answer_of_the_api_is_kept_by_nobody(scene: ApiScene, li: Person) -> None:
    for answer in (await li.asks("GET", "/me"), await scene.http.get("/api/v1/me")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
