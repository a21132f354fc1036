"""Whoever works for another line, or another station, finds nothing of this one anywhere."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.staff.model import Role
from hotline.storage.tables import Call, Line, Offer, Presence, Staff
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
DONE: tuple[tuple[str, str, object], ...] = (
    ("POST", "/calls/call/flags", {"level": "high"}),
    ("POST", "/calls/call/hold", None),
    ("POST", "/calls/call/resume", None),
    ("POST", "/calls/call/interpreter", None),
    ("PUT", "/calls/call/understanding", {"also_speaks": ["yue"]}),
    ("POST", "/calls/call/end", None),
    ("PUT", "/calls/call/record", {"contact_type": "self", "disposition": "listened"}),
    ("POST", "/escalations/{escalation}/acknowledge", None),
    ("POST", "/escalations/{escalation}/accept", None),
    ("POST", "/escalations/{escalation}/return", {"text": "x"}),
    ("POST", "/escalations/{escalation}/report", {"text": "x"}),
    ("POST", "/escalations/{escalation}/close", {"text": "x"}),
    ("POST", "/escalations/{escalation}/comment", {"text": "x"}),
    ("POST", "/escalations/{escalation}/ring-now", {}),
    ("POST", "/escalations/{escalation}/remind", {}),
    ("POST", "/escalations/{escalation}/reopen", {"text": "x"}),
    ("POST", "/escalations/{escalation}/hand-to", {"station": "haizhu", "text": "x"}),
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
@pytest.mark.parametrize("path", ["/floor", "/floor/talks", "/wall", "/escalations"])
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


async def two_lines(scene: ApiScene) -> None:
    """A caller waits on each. zhou works for the other line, is away, and its caller came first."""
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.hires("zhou", Role.COUNSELOR, line="legal")
    await scene.change(Presence, "zhou", state="paused", reason="meal")
    for line, minutes in (("legal", 9), ("youth", 1)):
        since = scene.clock.now() - timedelta(minutes=minutes)
        waits = scene.call(f"on-{line}", CallState.WAITING, line_id=line, queued_at=since)
        await scene.add(waits)


def of_caller(floor: Any, call_id: str) -> Any:
    return next(one for one in floor["callers"] if one["call_id"] == call_id)


async def test_why_a_caller_waits_is_told_without_the_other_line(
    scene: ApiScene, he: Person
) -> None:
    await two_lines(scene)

    why = of_caller(await he.gets("/floor"), "on-youth")["why"]

    assert (why["ahead"], why["reason"]) == (0, "nobody_ready")
    assert {one["counselor"] for one in why["candidates"]} == {"li"}
    assert why["against"] == {"away": 1}


async def test_whoever_watches_both_lines_is_told_of_both(scene: ApiScene, he: Person) -> None:
    await two_lines(scene)
    await scene.change(Staff, "he", lines=["youth", "legal"])

    floor = await he.gets("/floor")

    why = of_caller(floor, "on-youth")["why"]
    assert why["ahead"] == 1
    assert {one["counselor"] for one in why["candidates"]} == {"li", "zhou"}
    assert of_caller(floor, "on-legal")["why"]["ahead"] == 0


async def test_a_long_line_elsewhere_hides_no_reasons_of_ones_own(
    scene: ApiScene, he: Person
) -> None:
    await two_lines(scene)
    since = scene.clock.now() - timedelta(minutes=5)
    for n in range(50):
        fields = {"line_id": "legal", "queued_at": since}
        await scene.add(scene.call(f"more-{n}", CallState.WAITING, **fields))

    assert of_caller(await he.gets("/floor"), "on-youth")["why"] is not None


ASKED = [
    {"counselor": "li", "stage": "language", "order": 1},
    {"counselor": "chen", "excluded_by": "away", "doing": "paused", "reason": "meal"},
    {"counselor": "zhou", "excluded_by": "away", "doing": "paused", "reason": "meal"},
    {"counselor": "song", "excluded_by": "language", "stage": "any_line", "opens_in_s": 60},
]


async def test_who_was_thought_of_is_named_of_the_line_or_where_they_could_have_come(
    scene: ApiScene, li: Person
) -> None:
    await two_lines(scene)
    await scene.hires("song", Role.COUNSELOR, line="legal")
    now = scene.clock.now()
    await scene.add(
        Offer(id="o", call_id="call", staff_id="li", state="accepted", stage="language",
              offered_at=now, expires_at=now, facts={"candidates": ASKED, "waited_s": 7.4})
    )  # fmt: skip

    told = (await li.gets("/calls/call/routing"))["offers"][0]
    shown = (await li.gets("/calls/call"))["offers"][0]

    names = {one["name"] for one in told["candidates"]}
    assert names == {"name of li", "name of chen", "name of song"}
    assert shown["facts"] == {"waited_s": 7.4}


async def contacts_before(scene: ApiScene, who: str) -> str:
    """What the desk says of the caller's earlier contacts."""
    answer = await scene.http.get("/desk/calls/call/facts", headers=scene.person(who).headers)
    assert answer.status_code == 200
    return answer.text[answer.text.index("以前来过") :]


async def test_the_desk_tells_of_earlier_contacts_on_ones_lines_only(scene: ApiScene) -> None:
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    before = scene.clock.now() - timedelta(days=1)
    await scene.change(Call, "call", from_index="child")
    for line, counselor in (("youth", "chen"), ("legal", "he")):
        over = {"from_index": "child", "arrived_at": before, "counselor_id": counselor}
        await scene.add(scene.call(line, CallState.ENDED, line_id=line, outcome="talked", **over))

    told = await contacts_before(scene, "li")
    await scene.change(Staff, "li", lines=["legal"])
    moved = await contacts_before(scene, "li")
    await scene.change(Staff, "li", lines=[])
    of_the_call = await contacts_before(scene, "li")

    assert ("name of chen" in told, "name of he" in told) == (True, False)
    assert ("name of chen" in moved, "name of he" in moved) == (True, True)
    assert ("name of chen" in of_the_call, "name of he" in of_the_call) == (True, False)


async def test_whoever_works_for_no_line_has_an_empty_floor(scene: ApiScene) -> None:
    await scene.change(Staff, "chen", lines=[])

    floor = await scene.person("chen").gets("/floor")

    assert [floor[part] for part in ("lines", "callers", "counselors", "escalations")] == [[]] * 4


async def test_a_supervisor_who_takes_calls_puts_a_record_of_their_line_right(
    scene: ApiScene, li: Person
) -> None:
    await scene.change(Staff, "he", roles=["counselor", "supervisor"])
    await li.does("PUT", "/calls/call/record", {"contact_type": "self", "disposition": "listened"})

    answer = await scene.http.get("/desk/calls/call", headers=scene.person("he").headers)

    assert answer.status_code == 200
    assert await scene.kinds() == ["record.written", "record.read"]
