"""The record: sealed at rest, replaced by saving again, read with a trace."""

from typing import Any

import pytest
from sqlalchemy import text

from hotline.storage.sealed import place_in
from hotline.storage.tables import Presence, Record
from hotline.storage.vault import SealBroken
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

STORY = "孩子说不想回家"
WRITTEN: dict[str, Any] = {
    "contact_type": "self",
    "topics": ["family", "violence"],
    "risk": "high",
    "disposition": "escalated",
    "follow_up": True,
    "narrative": STORY,
}


async def test_what_was_saved_is_what_is_read(scene: ApiScene, li: Person) -> None:
    saved = await li.does("PUT", "/calls/call/record", WRITTEN)

    read = await li.gets("/calls/call/record")

    assert read == saved
    assert {name: read[name] for name in WRITTEN} == WRITTEN


async def test_the_story_is_nowhere_in_the_database(scene: ApiScene, li: Person) -> None:
    await li.does("PUT", "/calls/call/record", WRITTEN)

    async with scene.house.database.work() as work:
        tables = (
            (
                await work.sql(
                    text("select tablename from pg_tables where schemaname = 'public'"), {}
                )
            )
            .scalars()
            .all()
        )
        rows = [
            str(row)
            for table in tables
            for row in (await work.sql(text(f'select t::text from "{table}" t'), {})).all()
        ]
    record = await scene.get(Record, "call")

    assert len(rows) > 10
    assert not any(STORY in row for row in rows)
    assert (
        scene.house.vault.open(
            record.narrative_sealed, place=place_in(Record, "narrative_sealed", call_id="call")
        )
        == STORY
    )
    with pytest.raises(SealBroken):
        scene.house.vault.open(
            record.narrative_sealed, place=place_in(Record, "narrative_sealed", call_id="another")
        )


async def test_saving_again_replaces_the_record_and_keeps_its_author(
    scene: ApiScene, li: Person, he: Person
) -> None:
    await li.does("PUT", "/calls/call/record", WRITTEN)
    scene.clock.advance(30)
    less = {"contact_type": "silent", "disposition": "listened"}

    await li.does("PUT", "/calls/call/record", less)
    await he.does("PUT", "/calls/call/record", {**less, "narrative": "seen"})

    record = await scene.get(Record, "call")
    assert (record.staff_id, record.contact_type, record.topics) == ("li", "silent", [])
    assert (record.risk, record.follow_up) == ("high", False)
    assert record.saved_at == scene.clock.now()
    written = [kind for kind in await scene.kinds() if kind.startswith("record.")]
    assert written == ["record.written", "record.changed", "record.changed"]


async def test_every_reading_leaves_a_trace(scene: ApiScene, li: Person, he: Person) -> None:
    await li.does("PUT", "/calls/call/record", WRITTEN)

    await li.gets("/calls/call/record")
    await he.gets("/calls/call/record")

    told = (await li.gets("/calls/call"))["timeline"]
    readers = [it["staff"] for it in told if it["kind"] == "record.read"]
    assert readers == ["name of li", "name of he"]


async def test_there_is_no_record_before_one_was_written(li: Person) -> None:
    answer = await li.asks("GET", "/calls/call/record")

    assert (answer.status_code, answer.json()["type"]) == (404, "NotFound")


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact_type": "prank"},
        {"risk": "enormous"},
        {"topics": ["family", "study", "peers", "violence"]},
        {"topics": ["diagnosis"]},
        {"narrative": "x" * 20_001},
    ],
)
async def test_only_closed_lists_and_a_bounded_story_are_taken(
    scene: ApiScene, li: Person, wrong: dict[str, Any]
) -> None:
    answer = await li.asks("PUT", "/calls/call/record", {**WRITTEN, **wrong})

    assert answer.status_code == 422
    assert STORY not in answer.text
    assert await scene.all(Record) == []


async def test_saving_with_ready_ends_the_wrap_up(scene: ApiScene, li: Person) -> None:
    await li.does("POST", "/calls/call/end")

    await li.does("PUT", "/calls/call/record", {**WRITTEN, "risk": "low", "ready": True})

    assert (await scene.get(Presence, "li")).state == "ready"


async def test_an_old_record_finished_late_ends_no_other_wrap_up(
    scene: ApiScene, li: Person
) -> None:
    await li.does("POST", "/calls/call/end")
    await scene.change(Presence, "li", call_id="a later call")

    await li.does("PUT", "/calls/call/record", {**WRITTEN, "ready": True})

    assert (await scene.get(Presence, "li")).state == "wrapping_up"


async def test_saving_in_the_middle_of_the_talk_leaves_presence_alone(
    scene: ApiScene, li: Person
) -> None:
    await li.does("PUT", "/calls/call/record", {**WRITTEN, "ready": True})

    assert (await scene.get(Presence, "li")).state == "talking"


@pytest.mark.parametrize("how", ["body", "header"])
async def test_a_save_that_has_not_seen_the_newest_version_is_refused_with_whose_it_is(
    scene: ApiScene, li: Person, he: Person, how: str
) -> None:
    saved = await li.does("PUT", "/calls/call/record", {**WRITTEN, "version": 0})
    scene.clock.advance(30)
    await he.does("PUT", "/calls/call/record", {**WRITTEN, "narrative": "seen", "version": 1})

    body = {**WRITTEN, "narrative": "late"} | ({"version": 1} if how == "body" else {})
    headers = li.headers | ({"If-Match": '"1"'} if how == "header" else {})
    answer = await scene.http.put("/api/v1/calls/call/record", json=body, headers=headers)

    told = answer.json()
    assert saved["version"] == 1
    assert (answer.status_code, told["type"]) == (409, "RecordChanged")
    assert (told["version"], told["saved_by"]) == (2, "name of he")
    assert told["saved_at"] == scene.clock.now().isoformat()
    assert "save again" in told["detail"]
    assert (await li.gets("/calls/call/record"))["narrative"] == "seen"


async def test_every_version_can_be_listed_and_read_again(
    scene: ApiScene, li: Person, he: Person
) -> None:
    await li.does("PUT", "/calls/call/record", WRITTEN)
    await he.does("PUT", "/calls/call/record", {**WRITTEN, "narrative": "seen"})

    listed = await he.gets("/calls/call/record/versions")
    first = await scene.http.get("/api/v1/calls/call/record?version=1", headers=he.headers)

    assert [(one["version"], one["saved_by"]) for one in listed] == [
        (2, "name of he"),
        (1, "name of li"),
    ]
    assert (first.json()["narrative"], first.headers["ETag"]) == (STORY, '"1"')
    assert (await scene.kinds())[-1] == "record.read"
    assert (await li.asks("GET", "/calls/call/record?version=9")).status_code == 404


@pytest.mark.parametrize("tag", ["1", 'W/"1"', '"x"'])
async def test_a_tag_that_is_no_version_is_refused(scene: ApiScene, li: Person, tag: str) -> None:
    headers = li.headers | {"If-Match": tag}

    answer = await scene.http.put("/api/v1/calls/call/record", json=WRITTEN, headers=headers)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "field",
    [{"narrative": STORY}, {"topics": ["family"]}, {"contact_type": "self"}, {"risk": "low"}],
)
async def test_any_field_alone_is_a_draft(
    scene: ApiScene, li: Person, field: dict[str, Any]
) -> None:
    await li.does("PUT", "/calls/call/record", field)

    read = await li.gets("/calls/call/record")

    assert {name: read[name] for name in field} == field
    assert read["disposition"] == ""
