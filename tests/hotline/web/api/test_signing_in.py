"""Tokens, cookies, seats, and how long each is good for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI

from hotline.callcontrol.sweep import forget_old
from hotline.settings import Settings
from hotline.staff.delays import FREE_TRIES, MOST_WRONG
from hotline.staff.devices import Devices
from hotline.staff.passwords import set_password
from hotline.staff.sign_in import SignInDesk
from hotline.storage.session import Database
from hotline.storage.tables import Presence, Staff, StaffSession
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import (
    OUR_PAGE,
    PASSWORD,
    SITE,
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
RECORD = {"contact_type": "self", "disposition": "listened", "narrative": "…"}


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


@dataclass
class TwoProcesses:
    """An installation of two processes, which people reach from addresses of their own."""

    scene: ApiScene
    apps: list[FastAPI]
    waited: list[float] = field(default_factory=list)

    def browser(self, address: str, *, process: int = 0) -> httpx.AsyncClient:
        """A browser that has never been here."""
        transport = httpx.ASGITransport(self.apps[process], client=(address, 40000))
        return httpx.AsyncClient(transport=transport, base_url=SITE, headers=OUR_PAGE)

    async def guesses(self, times: int, *, address: str = "", username: str = "li") -> list[int]:
        """Wrong passwords, at both processes in turn; each from an address of its own, or one."""
        told = []
        for number in range(times):
            place = address or f"198.51.{number // 250}.{number % 250}"
            async with self.browser(place, process=number % 2) as http:
                answer = await http.post("/api/v1/tokens", json={**WRONG, "username": username})
            told.append(answer.status_code)
        return told


@pytest.fixture
async def installation(scene: ApiScene) -> TwoProcesses:
    """A wait is noted instead of waited."""
    settings = Settings(public_url=SITE, secret_key="a key of the house")
    backend = house_on(scene.house.database, scene.clock, settings)
    made = TwoProcesses(scene, [create_app(backend), create_app(backend)])

    async def wait(seconds: float) -> None:
        made.waited.append(seconds)

    for app in made.apps:
        app.state.sign_in_desk = SignInDesk(
            database=backend.database,
            clock=scene.clock,
            devices=Devices(settings.secret_key),
            wait=wait,
        )
    return made


OWN, OTHER = "203.0.113.7", "203.0.113.8"


async def test_the_right_password_comes_in_whoever_guesses_at_the_name(
    installation: TwoProcesses,
) -> None:
    told = await installation.guesses(FREE_TRIES + 4)

    async with installation.browser(OWN) as own:
        answer = await opens(own, "/api/v1/sessions", RIGHT)

    assert told == [401] * len(told)
    assert answer.status_code == 204
    assert installation.waited == [1, 2, 4, 4, 4]


async def test_a_sender_of_many_guesses_is_refused_by_every_process(
    installation: TwoProcesses,
) -> None:
    told = await installation.guesses(MOST_WRONG + 2, address=OTHER)

    async with installation.browser(OTHER) as same, installation.browser(OWN) as own:
        refused = await opens(same, "/api/v1/sessions", RIGHT)
        welcome = await opens(own, "/api/v1/sessions", RIGHT)

    assert told == [401] * MOST_WRONG + [429] * 2
    assert (refused.status_code, refused.json()["type"]) == (429, "TooManyTries")
    assert welcome.status_code == 204


async def test_a_browser_that_was_here_before_comes_in_at_once_beside_a_guesser(
    installation: TwoProcesses,
) -> None:
    async with installation.browser(OWN) as own:
        await opens(own, "/api/v1/sessions", RIGHT)
        await installation.guesses(MOST_WRONG + 1, address=OWN)
        installation.waited.clear()

        again = await opens(own, "/api/v1/sessions", {**RIGHT, "username": "ＬＩ"})
        for_another = await opens(own, "/api/v1/sessions", {**RIGHT, "username": "chen"})

    assert (again.status_code, for_another.status_code) == (204, 429)
    assert installation.waited == []


async def test_a_new_password_makes_the_old_devices_strangers(installation: TwoProcesses) -> None:
    async with installation.browser(OWN) as own:
        await opens(own, "/api/v1/sessions", RIGHT)
        async with installation.scene.house.database.work() as work:
            await set_password(work, "li", "another good password")
        await installation.guesses(MOST_WRONG, address=OWN)

        answer = await opens(
            own, "/api/v1/sessions", {**RIGHT, "password": "another good password"}
        )

    assert answer.status_code == 429


async def test_whoever_knows_the_password_may_come_in_as_often_as_they_like(
    installation: TwoProcesses,
) -> None:
    tries = 2 * FREE_TRIES

    async with installation.browser(OWN) as own:
        answers = [await own.post("/api/v1/tokens", json=RIGHT) for _ in range(tries)]

    assert [answer.status_code for answer in answers] == [200] * tries
    assert installation.waited == []


async def test_many_guesses_at_once_count_as_many(installation: TwoProcesses) -> None:
    async with installation.browser(OTHER) as http:
        asked = [http.post("/api/v1/tokens", json=WRONG) for _ in range(10)]
        answers = await asyncio.gather(*asked)

    assert [answer.status_code for answer in answers] == [401] * 10
    assert sorted(installation.waited) == [1, 2, 4, 4, 4]


@pytest.mark.parametrize("username", ["LI", "Li", "ｌｉ", "ＬＩ", " li "])
async def test_a_name_is_the_same_in_every_case_and_width(
    installation: TwoProcesses, username: str
) -> None:
    async with installation.browser(OWN) as own:
        answer = await own.post("/api/v1/tokens", json={**RIGHT, "username": username})

    assert answer.status_code == 200


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
