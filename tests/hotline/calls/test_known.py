"""Callers who agreed to reach the same counselor again are known by their number alone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.calls.known import AGREED_FOR, ask_known_first, note_same_counselor, same_counselor_of
from hotline.calls.service import lock_call
from hotline.errors import IllegalMove
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, KnownCaller, Line, Staff
from tests.fakes import NOON

pytestmark = pytest.mark.anyio

CHILD = "index-of-the-child"


@pytest.fixture
async def house(database: Database) -> Database:
    """A line, somebody who works for it, and a talk of theirs with the child."""
    async with database.work() as work:
        work.add(Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
        work.add(Staff(id="li", username="li", name="Li", password_hash="", lines=["youth"]))
        await work.flush()
        work.add(a_call("talk", state="talking", counselor_id="li"))
    return database


def a_call(call_id: str, **values: Any) -> Call:
    fields = {"line_id": "youth", "state": "waiting", "from_index": CHILD}
    moments = {"arrived_at": NOON, "heard_at": NOON}
    return Call(id=call_id, carrier_sid=call_id, **{**fields, **moments, **values})


async def says(house: Database, *, agreed: bool) -> None:
    """The child was asked in the talk."""
    async with house.work() as work:
        call = await lock_call(work, "talk")
        await note_same_counselor(work, call, agreed=agreed, at=NOON, staff_id="li")


async def meant_for(house: Database, days: float = 1, **values: Any) -> tuple[str | None, bool]:
    """The child calls again after so many days."""
    at = NOON + timedelta(days=days)
    async with house.work() as work:
        call = a_call("again", **values)
        work.add(call)
        await work.flush()
        await ask_known_first(work, call, at=at)
        return call.meant_for_id, call.agreed_to_wait


async def test_a_child_who_agreed_is_meant_for_the_same_counselor(house: Database) -> None:
    await says(house, agreed=True)

    assert await meant_for(house) == ("li", True)

    async with house.work() as work:
        query = select(CallEntry.kind, CallEntry.staff_id).where(CallEntry.call_id == "again")
        assert (await work.exec(query)).all() == [("call.known_caller", "li")]


async def test_a_child_who_was_not_asked_is_meant_for_nobody(house: Database) -> None:
    assert await meant_for(house) == (None, False)


async def test_what_was_agreed_can_be_taken_back_and_ends_after_half_a_year(
    house: Database,
) -> None:
    await says(house, agreed=True)
    assert await meant_for(house, days=AGREED_FOR.days) == (None, False)

    await says(house, agreed=False)

    async with house.work() as work:
        assert (await work.exec(select(KnownCaller))).all() == []


@pytest.mark.parametrize(
    "values", [{"from_index": ""}, {"from_index": "of-another"}, {"meant_for_id": "li"}]
)
async def test_who_is_not_known_or_is_meant_for_somebody_stays_so(
    house: Database, values: dict[str, Any]
) -> None:
    await says(house, agreed=True)

    assert await meant_for(house, **values) == (values.get("meant_for_id"), False)


@pytest.mark.parametrize("values", [{"active": False}, {"lines": ["women"]}])
async def test_nobody_is_kept_for_a_counselor_who_left_the_line(
    house: Database, values: dict[str, Any]
) -> None:
    await says(house, agreed=True)
    async with house.work() as work:
        staff = await work.get_one(Staff, "li")
        for name, value in values.items():
            setattr(staff, name, value)

    assert await meant_for(house) == (None, False)


async def test_a_withheld_number_cannot_be_known_again(house: Database) -> None:
    async with house.work() as work:
        (await work.get_one(Call, "talk")).from_index = ""

    with pytest.raises(IllegalMove):
        await says(house, agreed=True)


async def test_the_same_again_is_written_once(house: Database) -> None:
    await says(house, agreed=True)
    await says(house, agreed=True)

    async with house.work() as work:
        assert len((await work.exec(select(CallEntry))).all()) == 1
        said = await same_counselor_of(work, await work.get_one(Call, "talk"), at=NOON)
    assert (said.agreed, said.counselor, said.until) == (True, "Li", NOON + AGREED_FOR)
