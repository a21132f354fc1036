"""Presses open escalations on: the promise that a raised flag never goes silent is kept here.

Needs no leader: each row is taken with SKIP LOCKED, so any number of these may run at once. The
deadlines live in the rows.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.escalations.apart import done_apart
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.policy import USUAL_WAITS, WAIT_KEYS, clamped, longest_wait
from hotline.escalations.progress import press_on, skip_step
from hotline.escalations.receivers import kept_walk
from hotline.escalations.timeline import add_escalation_entry, position_of
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import Escalation

ROWS_A_TICK = 100
LONGEST_KEPT = timedelta(days=366)

Query = SelectOfScalar[str]
EscalationChange = Callable[[Work, Escalation], Awaitable[None]]


class Deadlines:
    """One of possibly several."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database = database
        self._clock = clock

    async def tick(self) -> None:
        """One look at every deadline that has passed, or lies further away than it may."""
        now = self._clock.now()
        await self._for_each(_overdue(now), self._press_on)
        await self._for_each(_too_far_away(now), self._clamp)

    async def _for_each(self, query: Query, change: EscalationChange) -> None:
        async with self._database.work() as work:
            held = query.limit(ROWS_A_TICK).with_for_update(skip_locked=True)
            for escalation_id in (await work.exec(held)).all():
                if not await done_apart(work, escalation_id, partial(change, work)):
                    await done_apart(work, escalation_id, partial(self._skip, work))

    async def _press_on(self, work: Work, escalation: Escalation) -> None:
        await press_on(work, escalation, at=self._clock.now())

    async def _skip(self, work: Work, escalation: Escalation) -> None:
        await skip_step(work, escalation, at=self._clock.now())

    async def _clamp(self, work: Work, escalation: Escalation) -> None:
        now, due_at = self._clock.now(), escalation.next_due_at
        walk, state = kept_walk(escalation), EscalationState(escalation.state)
        longest = longest_wait(state, walk, position_of(escalation))
        if due_at is not None and due_at > now + longest:
            escalation.next_due_at = clamped(due_at, longest, now)
            add_escalation_entry(work, escalation, "escalation.deadline_clamped", at=now)


def _overdue(now: datetime) -> Query:
    """Imminent danger first: where more is due than one look takes, the rest waits for the next."""
    return (
        select(Escalation.id)
        .where(Escalation.state != EscalationState.CLOSED, col(Escalation.next_due_at) <= now)
        .order_by(col(Escalation.level) != Level.IMMINENT, col(Escalation.next_due_at))
    )


def _too_far_away(now: datetime) -> Query:
    """Candidates only: a chain has a time for each step, and here stands the longest of them."""
    waits = [
        and_(
            col(Escalation.state) == state,
            col(Escalation.next_due_at) > now + _longest(state, usual),
        )
        for state, usual in USUAL_WAITS.items()
    ]
    return select(Escalation.id).where(or_(*waits))


def _longest(state: EscalationState, usual: timedelta) -> ColumnElement[timedelta]:
    """What a row keeps and no clock can take counts as the usual: it must not spoil the question.

    The row itself is found out when its deadline has passed.
    """
    kept = col(Escalation.policy)[WAIT_KEYS[state]]
    number = case((func.jsonb_typeof(kept) == "number", kept.as_float()))
    seconds = case((number <= LONGEST_KEPT.total_seconds(), number), else_=usual.total_seconds())
    return func.make_interval(0, 0, 0, 0, 0, 0, seconds)
