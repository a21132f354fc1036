"""Presses open escalations on: the promise that a raised flag never goes silent is kept here.

Needs no leader. Each row is taken with SKIP LOCKED, each attempt has a unique key and a fence, so
any number of dispatchers, and workers beside them, may run at once. Truth and time-outs live in
the rows; the queue only makes workers look sooner.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, case, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from hotline.background import BackgroundJobs
from hotline.escalations.attempts import LONGEST_BACK_OFF
from hotline.escalations.model import AttemptState, EscalationState, Level
from hotline.escalations.policy import ChainPosition, chain_of, clamped, longest_wait
from hotline.escalations.sending import LEASE, RESEND_AFTER, Sender
from hotline.escalations.steps import (
    add_escalation_entry,
    lock_escalation,
    position_of,
    press_on,
    skip_step,
)
from hotline.ports import Carrier, Clock, JobQueue
from hotline.storage.news import Change, follow_changes
from hotline.storage.session import Database, Work
from hotline.storage.tables import Attempt, Beat, Escalation

log = structlog.get_logger()

TICK_S = 1.0
PATIENCE = timedelta(seconds=3)  # what a worker has not taken by then is sent from here
ROWS_A_TICK = 100
SENDS_AT_ONCE = 8
SEND_ATTEMPT = "send_attempt"
BEAT = "dispatcher"

PAUSES = (
    (AttemptState.PENDING, col(Attempt.due_at), LONGEST_BACK_OFF),
    (AttemptState.UNKNOWN, col(Attempt.due_at), RESEND_AFTER),
    (AttemptState.UNKNOWN, col(Attempt.lease_until), LEASE),
    (AttemptState.SUBMITTING, col(Attempt.lease_until), LEASE),
)
"""What an attempt waits for, and how long at most."""

Query = SelectOfScalar[str]
EscalationChange = Callable[[Work, Escalation], Awaitable[None]]


class Dispatcher:
    """One of possibly several. `run` for a process, `send_attempt` for a worker's job."""

    def __init__(
        self, *, database: Database, carrier: Carrier, jobs: JobQueue, clock: Clock, base_url: str
    ) -> None:
        """`base_url`: what the carrier's webhooks start with."""
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self._sender = Sender(database=database, carrier=carrier, clock=clock, base_url=base_url)
        self._nudged: set[tuple[str, int]] = set()
        self._sending = BackgroundJobs(at_once=SENDS_AT_ONCE)

    async def run(
        self, stop: asyncio.Event | None = None, wake: asyncio.Event | None = None
    ) -> None:
        """Tick each second and at each wake, until stopped or cancelled.

        Without a `wake` it listens for itself. What it was sending when it is cancelled stays
        `submitting` in its row, and is settled by whoever comes next.
        """
        listening = asyncio.create_task(asyncio.sleep(0))
        if wake is None:
            wake = asyncio.Event()
            listening = asyncio.create_task(self._listen(wake))
        stop = stop or asyncio.Event()
        try:
            while not stop.is_set():
                await self._tick_whatever_happens()
                await _pause(stop, wake)
            await self.settled()
        finally:
            await _cancel([listening])
            await self._sending.stop()

    async def _listen(self, wake: asyncio.Event) -> None:
        def hear(change: Change) -> None:
            if change.topic == "escalation":
                wake.set()

        await follow_changes(self._database.url, hear)

    async def _tick_whatever_happens(self) -> None:
        try:
            await self.tick()
        except (SQLAlchemyError, OSError) as fault:  # no trace each second of an outage
            log.warning("dispatcher.tick_failed", error=type(fault).__name__)
        except Exception:  # the loop is the last one that may end
            log.exception("dispatcher.tick_failed")

    async def tick(self) -> None:
        """One look at everything that is due. What must be sent goes on in the background."""
        now = self._clock.now()
        await self._for_each(_overdue(now), self._press_on)
        await self._for_each(_too_far_away(now), self._clamp)
        await self._clamp_attempts(now)
        await self._look_into_doubtful(now)
        await self._hand_out(now)
        await self._beat(now)

    async def send_attempt(self, attempt_id: str) -> None:
        """Dial one attempt, if it is still to be dialled."""
        await self._sender.send(attempt_id)

    async def settled(self) -> None:
        """Wait until nothing is being sent."""
        await self._sending.settled()

    # ── escalations ─────────────────────────────────────────────────────────────────────────

    async def _for_each(self, query: Query, change: EscalationChange) -> None:
        async with self._database.work() as work:
            held = query.limit(ROWS_A_TICK).with_for_update(skip_locked=True)
            for escalation_id in (await work.exec(held)).all():
                if not await _carried_out(work, escalation_id, change):
                    await _carried_out(work, escalation_id, self._skip)

    async def _press_on(self, work: Work, escalation: Escalation) -> None:
        await press_on(work, escalation, at=self._clock.now())

    async def _skip(self, work: Work, escalation: Escalation) -> None:
        await skip_step(work, escalation, at=self._clock.now())

    async def _clamp(self, work: Work, escalation: Escalation) -> None:
        now, due_at = self._clock.now(), escalation.next_due_at
        chain, state = chain_of(escalation.chain), EscalationState(escalation.state)
        longest = longest_wait(state, chain, position_of(escalation))
        if due_at is not None and due_at > now + longest:
            escalation.next_due_at = clamped(due_at, longest, now)
            add_escalation_entry(work, escalation, "escalation.deadline_clamped", at=now)

    # ── attempts ────────────────────────────────────────────────────────────────────────────

    async def _clamp_attempts(self, now: datetime) -> None:
        """After a clock was set back, pauses and leases from the future count as over."""
        async with self._database.work() as work:
            for state, moment, longest in PAUSES:
                mine = select(Attempt.id).where(Attempt.state == state, moment > now + longest)
                held = mine.with_for_update(skip_locked=True).scalar_subquery()
                late = update(Attempt).where(col(Attempt.id).in_(held)).values({moment: now})
                await work.exec(late.execution_options(synchronize_session=False))

    async def _look_into_doubtful(self, now: datetime) -> None:
        for attempt_id in await self._read(_doubtful(now)):
            self._sending.start(f"settle:{attempt_id}", self._sender.settle(attempt_id))

    async def _hand_out(self, now: datetime) -> None:
        waiting = await self._read_pending(now)
        self._nudged &= {(attempt_id, tries) for attempt_id, tries, _ in waiting}
        for attempt_id, tries, due_at in waiting:
            if now - due_at >= PATIENCE or not await self._nudge(attempt_id, tries):
                self._sending.start(f"send:{attempt_id}", self._sender.send(attempt_id))

    async def _nudge(self, attempt_id: str, tries: int) -> bool:
        """Once for each try. False where nobody can have heard it."""
        if (attempt_id, tries) in self._nudged:
            return True
        if not await self._jobs.wake(SEND_ATTEMPT, attempt_id):
            return False
        self._nudged.add((attempt_id, tries))
        return True

    async def _read(self, query: Query) -> Sequence[str]:
        async with self._database.work() as work:
            return (await work.exec(query.limit(ROWS_A_TICK))).all()

    async def _read_pending(self, now: datetime) -> Sequence[tuple[str, int, datetime]]:
        urgent_first = case((col(Escalation.level) == Level.IMMINENT, 0), else_=1)
        query = (
            select(Attempt.id, Attempt.tries, Attempt.due_at)
            .join(Escalation, col(Escalation.id) == col(Attempt.escalation_id))
            .where(Attempt.state == AttemptState.PENDING, Attempt.due_at <= now)
            .order_by(urgent_first, col(Attempt.due_at))
            .limit(ROWS_A_TICK)
        )
        async with self._database.work() as work:
            return (await work.exec(query)).all()

    async def _beat(self, now: datetime) -> None:
        beat = insert(Beat).values(name=BEAT, at=now)
        async with self._database.work() as work:
            await work.exec(beat.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


async def _carried_out(work: Work, escalation_id: str, change: EscalationChange) -> bool:
    """In a savepoint of its own: a row that cannot be handled must not hold up the others."""
    try:
        async with work.begin_nested():
            await change(work, await lock_escalation(work, escalation_id))
            await work.flush()
    except Exception:  # whatever it is, it is this row's
        log.exception("escalation.step_failed", escalation_id=escalation_id)
        return False
    return True


def _overdue(now: datetime) -> Query:
    return (
        select(Escalation.id)
        .where(Escalation.state != EscalationState.CLOSED, col(Escalation.next_due_at) <= now)
        .order_by(col(Escalation.next_due_at))
    )


def _too_far_away(now: datetime) -> Query:
    """Candidates only: a chain may allow a step more than the usual time."""
    usual = [
        and_(
            col(Escalation.state) == state,
            col(Escalation.next_due_at) > now + longest_wait(state, (), ChainPosition(0, 0)),
        )
        for state in EscalationState
        if state is not EscalationState.CLOSED
    ]
    return select(Escalation.id).where(or_(*usual))


def _doubtful(now: datetime) -> Query:
    """As `sending.doubtful` says of one row."""
    return select(Attempt.id).where(
        or_(
            and_(col(Attempt.state) == AttemptState.SUBMITTING, col(Attempt.lease_until) <= now),
            and_(col(Attempt.state) == AttemptState.UNKNOWN, col(Attempt.due_at) <= now),
        )
    )


async def _pause(stop: asyncio.Event, wake: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in (stop, wake)]
    await asyncio.wait(waiting, timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED)
    wake.clear()
    await _cancel(waiting)


async def _cancel(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
