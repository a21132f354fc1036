"""Words are entered after the fact: by the counselor of the call, or by a supervisor for them."""

from typing import Any

import pytest

from hotline.storage.tables import Call, RecordAddition
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

PATH = "/calls/call/record/additions"
NOON_HERE = "2026-03-01T12:00"


def told(**values: Any) -> dict[str, Any]:
    return {"words": "停电那天写在纸上的。", "way": "paper", "author": "li"} | values


async def test_a_paper_form_is_entered_by_a_supervisor_for_its_counselor(
    scene: ApiScene, he: Person, li: Person
) -> None:
    await he.does("POST", PATH, told(happened_at=NOON_HERE))

    [one] = await li.gets(PATH)

    assert (one["author"], one["typed_by"], one["way"]) == ("name of li", "name of he", "paper")
    assert one["happened_at"] == "2026-03-01T04:00:00Z"
    assert one["words"] == "停电那天写在纸上的。"
    assert (await scene.kinds())[-2:] == ["record.added", "record.read"]


async def test_entered_twice_with_one_key_it_stands_there_once(scene: ApiScene, li: Person) -> None:
    body = told(way="own", happened_at=NOON_HERE)

    first = await li.asks("POST", PATH, body, key="once")
    again = await li.asks("POST", PATH, body, key="once")

    assert (first.status_code, again.status_code) == (201, 201)
    assert len(await scene.all(RecordAddition)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": " \n"},
        {"words": "x" * 20_001},
        {"way": "hearsay"},
        {"author": "tianhe"},
        {"author": ""},
        {"happened_at": "2036-03-01T12:00"},
        {"happened_at": ""},
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_entered(
    scene: ApiScene, he: Person, wrong: dict[str, Any]
) -> None:
    answer = await he.asks("POST", PATH, {**told(happened_at=NOON_HERE), **wrong})

    assert answer.status_code == 422
    assert await scene.all(RecordAddition) == []


async def test_the_page_shows_both_people_and_what_was_written_late(
    scene: ApiScene, he: Person, li: Person
) -> None:
    await scene.change(Call, "call", ended_at=scene.clock.now())
    scene.clock.advance(3600)
    await li.does("PUT", "/calls/call/record", {"contact_type": "self"})
    await he.does("POST", PATH, told(happened_at=NOON_HERE))

    page = (await scene.http.get("/calls/call/additions", headers=he.headers)).text

    assert 'data-testid="late"' in page
    assert "由 name of he 录入" in page
    assert "停电那天写在纸上的。" in page


async def test_the_calls_page_opens_where_the_newest_thing_is_a_change_of_its_record(
    scene: ApiScene, he: Person, li: Person
) -> None:
    await li.does("PUT", "/calls/call/record", {"narrative": "一"})
    await li.does("PUT", "/calls/call/record", {"narrative": "二"})
    assert (await scene.kinds())[-1] == "record.changed"

    page = await scene.http.get("/calls/call", headers=he.headers)

    assert page.status_code == 200
    assert 'data-testid="record-card"' in page.text
