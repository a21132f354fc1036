"""A save is tried again: no second version, and never in somebody else's name."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.records.forms.known import default_version
from hotline.storage.tables import Call, RecordSave, RecordVersion
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

PATH = "/calls/call/record"
WRITTEN: dict[str, Any] = {"contact_type": "self", "narrative": "孩子说不想回家", "version": 0}


async def test_a_retry_after_an_unknown_answer_makes_no_second_version(
    scene: ApiScene, li: Person, he: Person
) -> None:
    first = await li.asks("PUT", PATH, WRITTEN, key="one save")
    await he.does("PUT", PATH, {**WRITTEN, "narrative": "督导补充", "version": 1})

    again = await li.asks("PUT", PATH, WRITTEN, key="one save")

    assert again.json() == first.json()
    assert again.headers["ETag"] == '"1"'
    assert len(await scene.all(RecordVersion)) == 2
    assert (await li.gets(PATH))["narrative"] == "督导补充"


async def test_a_key_with_other_words_is_refused(scene: ApiScene, li: Person) -> None:
    await li.asks("PUT", PATH, WRITTEN, key="one save")

    answer = await li.asks("PUT", PATH, {**WRITTEN, "narrative": "别的"}, key="one save")

    assert (answer.status_code, answer.json()["type"]) == (409, "KeyReused")
    assert len(await scene.all(RecordVersion)) == 1


async def test_the_same_key_of_another_person_is_another_key(
    scene: ApiScene, li: Person, he: Person
) -> None:
    await li.asks("PUT", PATH, WRITTEN, key="one save")

    answer = await he.asks("PUT", PATH, {"narrative": "督导写的", "version": 1}, key="one save")

    assert answer.json()["version"] == 2


async def test_what_was_written_is_not_stored_in_the_name_of_who_signed_in_since(
    scene: ApiScene, he: Person
) -> None:
    answer = await he.asks("PUT", PATH, {**WRITTEN, "writer": "li"})

    assert (answer.status_code, answer.json()["type"]) == (409, "SomebodyElse")
    assert await scene.all(RecordVersion) == []


@pytest.mark.parametrize(("said_s", "kept_s"), [(-60, 0), (200, 200), (None, 300), (400, 300)])
async def test_when_it_was_written_is_believed_between_the_call_and_now(
    scene: ApiScene, li: Person, said_s: int | None, kept_s: int
) -> None:
    arrived = (await scene.get(Call, "call")).arrived_at
    scene.clock.advance(300)
    said = None if said_s is None else (arrived + timedelta(seconds=said_s)).isoformat()

    await li.does("PUT", PATH, {**WRITTEN, "written_at": said})

    [kept] = await scene.all(RecordSave)
    assert kept.written_at == arrived + timedelta(seconds=kept_s)


async def test_software_without_forms_may_try_its_save_again(scene: ApiScene, li: Person) -> None:
    form = {"form": default_version(), "answers": {"contact_type": "self"}, "narrative": "a"}
    await li.does("PUT", PATH, {**form, "version": 0})
    body = {"contact_type": "self", "narrative": "b", "version": 1}
    first = await li.asks("PUT", PATH, body, key="one save")

    again = await li.asks("PUT", PATH, body, key="one save")

    assert again.json() == first.json()
