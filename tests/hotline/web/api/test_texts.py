"""No request can bring what PostgreSQL cannot hold to it: refused at the door, never a fault."""

from typing import Any

import pytest

from hotline.storage.tables import CrisisFlag
from tests.hotline.web.api.conftest import OUR_PAGE, PASSWORD, ApiScene, Person

pytestmark = pytest.mark.anyio

UNFIT = ["a\0b", "\ud800", "a\x1b[31m", "\x7f", "\x85"]
RECORD = {"contact_type": "self", "disposition": "listened"}


def escaped(text: str) -> str:
    """As JSON writes it: the half of a character too."""
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def body(of: dict[str, str]) -> bytes:
    pairs = ", ".join(f'"{name}": "{escaped(value)}"' for name, value in of.items())
    return f"{{{pairs}}}".encode()


@pytest.mark.parametrize("text", UNFIT)
@pytest.mark.parametrize(
    ("route", "field", "others"),
    [
        ("POST /tokens", "username", {"password": PASSWORD}),
        ("POST /tokens", "password", {"username": "li"}),
        ("POST /calls/call/flags", "client_key", {"level": "high"}),
        ("POST /calls/call/flags", "summary", {"level": "high"}),
        ("PUT /calls/call/record", "narrative", RECORD),
        ("PUT /me/presence", "reason", {"state": "paused"}),
        ("POST /escalations/none/close", "text", {}),
        ("POST /calls/call/hold", "a field nobody knows", {}),
    ],
)
async def test_a_body_with_an_unfit_character_is_refused_in_a_sentence(
    scene: ApiScene, li: Person, route: str, field: str, others: dict[str, str], text: str
) -> None:
    method, path = route.split()
    headers = li.headers | {"Content-Type": "application/json"}

    answer = await scene.http.request(
        method, f"/api/v1{path}", content=body({**others, field: text}), headers=headers
    )

    assert (answer.status_code, answer.json()["type"]) == (422, "Invalid")
    assert "Nothing was stored" in answer.json()["detail"]
    assert await scene.all(CrisisFlag) == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/calls/%00",
        "/api/v1/calls/a%00b/record",
        "/api/v1/escalations/%00",
        "/calls/%00",
        "/calls/a%1Bb/live",
        "/escalations/%00/story",
        "/desk/calls/%00",
        "/static/%00.js",
    ],
)
async def test_there_is_nothing_under_an_address_with_an_unfit_character(
    scene: ApiScene, he: Person, path: str
) -> None:
    answer = await scene.http.get(path, headers=he.headers)

    assert answer.status_code == 404


async def test_a_query_with_an_unfit_character_is_refused(scene: ApiScene) -> None:
    answer = await scene.http.get("/login?lang=%00")

    assert answer.status_code == 422


async def test_a_body_that_is_nested_without_end_is_refused(scene: ApiScene) -> None:
    headers = OUR_PAGE | {"Content-Type": "application/json"}

    answer = await scene.http.post("/api/v1/tokens", content=b"[" * 100_000, headers=headers)

    assert answer.status_code == 422


async def test_what_people_write_is_let_through_as_it_is(li: Person) -> None:
    said = "孩子说：“别怕” 👨‍👩‍👧\n\t第二行\r\n\u200b\ufeff"

    saved: Any = await li.does("PUT", "/calls/call/record", {**RECORD, "narrative": said})

    assert saved["narrative"] == said
