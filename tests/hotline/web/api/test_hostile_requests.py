"""Every route, asked with what no page of ours would send: refused in a sentence, never a fault."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.hotline.web.api.conftest import PASSWORD, ApiScene, Person, scene
from tests.hotline.web.api.described_answers import broken_promise
from tests.hotline.web.api.listening import STREAMS
from tests.hotline.web.api.test_who_may import MAY, address, escalation, routes

pytestmark = pytest.mark.anyio

assert escalation, scene  # fixtures, by name

HUGE = 10**400
DEEP = b"[" * 50_000
ODD_BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a number": str(HUGE).encode(),
    "not a number": b'{"version": NaN, "seconds": Infinity}',
    "cut": b'{"text": "',
    "deep": DEEP,
    "deep below a name": b'{"text":' * 20_000,
    "nul": json.dumps({"text": "a\0b", "proof": "a\0b"}).encode(),
    "half a character": b'{"text": "\\ud800", "password": "\\udfff"}',
    "no UTF-8": b'{"text": "\xff\xfe"}',
    "another encoding": '{"text": "x"}'.encode("utf-16"),
    "twice": b'{"text": "a", "text": "b"}',
}
TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=utf-7",
    "é/\x01",
    "",
)
NOT_ENDING = (
    *STREAMS,
    "/api/v1/sessions/current",
    "/api/v1/me/sessions/end-others",
)


def unsafe() -> list[tuple[str, str]]:
    return [it for it in MAY if it[0] != "GET" and it[1] not in NOT_ENDING]


async def test_no_body_of_any_kind_is_too_much_for_any_command(
    scene: ApiScene, escalation: str
) -> None:
    """Each command by somebody who may give it, so that it is looked at at all."""
    wrong = []
    for method, path in unsafe():
        who = next((one for one, cell in MAY[method, path].items() if cell == "ok"), "root")
        named = scene.person(who).headers.items()
        own = [(key.encode(), value.encode()) for key, value in named]
        for number, (name, body) in enumerate(ODD_BODIES.items()):
            own = [
                (key.encode(), value.encode()) for key, value in scene.person(who).headers.items()
            ]
            headers = [*own, (b"Content-Type", TYPES[number % len(TYPES)].encode())]
            answer = await scene.http.request(
                method, address(path, escalation), content=body, headers=headers
            )
            if answer.status_code >= 500 or (answer.is_error and not answer.json()["detail"]):
                wrong.append((method, path, name, answer.status_code))

    assert wrong == []


async def test_no_number_is_too_large_for_a_question(scene: ApiScene, escalation: str) -> None:
    described, wrong = scene.app.openapi(), []
    for path, operations in described["paths"].items():
        if "get" not in operations or path in NOT_ENDING:
            continue
        named = operations["get"].get("parameters", [])
        for value in (str(HUGE), str(2**63), "-1", "NaN", "", "x" * 5000):
            query = {one["name"]: value for one in named if one["in"] == "query"}
            for who in ("he", "root"):
                answer = await scene.http.get(
                    address(_plain(path), escalation),
                    params=query,
                    headers=scene.person(who).headers,
                )
                promise = broken_promise(described, path, answer)
                if answer.status_code >= 500 or promise:
                    wrong.append((path, value[:20], answer.status_code, promise))

    assert wrong == []


EDGES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
MOMENTS: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]] = {
    ("POST", "/escalations/{id}/rescue"): ("contacted_at", {"agency": "110"}),
    ("POST", "/escalations/{id}/report"): ("done_at", {"text": "x"}),
    ("POST", "/escalations/{id}/on-the-way"): ("done_at", {}),
    ("POST", "/escalations/{id}/contact-made"): ("done_at", {"child": "seen"}),
    ("POST", "/floor/skills"): ("until", {"people": ["li"]}),
    ("POST", "/calls/{id}/record/additions"): ("happened_at", {"words": "x"}),
    ("POST", "/debriefs/{id}/put-off"): ("until", {"why": "shift_ends"}),
    ("POST", "/referrals/{id}/accept"): ("appointment_at", {}),
    ("POST", "/statutory/{id}/reported"): (
        "at", {"agency": "police", "how": "phone", "person": "x"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("when", EDGES)
async def test_a_moment_at_the_edge_of_the_calendar_is_refused(
    scene: ApiScene, escalation: str, when: str
) -> None:
    answers = {}
    for (method, path), (named, body) in MOMENTS.items():
        may = MAY[method, f"/api/v1{path}"]
        who = next(one for one, cell in may.items() if cell == "ok")
        answer = await scene.http.request(
            method,
            address(f"/api/v1{path}", escalation),
            json={**body, named: when},
            headers=scene.person(who).headers,
        )
        answers[path] = (answer.status_code, named in answer.text, answer.text)

    assert {one: told for one, told in answers.items() if told[:2] != (422, True)} == {}


@pytest.mark.parametrize("when", EDGES)
async def test_what_was_done_before_the_edge_of_the_calendar_is_not_looked_for(
    scene: ApiScene, when: str
) -> None:
    for path in ("/api/v1/floor/acts", "/floor/acts"):
        answer = await scene.http.get(
            path, params={"before": when}, headers=scene.person("he").headers
        )

        assert answer.status_code == 422


def _plain(path: str) -> str:
    parts = ["{id}" if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


@pytest.mark.parametrize(
    "path", ["/" + "a" * 60_000, "/%00", "/" + "../" * 500, "/api/v1/calls/" + "%ff" * 3000, "//x"]
    , ids=["long", "nul", "upwards", "no-utf-8", "two-slashes"]
)  # fmt: skip
async def test_no_path_is_a_fault(scene: ApiScene, path: str) -> None:
    for accept in ("text/html", "application/json"):
        answer = await scene.http.get(
            f"https://hotline.test{path}",
            headers={**scene.person("root").headers, "Accept": accept},
        )

        assert answer.status_code in (303, 400, 401, 403, 404, 414, 422), answer.status_code


ODD_HEADERS: Mapping[str, bytes] = {
    "Cookie": b"hotline_language=" + b"\xff" * 4000,
    "Authorization": b"Bearer " + b"x" * 60_000,
    "Idempotency-Key": b"\xff\x00" * 500,
    "If-None-Match": b'W/"' * 3000,
    "Accept-Language": b"zh;q=" + b"9" * 5000,
    "X-Forwarded-For": b"a" * 5000,
    "Range": b"bytes=9-1,-5,x",
    "Host": b"\xff",
}


@pytest.mark.parametrize("name", ODD_HEADERS)
async def test_no_header_is_a_fault(scene: ApiScene, escalation: str, name: str) -> None:
    own = {} if name == "Authorization" else scene.person("he").headers
    headers = [(key.encode(), value.encode()) for key, value in own.items()]
    headers.append((name.encode(), ODD_HEADERS[name]))
    for method, path in (("GET", "/api/v1/floor"), ("GET", "/floor"), ("POST", "/api/v1/me/told")):
        answer = await scene.http.request(method, path, headers=headers)

        assert answer.status_code < 500, (path, answer.text[:200])


# ── who may make a browser change something ─────────────────────────────────────────────────────


ELSEWHERE_ASKED = ("/api/v1/tokens", "/api/v1/sessions/provider", "/a/{id}", "/f/{id}")


async def test_no_other_site_makes_a_browser_change_anything_by_any_route(
    scene: ApiScene,
) -> None:
    """But for a bearer token, which is told to whoever knows the password and to no browser.

    And for the door to another house's accounts, which is not there while none is set up, and for
    the links in texts to a station and to an institution: whoever has one may use it.
    """
    credentials = {"username": "root", "password": PASSWORD}
    ours = {"X-Hotline": "1", "Sec-Fetch-Site": "same-origin"}
    await scene.http.post("/api/v1/sessions", json=credentials, headers=ours)
    evil: dict[str, str] = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    told = {}
    for method, path in routes(scene.app):
        if method not in ("GET", "HEAD", "OPTIONS") and path not in ELSEWHERE_ASKED:
            answer = await scene.http.request(
                method, address(path), json={"token": "t", "password": "p"}, headers=evil
            )
            told[method, path] = answer.status_code

    strange = {route: status for route, status in told.items() if status not in (403, 422)}
    assert strange == {}
    assert len(told) > 90
    refused = [await _of_strangers(scene, path, evil) for path in STRANGERS_BODIES]
    assert refused == [403] * len(STRANGERS_BODIES)


STRANGERS_BODIES: Mapping[str, Any] = {
    "/sessions": {"username": "root", "password": PASSWORD},
    "/sessions/code": {"code": "123456"},
    "/sessions/factor/confirm": {"code": "123456"},
    "/invitations/look": {"token": "t"},
    "/invitations/judge": {"token": "t", "password": "p"},
    "/invitations/use": {"token": "t", "password": "p"},
}


async def _of_strangers(scene: ApiScene, path: str, headers: dict[str, str]) -> int:
    body = STRANGERS_BODIES[path]
    return (await scene.http.post(f"/api/v1{path}", json=body, headers=headers)).status_code


async def test_no_page_lets_a_script_or_a_style_be_made_of_text(
    scene: ApiScene, escalation: str
) -> None:
    for method, path in MAY:
        if method == "GET" and not path.startswith("/api/") and path not in STREAMS:
            answer = await scene.http.get(
                address(path, escalation),
                headers={**scene.person("he").headers, "Accept": "text/html"},
            )
            policy = answer.headers["content-security-policy"]
            assert "unsafe" not in policy, path
            assert "script-src 'self';" in policy
            assert "object-src 'none'; base-uri 'none'" in policy
            if 'src="' in answer.text and "htmx" in answer.text:
                assert '"allowEval": false' in answer.text, path


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "9999-12-31"])
async def test_a_day_at_the_end_of_the_calendar_is_no_fault_of_ours(
    scene: ApiScene, he: Person, day: str
) -> None:
    for name in ("since", "until"):
        found = await he.asks("GET", f"/records?{name}={day}")
        assert found.status_code in (200, 422), found.text
    entered = {"words": "x", "happened_at": f"{day}T00:00:00+08:00"}
    answer = await he.asks("POST", "/calls/call/record/additions", entered)
    assert answer.status_code == 422, answer.text


async def test_a_version_that_no_database_can_hold_is_refused(scene: ApiScene, he: Person) -> None:
    page = "https://hotline.test/calls/call/record?version=99999999999"

    answer = await scene.http.get(page, headers={**he.headers, "Accept": "text/html"})

    assert answer.status_code in (404, 422)
