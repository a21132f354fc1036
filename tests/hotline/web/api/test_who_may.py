"""Who may do what: every endpoint × every role, and what an unsigned or foreign page may not."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from hotline.web.api import calls, escalations, floor, live, me, records, sessions
from hotline.web.deps import open_work
from hotline.web.idempotency import IdempotentRoute, open_command_work
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, PEOPLE, ApiScene

pytestmark = pytest.mark.anyio

EVERYBODY = frozenset(PEOPLE)
COUNSELORS = frozenset({"li", "chen"})
DESKS = COUNSELORS | {"he"}
OFFICERS = frozenset({"tianhe", "haizhu", "he"})

# Written by hand: what stands here is the promise, whatever the code says.
MAY: dict[tuple[str, str], frozenset[str]] = {
    ("DELETE", "/sessions/current"): EVERYBODY,
    ("GET", "/me"): EVERYBODY,
    ("PUT", "/me/presence"): COUNSELORS,
    ("GET", "/me/softphone"): COUNSELORS,
    ("POST", "/offers/{offer_id}/decline"): COUNSELORS,
    ("GET", "/calls/{call_id}"): DESKS,
    ("GET", "/calls/{call_id}/routing"): DESKS,
    ("POST", "/calls/{call_id}/flags"): DESKS,
    ("POST", "/calls/{call_id}/hold"): DESKS,
    ("POST", "/calls/{call_id}/resume"): DESKS,
    ("POST", "/calls/{call_id}/interpreter"): DESKS,
    ("POST", "/calls/{call_id}/end"): DESKS,
    ("PUT", "/calls/{call_id}/record"): DESKS,
    ("GET", "/calls/{call_id}/record"): DESKS,
    ("GET", "/escalations"): EVERYBODY,
    ("GET", "/escalations/{escalation_id}"): OFFICERS,
    ("GET", "/escalations/{escalation_id}/summary"): OFFICERS,
    ("POST", "/escalations/{escalation_id}/acknowledge"): OFFICERS,
    ("POST", "/escalations/{escalation_id}/accept"): OFFICERS,
    ("POST", "/escalations/{escalation_id}/return"): OFFICERS,
    ("POST", "/escalations/{escalation_id}/report"): OFFICERS,
    ("POST", "/escalations/{escalation_id}/close"): OFFICERS,
    ("GET", "/floor"): DESKS,
    ("GET", "/live"): EVERYBODY,
}
OPEN = {("POST", "/tokens"), ("POST", "/sessions")}
ENDLESS = ("GET", "/live")  # tried in test_live.py
LAST = ("DELETE", "/sessions/current")


def endpoints(app: FastAPI) -> Iterator[tuple[str, str]]:
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            yield method.upper(), path.removeprefix("/api/v1")


def address(path: str) -> str:
    return re.sub(r"\{.*?\}", "none", path)


async def test_the_table_of_rights_has_every_endpoint(scene: ApiScene) -> None:
    assert set(endpoints(scene.app)) == MAY.keys() | OPEN


async def test_nobody_who_is_not_signed_in_gets_past_any_endpoint(scene: ApiScene) -> None:
    answers = {
        (method, path): (await scene.http.request(method, f"/api/v1{address(path)}")).status_code
        for method, path in MAY
    }

    assert answers == dict.fromkeys(MAY, 401)


@pytest.mark.parametrize("username", sorted(PEOPLE))
async def test_each_role_may_what_the_table_says_and_nothing_else(
    scene: ApiScene, username: str
) -> None:
    person = scene.person(username)
    wanted = sorted(MAY.keys() - {ENDLESS, LAST})

    answers = {it: await person.asks(it[0], address(it[1])) for it in wanted}

    refused = {it for it, answer in answers.items() if answer.status_code == 403}
    assert refused == {it for it in wanted if username not in MAY[it]}
    assert {answer.status_code for answer in answers.values()} <= {200, 403, 404, 422}


async def test_a_cookie_without_our_header_changes_nothing(scene: ApiScene) -> None:
    credentials = {"username": "he", "password": PASSWORD}
    await scene.http.post("/api/v1/sessions", json=credentials, headers=OUR_PAGE)
    unsafe = [it for it in MAY if it[0] != "GET"]

    answers = [(await scene.http.request(m, f"/api/v1{address(p)}")).status_code for m, p in unsafe]

    assert answers == [403] * len(unsafe)
    assert (await scene.http.get("/api/v1/me")).json()["username"] == "he"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Hotline": "1", "Sec-Fetch-Site": "same-origin"}, 204),
        ({"X-Hotline": "1", "Origin": "https://hotline.test"}, 204),
        ({"X-Hotline": "1", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-Hotline": "1", "Sec-Fetch-Site": "same-site"}, 403),
        ({"X-Hotline": "1", "Origin": "https://hotline.test.evil.example"}, 403),
        ({"X-Hotline": "1", "Origin": "null"}, 403),
        ({"X-Hotline": "1"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "https://hotline.test"}, 403),
        ({}, 403),
    ],
)
async def test_only_our_own_page_may_sign_a_browser_in_or_out(
    scene: ApiScene, headers: dict[str, str], status: int
) -> None:
    credentials = {"username": "he", "password": PASSWORD}

    came = await scene.http.post("/api/v1/sessions", json=credentials, headers=headers)
    await scene.http.post("/api/v1/sessions", json=credentials, headers=OUR_PAGE)
    went = await scene.http.delete("/api/v1/sessions/current", headers=headers)

    assert (came.status_code, went.status_code) == (status, status)


def leaves(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from leaves(one)


def test_every_command_works_in_the_transaction_that_keeps_its_answer() -> None:
    rooms = (calls, escalations, floor, live, me, records)
    routes = [route for room in rooms for route in room.router.routes]
    commands = [it for it in routes if isinstance(it, APIRoute) and "POST" in (it.methods or ())]

    used = {it.path: set(leaves(it.dependant)) for it in commands}

    assert len(commands) == len([it for it in MAY if it[0] == "POST"])
    assert all(isinstance(it, IdempotentRoute) for it in commands)
    assert all(open_command_work in calls and open_work not in calls for calls in used.values())
    assert not any(isinstance(route, IdempotentRoute) for route in sessions.router.routes)
