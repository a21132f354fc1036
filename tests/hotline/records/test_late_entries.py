"""Words entered after the fact keep both of their people; what was late is known as such."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hotline.errors import Invalid
from hotline.records.additions import (
    Addition,
    NewAddition,
    add_to_record,
    additions_of,
    authors_for,
)
from hotline.records.saves import LATE_AFTER, WrittenPart, parts_of
from hotline.records.service import save_record
from hotline.storage.tables import Call, RecordAddition, Staff
from hotline.storage.vault import SealBroken
from tests.fakes import NOON
from tests.hotline.records.conftest import RecordsScene, draft

pytestmark = pytest.mark.anyio

DICTATED = "她在电话里说已经到家了。"
NEXT_DAY = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
async def people(scene: RecordsScene) -> None:
    """The call ended at noon; two counselors of its line, and their supervisor."""
    roles = ["supervisor"]
    await scene.add(Staff(id="he", username="he", name="He", password_hash="", roles=roles))
    async with scene.work() as work:
        for username in ("li", "chen"):
            (await work.get_one(Staff, username)).roles = ["counselor"]
    await ended(scene, NOON)


async def ended(scene: RecordsScene, at: datetime | None) -> None:
    async with scene.work() as work:
        (await work.get_one(Call, "c1")).ended_at = at


async def enters(scene: RecordsScene, *, by: str = "he", **values: Any) -> None:
    told: dict[str, Any] = {"words": DICTATED, "way": "dictated", "author": "li"}
    new = NewAddition(typed_by=by, **{**told, "happened_at": NOON, **values})
    async with scene.work() as work:
        call = await work.get_one(Call, "c1")
        await add_to_record(work, scene.vault, call, new, at=NEXT_DAY)


async def read(scene: RecordsScene, reader: str = "he") -> list[Addition]:
    async with scene.work() as work:
        return await additions_of(work, scene.vault, "c1", reader=reader, at=NEXT_DAY)


async def written(scene: RecordsScene, what: str, at: datetime, **save: Any) -> None:
    async with scene.work() as work:
        await save_record(work, scene.vault, "c1", "li", draft(what, **save), at=at)


async def parts(scene: RecordsScene) -> list[WrittenPart]:
    async with scene.work() as work:
        return await parts_of(work, await work.get_one(Call, "c1"))


async def test_whose_words_they_are_and_who_typed_them_are_both_kept(scene: RecordsScene) -> None:
    await enters(scene)

    [one] = await read(scene)

    assert (one.author, one.typed_by, one.way) == ("Li", "He", "dictated")
    assert (one.happened_at, one.typed_at, one.words) == (NOON, NEXT_DAY, DICTATED)


async def test_ones_own_words_are_ones_own_whoever_is_named(scene: RecordsScene) -> None:
    await enters(scene, by="chen", way="own", author="li")

    [one] = await read(scene)

    assert (one.author, one.typed_by) == ("Chen", "Chen")


async def test_the_words_are_sealed_for_their_row(scene: RecordsScene) -> None:
    await enters(scene)
    await enters(scene, words="另一段")

    async with scene.work() as work:
        rows = (await work.sql(text("select t::text from record_addition t"), {})).scalars().all()
        assert not any(DICTATED in str(row) for row in rows)
        first, second = (await work.sql(text("select id from record_addition"), {})).scalars().all()
        one = await work.get_one(RecordAddition, first)
        other = await work.get_one(RecordAddition, second)
        one.words_sealed, other.words_sealed = other.words_sealed, one.words_sealed

    with pytest.raises(SealBroken):
        await read(scene)


@pytest.mark.parametrize("wrong", [{"author": ""}, {"author": "nobody"}])
async def test_dictated_words_need_their_author(scene: RecordsScene, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        await enters(scene, **wrong)

    assert await read(scene) == []


async def test_an_author_of_another_line_had_nothing_to_do_with_it(scene: RecordsScene) -> None:
    async with scene.work() as work:
        chen = await work.get_one(Staff, "chen")
        chen.lines = ["another"]

    with pytest.raises(Invalid):
        await enters(scene, author="chen")

    async with scene.work() as work:
        names = [one.username for one in await authors_for(work, await work.get_one(Call, "c1"))]
    assert "chen" not in names
    assert "li" in names


async def test_what_has_not_happened_yet_cannot_be_told(scene: RecordsScene) -> None:
    with pytest.raises(Invalid):
        await enters(scene, happened_at=NEXT_DAY + timedelta(seconds=1))


async def test_reading_them_leaves_a_trace_where_there_are_some(scene: RecordsScene) -> None:
    await read(scene)
    assert await scene.traces() == []

    await enters(scene)
    await read(scene, "he")

    assert await scene.traces() == [("record.added", "he"), ("record.read", "he")]


async def test_words_of_the_next_day_are_late(scene: RecordsScene) -> None:
    await written(scene, "当时写的", NOON + LATE_AFTER)
    [in_time] = await parts(scene)
    await written(scene, "第二天补的", NEXT_DAY)

    [part] = await parts(scene)

    assert not in_time.late
    assert part.late
    assert (part.author, part.first_at, part.last_at) == ("Li", NOON + LATE_AFTER, NEXT_DAY)


async def test_words_that_were_kept_offline_are_of_when_they_were_written(
    scene: RecordsScene,
) -> None:
    await written(scene, "当时写的", NEXT_DAY, written_at=NOON + timedelta(seconds=30))

    [part] = await parts(scene)

    assert not part.late
    assert (part.last_at, part.saved_at) == (NOON + timedelta(seconds=30), NEXT_DAY)


async def test_words_during_a_long_call_are_never_late(scene: RecordsScene) -> None:
    await ended(scene, None)
    await written(scene, "还在说", NEXT_DAY)

    [part] = await parts(scene)

    assert not part.late
