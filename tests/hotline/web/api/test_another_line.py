"""Whoever works for another line, or another station, finds nothing of this one anywhere."""

import pytest

from hotline.storage.tables import Call, Line, Staff
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

STORY = "the story of this child"
PAGES_OF_ONE = (
    "/calls/call",
    "/calls/call/live",
    "/escalations/{escalation}",
    "/escalations/{escalation}/live",
    "/escalations/{escalation}/story",
)
READ = ("/calls/call", "/calls/call/routing", "/calls/call/record",
        "/escalations/{escalation}", "/escalations/{escalation}/summary")  # fmt: skip
DONE = (
    ("POST", "/calls/call/flags", {"level": "high"}),
    ("POST", "/calls/call/hold", None),
    ("POST", "/calls/call/resume", None),
    ("POST", "/calls/call/interpreter", None),
    ("POST", "/calls/call/end", None),
    ("PUT", "/calls/call/record", {"contact_type": "self", "disposition": "listened"}),
    ("POST", "/escalations/{escalation}/acknowledge", None),
    ("POST", "/escalations/{escalation}/accept", None),
    ("POST", "/escalations/{escalation}/return", {"text": "x"}),
    ("POST", "/escalations/{escalation}/report", {"text": "x"}),
    ("POST", "/escalations/{escalation}/close", {"text": "x"}),
)
STRANGERS = ("he", "haizhu")  # a supervisor of another line, an officer of another station


@pytest.fixture
async def escalation(scene: ApiScene, li: Person) -> str:
    """An escalation of the line youth; he has moved to another line, where chen works too."""
    told = await li.does("POST", "/calls/call/flags", {"level": "imminent", "summary": STORY})
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    for username in ("he", "chen"):
        await scene.change(Staff, username, lines=["legal"])
    return str(told["escalation_id"])


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("path", READ)
async def test_it_cannot_be_read(scene: ApiScene, escalation: str, who: str, path: str) -> None:
    answer = await scene.person(who).asks("GET", path.format(escalation=escalation))

    assert answer.status_code in (403, 404)
    assert STORY not in answer.text


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize(("method", "path", "body"), DONE)
async def test_nothing_can_be_done_to_it(
    scene: ApiScene, escalation: str, who: str, method: str, path: str, body: object
) -> None:
    before = await scene.get(Call, "call")

    answer = await scene.person(who).asks(method, path.format(escalation=escalation), body)

    assert answer.status_code in (403, 404)
    assert (await scene.get(Call, "call")).state == before.state


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("path", PAGES_OF_ONE)
async def test_its_pages_do_not_exist(
    scene: ApiScene, escalation: str, who: str, path: str
) -> None:
    where = path.format(escalation=escalation)

    answer = await scene.http.get(where, headers=scene.person(who).headers)

    assert answer.status_code in (403, 404)


@pytest.mark.usefixtures("escalation")
async def test_the_floor_has_no_line_caller_counselor_or_escalation_of_it(
    scene: ApiScene,
) -> None:
    floor = await scene.person("he").gets("/floor")

    assert [line["id"] for line in floor["lines"]] == ["legal"]
    assert (floor["callers"], floor["escalations"]) == ([], [])
    assert {one["staff_id"] for one in floor["counselors"]} <= {"chen"}


@pytest.mark.usefixtures("escalation")
@pytest.mark.parametrize("path", ["/floor", "/floor/live", "/wall", "/escalations"])
async def test_no_page_of_a_supervisor_shows_it(scene: ApiScene, path: str) -> None:
    ours = await scene.http.get(path, headers=scene.person("he").headers)

    assert ours.status_code == 200
    assert "154****0001" not in ours.text
    assert "青少年" not in ours.text


@pytest.mark.parametrize("who", ["he", "chen", "haizhu"])
async def test_the_lists_are_empty(scene: ApiScene, escalation: str, who: str) -> None:
    listed = await scene.person(who).gets("/escalations")

    assert escalation not in [one["id"] for one in listed]
    assert listed == []


async def test_their_own_see_it_all(scene: ApiScene, escalation: str) -> None:
    await scene.change(Staff, "he", lines=["youth"])

    floor = await scene.person("he").gets("/floor")
    listed = [await scene.person(who).gets("/escalations") for who in ("he", "li", "tianhe")]

    assert [one["id"] for one in floor["escalations"]] == [escalation]
    assert [[one["id"] for one in rows] for rows in listed] == [[escalation]] * 3
