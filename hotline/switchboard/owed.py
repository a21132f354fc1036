"""Calls that we owe: once a second, whoever is due is rung, if somebody can take them.

Here is what needs the floor: whose turn it is among those who wait and those who asked to be
called, and which counselor calls a child back who was dropped.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import col, func, select

from hotline.callbacks.model import CallbackState
from hotline.callbacks.policy import COUNSELOR_MISSED, NOBODY_FREE, SAME_COUNSELOR
from hotline.callcontrol.calling_back import CallingBack, call_owed
from hotline.callcontrol.owed import (
    calls_not_needed,
    is_due,
    may_be_tried,
    ring_owed,
    stop_call,
)
from hotline.callcontrol.whom import hold_owed, whom_of_callback
from hotline.calls.model import CallState, Direction, Urgency
from hotline.errors import IllegalMove
from hotline.staff.model import PresenceState
from hotline.staff.presence import CALLABLE
from hotline.staff.skills import skills_of
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Callback, CallbackAttempt, Line, Staff
from hotline.supervision import RowFaults
from hotline.switchboard.leadership import Lead, require_lead
from hotline.switchboard.mirror import PersonOnDuty, Rows, read_rows
from hotline.switchboard.needs import need_of
from hotline.switchboard.teller import Plans, plans_in_force
from routing.engine import Skills
from routing.policy import Need

log = structlog.get_logger()

MOST_AT_ONCE = 500  # so many whom nobody fits now may stand before others in line


@dataclass(frozen=True, slots=True)
class InTurn:
    """Somebody a free counselor is for. `callback_id`: whom we call; empty: they are there."""

    need: Need
    place: datetime
    callback_id: str = ""

    @property
    def order(self) -> tuple[bool, datetime, bool]:
        """Danger first, then who came first; of two who came together, who waits on the line."""
        return self.need.urgency is not Urgency.CRISIS, self.place, bool(self.callback_id)


def whose_turn(people: Sequence[InTurn], free: Sequence[Skills], plans: Plans) -> Iterator[str]:
    """The callbacks whose place in line has come: a counselor is free whom nobody before needs."""
    left = list(free)
    for one in sorted(people, key=lambda one: one.order):
        taken = next((skills for skills in left if fits(plans, one.need, skills)), None)
        if taken is not None:
            left.remove(taken)
            if one.callback_id:
                yield one.callback_id


def fits(plans: Plans, need: Need, skills: Skills) -> bool:
    """Whether somebody fits any stage of the plan, open or not."""
    return any(one.requirement.unmet(skills) is None for one in plans.plan_of(need).stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLook:
    """One look, by the leader. `floor`: who waits and who is on duty, as the rows say."""

    database: Database
    lead: Lead
    faults: RowFaults
    by: CallingBack
    plans: Plans
    floor: Rows

    async def ring_in_turn(self, due: Sequence[Callback], on_the_way: Sequence[Call]) -> None:
        """Ring those who asked for it. `on_the_way`: whom we ring already, who will need one."""
        waiting = self.floor.calls.values()
        people = [InTurn(need_of(one, ()), one.queued_at or self.by.at) for one in waiting]
        people += [InTurn(need_of(one, ()), one.arrived_at) for one in on_the_way]
        people += [InTurn(need_owed(one), one.place_at, one.id) for one in due]
        ready = [staff for presence, staff in self._people() if presence.state == READY]
        for callback_id in whose_turn(people, [skills_of(one) for one in ready], self.plans):
            with self.faults.kept_apart("ring_owed", callback_id):
                await self._ring(callback_id)

    async def _ring(self, callback_id: str) -> None:
        async with self.database.work() as work:
            await require_lead(work, self.lead.epoch)
            await ring_owed(work, callback_id, by=self.by)

    async def call_dropped(self, callback: Callback) -> None:
        """A child in danger: the same counselor's phone first, else the next one's.

        Where nobody is free in time, or who was rung did not come, the child is rung, and waits
        in danger: an alarm then finds whoever is left, as for any child who waits.
        """
        if not await self._may_be_tried(callback.id):
            return
        async with self.database.work() as work:
            missed = await _missed_lately(work, callback.id, at=self.by.at)
        late = self.by.at >= callback.due_at - NOBODY_FREE
        for staff in [] if late and missed else self._for_dropped(callback):
            if staff.id not in missed and await self._offer(callback.id, staff.id):
                return
        if late:
            await self._ring(callback.id)

    async def _may_be_tried(self, callback_id: str) -> bool:
        async with self.database.work() as work:
            callback = await hold_owed(work, callback_id)
            whom = await whom_of_callback(work, callback, self.by.vault)
            due = is_due(callback, at=self.by.at)
            return due and await may_be_tried(work, callback, whom, by=self.by)

    async def _offer(self, callback_id: str, staff_id: str) -> bool:
        try:
            async with self.database.work() as work:
                await require_lead(work, self.lead.epoch)
                await call_owed(work, callback_id, staff_id, by=self.by, by_id=None)
        except IllegalMove:  # they do something else by now
            return False
        return True

    def _for_dropped(self, callback: Callback) -> list[Staff]:
        """Who had them in the talk, then who is ready and fits, then who writes a record."""
        need = need_owed(callback)
        own = callback.owner_id
        people = sorted(self._people(), key=lambda one: (one[1].id != own, one[0].state != READY))
        return [
            staff
            for _, staff in people
            if staff.id == own or fits(self.plans, need, skills_of(staff))
        ]

    def _people(self) -> list[PersonOnDuty]:
        """Who can be rung now; idle longest first."""
        people = self.floor.counselors.values()
        free = [one for one in people if one[0].state in CALLABLE and one[0].back_at is None]
        return sorted(free, key=lambda one: (one[0].idle_since, one[1].id))


READY = PresenceState.READY


def need_owed(callback: Callback) -> Need:
    """What is known of whoever is owed it."""
    return Need(
        line=callback.line_id,
        language=callback.language,
        urgency=Urgency(callback.urgency),
        topic=callback.topic,
    )


async def look_at_owed(database: Database, lead: Lead, faults: RowFaults, by: CallingBack) -> None:
    """Ring whoever is due. One that fails holds up none of the others."""
    async with database.work() as work:
        due = await _due(work, at=by.at)
        if not due:
            return
        lines, floor = await _lines(work), await read_rows(work)
        on_the_way = await _on_the_way(work)
    look = OwedLook(database=database, lead=lead, faults=faults, by=by,
                    plans=plans_in_force(lines), floor=floor)  # fmt: skip
    dropped = [one for one in due if one.urgency == Urgency.CRISIS]
    for callback in dropped:
        with faults.kept_apart("call_dropped", callback.id):
            await look.call_dropped(callback)
    await look.ring_in_turn([one for one in due if one not in dropped], on_the_way)


async def stop_not_needed(database: Database, faults: RowFaults, *, at: datetime) -> None:
    """Whoever reached us while we rang them is rung no more."""
    async with database.work() as work:
        not_needed = await calls_not_needed(work)
    for call_id in not_needed:
        with faults.kept_apart("stop_call", call_id):
            async with database.work() as work:
                await stop_call(work, call_id, at=at)


async def _due(work: Work, *, at: datetime) -> list[Callback]:
    query = (
        select(Callback)
        .where(Callback.state == CallbackState.OPEN, col(Callback.try_at) <= at)
        .order_by(col(Callback.urgency), col(Callback.place_at))
        .limit(MOST_AT_ONCE)
    )
    return list((await work.exec(query)).all())


async def _lines(work: Work) -> Mapping[str, Line]:
    return {line.id: line for line in (await work.exec(select(Line))).all()}


async def _on_the_way(work: Work) -> list[Call]:
    query = select(Call).where(
        Call.state == CallState.CONNECTING,
        Call.direction == Direction.OUT,
        col(Call.counselor_id).is_(None),
        col(Call.queued_at).is_(None),
    )
    return list((await work.exec(query)).all())


async def _missed_lately(work: Work, callback_id: str, *, at: datetime) -> set[str | None]:
    """Whose phone rang for this child in vain a moment ago."""
    last = func.max(CallbackAttempt.ended_at)
    query = (
        select(CallbackAttempt.staff_id)
        .where(CallbackAttempt.callback_id == callback_id)
        .where(col(CallbackAttempt.ended_as).in_(COUNSELOR_MISSED))
        .group_by(col(CallbackAttempt.staff_id))
        .having(last > at - SAME_COUNSELOR)
    )
    return set((await work.exec(query)).all())
