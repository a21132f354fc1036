"""A caller refuses to be recorded, or was recorded in an emergency and must be told."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.errors import IllegalMove, NothingRecorded
from hotline.recordings.consent import refuse_recording
from hotline.recordings.service import begin_recording, caller_was_told, hear_notice
from hotline.recordings.telling import TellingEnd, close_notice, is_notice_owed, notices_owed
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, CallRecording, Line, Staff
from tests.fakes import NOON

pytestmark = pytest.mark.anyio

AT_ONCE = {"when": "always", "in_danger": "at_once"}


@pytest.fixture
async def house(database: Database) -> Database:
    """Li talks with a child in danger, who has heard no notice, on a line that records at once."""
    async with database.work() as work:
        work.add(Line(id="youth", name="青少年", name_en="Youth", number_shown="12355",
                      recording=AT_ONCE))  # fmt: skip
        work.add(Staff(id="li", username="li", name="Li", password_hash="", lines=["youth"]))
        await work.flush()
        work.add(Call(id="c1", carrier_sid="CA1", line_id="youth", state="talking",
                      urgency="crisis", arrived_at=NOON, heard_at=NOON, counselor_id="li",
                      from_masked="138****8000"))  # fmt: skip
    return database


async def begins(house: Database, **values: object) -> list[CallRecording]:
    """The talk begins. What is to be recorded of it."""
    async with house.work() as work:
        call = await lock_call(work, "c1")
        for name, value in values.items():
            setattr(call, name, value)
        await begin_recording(work, call, at=NOON)
    async with house.work() as work:
        return list((await work.exec(select(CallRecording))).all())


async def refuses(house: Database, *, erase: bool) -> None:
    async with house.work() as work:
        call = await lock_call(work, "c1")
        await refuse_recording(work, call, erase=erase, at=NOON, staff_id="li")


async def is_owed(house: Database) -> bool:
    async with house.work() as work:
        return await is_notice_owed(work, "c1")


async def kinds(house: Database) -> list[str]:
    async with house.work() as work:
        return list((await work.exec(select(CallEntry.kind).order_by(col(CallEntry.id)))).all())


async def test_danger_is_recorded_at_once_where_the_line_says_so_and_somebody_owes_the_word(
    house: Database,
) -> None:
    found = await begins(house)

    async with house.work() as work:
        [owed] = await notices_owed(work, ["youth"])
    assert [one.wanted for one in found] == ["on"]
    assert (owed.owner, owed.masked, owed.since) == ("Li", "138****8000", NOON)


async def test_nobody_in_no_danger_is_recorded_without_the_notice(house: Database) -> None:
    assert await begins(house, urgency="routine") == []
    assert not await is_owed(house)


async def test_a_line_that_says_nothing_about_danger_waits_for_the_notice(
    house: Database,
) -> None:
    async with house.work() as work:
        (await work.get_one(Line, "youth")).recording = {"when": "always"}

    assert await begins(house) == []


async def test_only_a_person_or_the_notice_itself_ends_the_duty(house: Database) -> None:
    await begins(house)
    async with house.work() as work:
        await close_notice(work, await lock_call(work, "c1"), TellingEnd.TOLD, at=NOON, by="li")

    assert not await is_owed(house)
    async with house.work() as work:
        call = await lock_call(work, "c1")
        with pytest.raises(IllegalMove):
            await close_notice(work, call, TellingEnd.COULD_NOT, at=NOON, by="li")


async def test_who_hears_the_notice_after_all_is_told(house: Database) -> None:
    await begins(house)

    async with house.work() as work:
        await hear_notice(work, await lock_call(work, "c1"), at=NOON)

    assert not await is_owed(house)
    assert "notice.told" in await kinds(house)


async def test_refusing_ends_the_recording_for_good_and_not_the_call(house: Database) -> None:
    await begins(house, notice_heard_at=NOON)

    await refuses(house, erase=False)

    assert await begins(house) == []  # the carrier had not heard of it yet
    async with house.work() as work:
        call = await lock_call(work, "c1")
        assert call.state == "talking"
        with pytest.raises(NothingRecorded):
            await caller_was_told(work, call, at=NOON, staff_id="li")


@pytest.mark.parametrize("erase", [False, True])
async def test_what_was_recorded_is_erased_only_where_the_caller_asks(
    house: Database, *, erase: bool
) -> None:
    [one] = await begins(house, notice_heard_at=NOON)
    years = NOON + timedelta(days=1000)
    async with house.work() as work:
        row = await work.get_one(CallRecording, one.id)
        row.state, row.copy_state, row.keep_until, row.due_at = "over", "deleted", years, years

    await refuses(house, erase=erase)

    async with house.work() as work:
        kept = await work.get_one(CallRecording, one.id)
    assert kept.due_at == (NOON if erase else years)
    assert ("recording.to_be_erased" in await kinds(house)) is erase
