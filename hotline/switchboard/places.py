"""Writes down where everybody in line stands, for what callers are told while they wait.

Nothing waits for it and nothing is decided by it: a caller's webhook reads a row, and where that
is missing or old, nothing is said of a place.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import col, select

from hotline.calls.model import CallState, Direction, Outcome
from hotline.staff.model import PresenceState
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call
from hotline.switchboard.teller import OnDuty, Teller
from routing.engine import Skills, Waiting
from routing.estimate import Pace, PlaceInLine, pace_from, places
from routing.policy import Need

WRITTEN_EVERY = timedelta(seconds=5)
LEARNED_EVERY = timedelta(minutes=1)
LOOKS_BACK = timedelta(hours=12)
RECENT = 50  # of a line; the same number as in the simulation that measures the estimate
MOST_READ = 500
AT_WORK = frozenset(PresenceState) - {PresenceState.OFFLINE, PresenceState.PAUSED}

WRITE = text("""
with seen as materialized (
    select * from jsonb_to_recordset(cast(:seen as jsonb))
        as s(call_id text, place int, minutes int)
), gone as (
    delete from waiting_place where call_id not in (select call_id from seen)
)
insert into waiting_place (call_id, place, minutes, seen_at)
select call_id, place, minutes, :at from seen
on conflict (call_id) do update
set place = excluded.place, minutes = excluded.minutes, seen_at = excluded.seen_at
""")


InLineNow = Mapping[str, tuple[Need, datetime | None]]
"""Who waits without a phone that rings for them: what they need, and since when they queue."""


@dataclass(slots=True)
class PlaceBook:
    """Remembers what was written last, and how fast each line is."""

    _paces: Mapping[str, Pace] = field(default_factory=dict)
    _learned_at: datetime | None = None
    _written_at: datetime | None = None
    _waiting: frozenset[str] = frozenset()

    async def write(
        self, database: Database, teller: Teller, in_line: InLineNow, *, at: datetime
    ) -> None:
        """At once for who has just come, and every few seconds for all."""
        waiting = frozenset(in_line)
        if waiting <= self._waiting and not _is_over(self._written_at, WRITTEN_EVERY, at):
            return
        if not waiting and not self._waiting:
            return
        async with database.work() as work:
            await self._learn(work, at=at)
            await _keep(work, self._places(teller, in_line, at=at), at=at)
        self._waiting, self._written_at = waiting, at

    def _places(self, teller: Teller, in_line: InLineNow, *, at: datetime) -> Sequence[PlaceInLine]:
        now = at.timestamp()

        def pace_of(caller: Waiting) -> Pace:
            return self._paces.get(in_line[caller.call][0].line, NOTHING_KNOWN)

        callers = [
            Waiting(
                call_id, teller.plans.plan_of(need), now if place is None else place.timestamp()
            )
            for call_id, (need, place) in in_line.items()
        ]
        return places(callers, at_work(teller.doing.values()), pace_of, now=now)

    async def _learn(self, work: Work, *, at: datetime) -> None:
        if _is_over(self._learned_at, LEARNED_EVERY, at):
            self._paces, self._learned_at = await paces_of_lines(work, at=at), at


def at_work(people: Iterable[OnDuty]) -> Mapping[Skills, int]:
    """How many can do what. Who rests or has a break takes nobody for now."""
    return Counter(one.standing.signature.skills for one in people if one.state in AT_WORK)


NOTHING_KNOWN = pace_from((), waited_s=0.0, gave_up=0)


def _is_over(since: datetime | None, lasting: timedelta, at: datetime) -> bool:
    """Also where the clock was set back."""
    return since is None or not since <= at < since + lasting


async def _keep(work: Work, found: Sequence[PlaceInLine], *, at: datetime) -> None:
    rows = [{"call_id": one.call, "place": one.place, "minutes": one.minutes} for one in found]
    await (await work.connection()).execute(WRITE, {"seen": json.dumps(rows), "at": at})


async def paces_of_lines(work: Work, *, at: datetime) -> dict[str, Pace]:
    """How fast each line has been lately, by its last calls that waited for somebody."""
    query = (
        select(Call)
        .where(col(Call.arrived_at) >= at - LOOKS_BACK, Call.state == CallState.ENDED)
        .where(Call.direction == Direction.IN, col(Call.queued_at).is_not(None))
        .order_by(col(Call.arrived_at).desc())
        .limit(MOST_READ)
    )
    by_line: dict[str, list[Call]] = {}
    for call in (await work.exec(query)).all():
        by_line.setdefault(call.line_id, []).append(call)
    return {line_id: _pace(calls[:RECENT]) for line_id, calls in by_line.items()}


def _pace(calls: Sequence[Call]) -> Pace:
    talks = [
        (one.left_at - one.joined_at).total_seconds()
        for one in calls
        if one.joined_at is not None and one.left_at is not None
    ]
    gave_up = sum(
        one.outcome == Outcome.HUNG_UP and one.outcome_step == CallState.WAITING for one in calls
    )
    return pace_from(talks, waited_s=sum(map(_waited_s, calls)), gave_up=gave_up)


def _waited_s(call: Call) -> float:
    ended = call.accepted_at or call.ended_at
    if ended is None or call.queued_at is None:
        return 0.0
    return max(0.0, (ended - call.queued_at).total_seconds())
