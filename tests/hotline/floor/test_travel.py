"""The floor as it was equals the floor as it was seen, whatever had happened before and since.

Of every field. What nobody keeps, names and what a line's files say, stays the same here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest

import pytest

from hotline.calls.model import CallState
from hotline.floor.snapshot import FloorSnapshot, floor_snapshot
from hotline.floor.travel import floor_at
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, Presence, Staff
from tests.fakes import FakeClock
from tests.hotline.database_clock import set_database_clock
from tests.hotline.floor.histories import FloorHistory, a_history

pytestmark = pytest.mark.anyio

READERS = (None, ("youth",), ("legal",))
AGO = timedelta(minutes=2)
PARTS = ("lines", "callers", "counselors", "escalations", "breaks")


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw; `of`: the lines of theirs."""

    of: Sequence[str] | None
    floor: FloorSnapshot


async def seen_meanwhile(history: FloorHistory, acts: int, one_in: int) -> list[Seen]:
    """After so many acts, what was seen of the floor at one moment in so many."""
    found = []
    for _ in range(acts):
        await history.goes_on()
        if history.random.randrange(one_in) == 0:
            of, at = history.random.choice(READERS), history.clock.now()
            async with history.database.work() as work:
                found.append(Seen(of, await floor_snapshot(work, at=at, of=of)))
    return found


async def differing(database: Database, seen: Iterable[Seen]) -> list[str]:
    """What is told otherwise now than it was seen: part, and both rows."""
    found = []
    async with database.work() as work:
        for one in seen:
            told = await floor_at(work, at=one.floor.at, of=one.of)
            found += [
                f"{one.floor.at} {part}: seen {was}, told {now}"
                for part in PARTS
                for was, now in zip_longest(getattr(one.floor, part), getattr(told, part))
                if was != now
            ]
    return found


@pytest.mark.parametrize("seed", range(5))
async def test_the_floor_as_it_was_is_the_floor_as_it_was_seen(
    database: Database, clock: FakeClock, seed: int
) -> None:
    async with a_history(database, clock, seed) as history:
        seen = await seen_meanwhile(history, acts=70, one_in=7)

        assert "\n".join(await differing(database, seen)) == ""
    assert len(seen) >= 5


async def what_is_rare(history: FloorHistory) -> None:
    """A long talk, a caller like no other, a swapped break, an account that cannot be read."""
    scene, now = history.scene, history.clock.now()
    await scene.change(Call, "call", joined_at=now - timedelta(hours=2))
    strange = {"queued_at": now - AGO, "ahead_at": now - 2 * AGO, "meant_for_id": "chen"}
    alarm = {"alarm_since": now - AGO, "alarm_step": 2, "alarm_due_at": now + AGO}
    call = scene.call("strange", CallState.WAITING, attention="short_calls", **strange, **alarm)
    await scene.add(call)
    for call_id, step in (("strange", "own_phones"), ("strange", "duty_phone")):
        entry = CallEntry(call_id=call_id, at=now, kind="alarm.rang", facts={"step": step})
        await scene.add(entry)
    for hours, name in ((2.8, "chen"), (2.6, "sun")):
        since = now - timedelta(hours=hours)
        await scene.change(Presence, name, state="ready", working_since=since)
    await scene.person("he").does("POST", "/breaks/swaps", {"giver": "chen", "taker": "sun"})
    await scene.change(Presence, "wong", state="ready")
    await scene.change(Staff, "wong", skills={"languages": {"cmn": "well"}})
    body = {"level": "high"}
    await scene.person("li").does("POST", "/calls/call/flags", body)


async def test_what_is_rare_is_told_again_when_nothing_of_it_is_left(
    database: Database, clock: FakeClock
) -> None:
    async with a_history(database, clock, 0) as history:
        await what_is_rare(history)
        async with database.work() as work:
            seen = Seen(None, await floor_snapshot(work, at=clock.now()))
        clock.advance(1)
        await set_database_clock(database, clock.now())
        none = {"ahead_at": None, "meant_for_id": None, "attention": "", "alarm_step": 0}
        over = {"state": CallState.ENDED, "outcome": "talked", "ended_at": clock.now()}
        for call_id in ("strange", "call"):
            await history.scene.change(Call, call_id, **none, **over)
        for name in ("chen", "wong", "sun"):
            await history.scene.change(Presence, name, state="offline", working_since=clock.now())
        await history.scene.change(Staff, "wong", active=False)

        assert "\n".join(await differing(database, [seen])) == ""

    floor = seen.floor
    assert [one.is_long for one in floor.callers] == [True, False]
    strange = floor.callers[1]
    assert (strange.ahead, strange.meant_for, strange.told) == (
        True,
        "name of chen",
        ("own_phones", "duty_phone"),
    )
    assert {one.gave_to for one in floor.breaks} == {"", "name of sun"}
    assert [one.staff_id for one in floor.counselors if one.left_out] == ["wong"]
    assert [one.state for one in floor.escalations] == ["open"]


async def test_before_anything_was_kept_nobody_was_there(
    database: Database, clock: FakeClock
) -> None:
    async with a_history(database, clock, 0), database.work() as work:
        before = await floor_at(work, at=clock.now() - AGO)

    assert (before.callers, before.counselors, before.escalations) == ([], [], [])
    assert {one.came_in for one in before.lines} == {0}
