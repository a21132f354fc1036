"""What is erased of a call and of a case: every cell of theirs, none of another's, with a proof."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from hotline.rights.belonging import CALL, CASE, cells_of, plain_of
from hotline.rights.erasing import (
    AT_ONCE,
    ErasureOrder,
    erase_call,
    erase_case,
    erase_what_need_not_be_kept,
)
from hotline.staff.actor import SYSTEM
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, CallerBlock, CallRecording, Case, Erasure, Line
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON
from tests.hotline.storage.test_keys_are_rotated import ROWS, SealedTables

pytestmark = pytest.mark.anyio

ORDER = ErasureOrder(why="retention", by=SYSTEM, at=NOON, kept_days=1096)
# Each table was filled for itself: here the rows of a number belong together.
TOGETHER = (
    "update call set id = 'call_id' || right(id, 1), line_id = 'line'",
    "update care_case set id = 'case_id' || right(id, 1), line_id = 'line'",
    "update follow_up set id = 'follow_up_id' || right(id, 1)",
    "update consent set call_id = 'call_id' || right(id, 1), case_id = null",
    "insert into escalation (id, number, call_id, station_id, level, state, policy, chain, step,"
    " round, version, created_at, drill, acknowledged_by, kind)"
    " select 'escalation_id' || n, n::text, 'call_id' || n, 's', 'high', 'closed', '{}', '[]', 0,"
    " 0, 0, now(), false, '', '' from generate_series(1, 3) as n",
    "update text_message set call_id = 'call_id' || right(id, 1)",
    "update callback set from_index = 'i', from_masked = 'm', call_id = 'call_id' || right(id, 1)",
    "update statutory_report set kind = 'emergency', case_id = null,"
    " call_id = 'call_id' || right(id, 1)",
    "update group_member set id = 'member_id' || right(id, 1)",
    "update debrief set call_id = 'call_id' || right(id, 1)",
    "update follow_up set from_index = 'i' || id, from_masked = 'm'",
    "update call set from_index = 'i', from_masked = 'm'",
    "update case_person set phone_index = 'i', phone_masked = 'm'",
    "update consent set giver_index = 'i'",
    "update group_member set mail_index = 'i' || id, phone_index = 'i' || id, phone_masked = 'm'",
)


@asynccontextmanager
async def behind_foreign_keys(database: Database) -> AsyncIterator[Work]:
    """Most rows here name others that are not there."""
    async with database.work() as work:
        await work.sql(text("set local session_replication_role = replica"), {})
        yield work


@pytest.fixture
async def filled(database: Database) -> Database:
    """Three calls and three cases with something in every cell."""
    async with database.work() as work:
        work.add(Line(id="line", name="线", name_en="Line", number_shown="1"))
    async with database.work() as work:
        cases = [
            Case(id=f"id{n}", number=str(n), line_id="line", opened_as="high", opened_by="system",
                 opened_at=NOON) for n in ROWS
        ]  # fmt: skip
        work.add_all(cases)
    await SealedTables(database).fill(Vault(make_key()))
    async with behind_foreign_keys(database) as work:
        for change in TOGETHER:
            await work.sql(text(change), {})
    return database


async def left(work: Work, target: str) -> dict[str, int]:
    """By column, how many cells hold something."""
    counted = {}
    for column, _ in cells_of(target):
        query = text(f"select count(*) from \"{column.table.name}\" where {column.cell} <> ''")
        counted[column.name] = int((await work.sql(query, {})).scalar_one())
    return counted


async def known_again(work: Work, target: str, *ids: str) -> set[str]:
    """The columns by which a number of these calls or cases is known again."""
    found = set()
    for table, column, way in plain_of(target):
        of = text(f'select "{column}" from "{table.name}" where {way.condition}')
        if any((await work.sql(of, {"ids": list(ids)})).scalars()):
            found.add(f"{table.name}.{column}")
    return found


async def test_every_cell_of_a_call_is_emptied_and_none_of_another_one(filled: Database) -> None:
    async with behind_foreign_keys(filled) as work:
        before = await left(work, CALL)
        call = await work.get_one(Call, "call_id2")

        await erase_call(work, call, ORDER)

    async with filled.work() as work:
        after = await left(work, CALL)
        call = await work.get_one(Call, "call_id2")
        proof = (await work.exec(select(Erasure))).one()
        known = await known_again(work, CALL, "call_id2")
    assert before == dict.fromkeys(before, len(ROWS))
    assert after == {name: cells - 1 for name, cells in before.items()}
    assert (known, call.from_sealed, call.erased_at) == (set(), "", NOON)
    assert proof.what.keys() >= before.keys()
    assert len(proof.digest) == 64


async def test_every_cell_of_a_case_is_emptied_with_those_merged_into_it(filled: Database) -> None:
    async with behind_foreign_keys(filled) as work:
        for table in ("consent", "statutory_report"):
            own = text(f"update {table} set case_id = 'case_id' || right(id, 1)")
            await work.sql(own, {})
    async with behind_foreign_keys(filled) as work:
        before = await left(work, CASE)
        case = await work.get_one(Case, "case_id1")
        every = {f"{table.name}.{column}" for table, column, _ in plain_of(CASE)}
        assert await known_again(work, CASE, "case_id1", "case_id3") == every

        await erase_case(work, case, {"case_id1", "case_id3"}, ORDER)

    async with filled.work() as work:
        after = await left(work, CASE)
        known = await known_again(work, CASE, "case_id1", "case_id3")
        assert await known_again(work, CASE, "case_id2") == every
    assert before == dict.fromkeys(before, len(ROWS))
    assert after == dict.fromkeys(before, 1)
    assert known == set()


async def test_calls_for_which_a_line_has_blocked_a_number_are_erased_one_after_the_other(
    filled: Database,
) -> None:
    async with behind_foreign_keys(filled) as work:
        for number in (1, 2):
            work.add(CallerBlock(id=f"b{number}", number_index=f"i{number}", masked="m", at=NOON,
                                 line_id="line", call_id=f"call_id{number}", code="prank",
                                 by_id="li", until=NOON))  # fmt: skip
    for call_id in ("call_id1", "call_id2"):
        async with behind_foreign_keys(filled) as work:
            await erase_call(work, await work.get_one(Call, call_id), ORDER)

    async with filled.work() as work:
        blocks = (await work.exec(select(CallerBlock))).all()
    assert [(one.number_index, one.lifted_at) for one in blocks] == [("", NOON), ("", NOON)]


@pytest.mark.parametrize("erase", [erase_call, erase_what_need_not_be_kept])
async def test_the_sounds_of_a_call_are_told_to_go_and_counted(
    filled: Database, erase: Callable[[Work, Call, ErasureOrder], Awaitable[Erasure]]
) -> None:
    later = NOON + timedelta(days=30)
    async with behind_foreign_keys(filled) as work:
        for state in ("deleted", "wanted", "erased"):
            work.add(CallRecording(id=state, call_id="call_id1", leg_sid="CA", copy_state=state,
                                   due_at=later, keep_until=later, created_at=NOON))  # fmt: skip
    async with behind_foreign_keys(filled) as work:
        proof = await erase(work, await work.get_one(Call, "call_id1"), ORDER)

    async with filled.work() as work:
        kept = {one.id: one for one in (await work.exec(select(CallRecording))).all()}
    assert proof.sounds == 2
    assert [kept[state].keep_until for state in ("deleted", "wanted", "erased")] == [
        NOON, NOON, later]  # fmt: skip
    assert (kept["deleted"].due_at, kept["wanted"].due_at) == (NOON, later)


async def test_on_request_before_its_time_only_what_need_not_be_kept_goes(
    filled: Database,
) -> None:
    async with behind_foreign_keys(filled) as work:
        before = await left(work, CALL)
        call = await work.get_one(Call, "call_id1")

        await erase_what_need_not_be_kept(work, call, ORDER)

    async with filled.work() as work:
        after = await left(work, CALL)
        call = await work.get_one(Call, "call_id1")
    gone = {name for name, cells in before.items() if after[name] != cells}
    assert gone == AT_ONCE
    assert call.erased_at is None


async def test_the_proof_names_each_cell_and_nothing_is_erased_twice(filled: Database) -> None:
    digests = []
    for call_id in ("call_id1", "call_id2"):
        async with behind_foreign_keys(filled) as work:
            call = await work.get_one(Call, call_id)
            digests.append((await erase_call(work, call, ORDER)).digest)
    async with behind_foreign_keys(filled) as work:
        again = await erase_call(work, await work.get_one(Call, "call_id1"), ORDER)

    assert len(set(digests)) == 2
    assert again.what == {}
