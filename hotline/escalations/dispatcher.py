"""Presses every open escalation on. Leaderless: any number may run, none is needed for safety.

Each tick finds what is due in the rows, under `for update skip locked`. rq is only nudged: an
attempt that nobody sent soon after it was due is sent from here, whatever became of the queue. An
attempt is written as `submitting` before the carrier hears of it, so a crash in between is seen
and settled by looking, not by dialling blindly.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, or_, select

from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear
from hotline.escalations.model import AttemptState, EscalationEvent, EscalationState, after
from hotline.escalations.policy import longest_wait, next_step, read_chain, same_step
from hotline.escalations.service import live_attempts, lock_escalation, press_on, take_step, tell
from hotline.ports import Carrier, Clock, Dial, JobQueue
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    Attempt,
    Beat,
    Call,
    Escalation,
    Line,
    StationContact,
)

log = structlog.get_logger()

TICK_S = 1.0
RING_S = 45  # longer than a counselor's: the duty phone may lie in another room
NUDGE_GRACE = timedelta(seconds=3)
LEASE = timedelta(seconds=10)
SETTLE_AFTER = timedelta(seconds=5)
RESEND_AFTER = timedelta(seconds=15)
TRY_AGAIN = timedelta(seconds=5)
MOST_TRIES = 5
BATCH = 100
JOB = "send_attempt"


class Dispatcher:
    """Ticks once a second, or sends one attempt when a job asks."""

    def __init__(
        self,
        *,
        database: Database,
        carrier: Carrier,
        jobs: JobQueue,
        clock: Clock,
        base_url: str,
    ) -> None:
        """`base_url`: what the carrier's webhooks start with."""
        self._database = database
        self._carrier = carrier
        self._jobs = jobs
        self._clock = clock
        self._base = base_url
        self._nudged: set[tuple[str, int]] = set()

    async def run(self) -> None:
        """For ever. Ends when cancelled."""
        while True:
            try:
                await self.tick()
            except Exception:  # the loop's edge: the next tick finds the same rows again
                log.exception("dispatcher.failed")
            await asyncio.sleep(TICK_S)

    async def tick(self) -> None:
        """Everything that is due now."""
        now = self._clock.now()
        for escalation_id in await self._overdue(now):
            await self._press_on(escalation_id, now)
        for attempt_id in await self._to_send(now):
            await self.send_attempt(attempt_id)
        await self._settle(now)
        await self._hang_up_superseded()
        async with self._database.work() as work:
            await work.merge(Beat(name="dispatcher", at=now))

    # ── deadlines ───────────────────────────────────────────────────────────────────────────

    async def _overdue(self, now: datetime) -> list[str]:
        async with self._database.work() as work:
            query = (
                select(Escalation)
                .where(Escalation.state != EscalationState.CLOSED)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            due = query.where(col(Escalation.next_due_at) <= now)
            overdue = [row.id for row in (await work.exec(due)).all()]
            await self._clamp(work, now)
        return overdue

    async def _clamp(self, work: Work, now: datetime) -> None:
        """After a clock that jumped back: no deadline lies further ahead than one step."""
        query = select(Escalation).where(
            Escalation.state != EscalationState.CLOSED,
            col(Escalation.next_due_at) > now + longest_wait((), EscalationState.ACCEPTED),
        )
        for escalation in (await work.exec(query.with_for_update(skip_locked=True))).all():
            chain = read_chain(escalation.policy)
            escalation.next_due_at = now + longest_wait(chain, escalation.state)

    async def _press_on(self, escalation_id: str, now: datetime) -> None:
        """One row, one unit of work: a row that cannot be pressed on does not stop the others."""
        try:
            async with self._database.work() as work:
                escalation = await lock_escalation(work, escalation_id)
                if escalation.next_due_at is not None and escalation.next_due_at <= now:
                    await self._next(work, escalation, now)
        except Exception:  # a poisoned row: told, and tried again with the next tick
            log.exception("escalation.stuck", escalation_id=escalation_id)

    async def _next(self, work: Work, escalation: Escalation, now: datetime) -> None:
        was = escalation.state
        escalation.state = after(was, EscalationEvent.OVERDUE)
        tell(work, escalation, "overdue", at=now, actor="", state=was)
        log.warning("escalation.overdue", escalation_id=escalation.id, state=was)
        chain = read_chain(escalation.policy)
        follow = next_step if was == EscalationState.OPEN else same_step
        step = follow(chain, escalation.step, escalation.round, now)
        await take_step(work, escalation, step, at=now)

    # ── sending ─────────────────────────────────────────────────────────────────────────────

    async def _to_send(self, now: datetime) -> list[str]:
        """Attempts to send from here: nobody came for them, or nobody can be asked."""
        async with self._database.work() as work:
            query = (
                select(Attempt)
                .where(Attempt.state == AttemptState.PENDING, col(Attempt.due_at) <= now)
                .limit(BATCH)
            )
            due = (await work.exec(query)).all()
        ours: list[str] = []
        for attempt in due:
            late = attempt.due_at <= now - NUDGE_GRACE
            if late or not await self._nudge(attempt):
                ours.append(attempt.id)
        return ours

    async def _nudge(self, attempt: Attempt) -> bool:
        key = (attempt.id, attempt.fence)
        if key not in self._nudged:
            if not await self._jobs.wake(JOB, attempt.id):
                return False
            self._nudged.add(key)
        return True

    async def send_attempt(self, attempt_id: str) -> None:
        """Claim, write that we dial, dial, write what came of it."""
        claimed = await self._claim(attempt_id)
        if claimed is None:
            return
        fence, dial = claimed
        try:
            sid = await self._carrier.dial(dial)
        except CarrierUnclear:
            await self._mark(attempt_id, fence, AttemptState.UNKNOWN, why="unclear")
        except CarrierRefused as fault:
            await self._refused(attempt_id, fence, f"refused {fault.code}")
        except CarrierError as fault:
            await self._again(attempt_id, fence, type(fault).__name__)
        else:
            await self._mark(attempt_id, fence, AttemptState.SUBMITTED, sid=sid)

    async def _claim(self, attempt_id: str) -> tuple[int, Dial] | None:
        now = self._clock.now()
        async with self._database.work() as work:
            attempt = await work.get(Attempt, attempt_id, with_for_update={"skip_locked": True})
            if attempt is None or attempt.state != AttemptState.PENDING:
                return None
            if attempt.tries >= MOST_TRIES:
                attempt.state, attempt.ended_at = AttemptState.DEAD, now
                return None
            attempt.state, attempt.lease_until = AttemptState.SUBMITTING, now + LEASE
            attempt.fence += 1
            attempt.tries += 1
            return attempt.fence, await self._dial_of(work, attempt)

    async def _dial_of(self, work: Work, attempt: Attempt) -> Dial:
        escalation = await work.get_one(Escalation, attempt.escalation_id)
        call = await work.get_one(Call, escalation.call_id)
        line = await work.get_one(Line, call.line_id)
        contact = await work.get_one(StationContact, attempt.contact_id)
        base = f"{self._base}/voice/stations/{attempt.id}"
        return Dial(
            to=contact.phone,
            from_=line.number_shown,
            answer_url=f"{base}/answer",
            status_url=f"{base}/status",
            ring_s=RING_S,
        )

    async def _mark(
        self, attempt_id: str, fence: int, state: AttemptState, *, sid: str = "", why: str = ""
    ) -> None:
        async with self._database.work() as work:
            attempt = await work.get_one(Attempt, attempt_id, with_for_update=True)
            attempt.carrier_sid = attempt.carrier_sid or sid or None
            attempt.last_error = why
            if attempt.fence == fence and attempt.state == AttemptState.SUBMITTING:
                attempt.state = state
            escalation = await work.get_one(Escalation, attempt.escalation_id)
            tell(work, escalation, f"attempt_{state}", at=self._clock.now(), actor="", why=why)

    async def _again(self, attempt_id: str, fence: int, why: str) -> None:
        """Nothing was done: the same attempt once more, a little later."""
        async with self._database.work() as work:
            attempt = await work.get_one(Attempt, attempt_id, with_for_update=True)
            if attempt.fence == fence and attempt.state == AttemptState.SUBMITTING:
                attempt.state, attempt.last_error = AttemptState.PENDING, why
                attempt.due_at = self._clock.now() + TRY_AGAIN

    async def _refused(self, attempt_id: str, fence: int, why: str) -> None:
        """This contact cannot be reached at all: do not wait for the timer."""
        now = self._clock.now()
        async with self._database.work() as work:
            known = await work.get_one(Attempt, attempt_id)
            escalation = await lock_escalation(work, known.escalation_id)
            attempt = await work.get_one(
                Attempt, attempt_id, with_for_update=True, populate_existing=True
            )
            if attempt.fence != fence or attempt.state != AttemptState.SUBMITTING:
                return
            attempt.state, attempt.ended_at = AttemptState.FAILED, now
            attempt.last_error = why
            tell(work, escalation, "attempt_failed", at=now, actor="", why=why)
            await work.flush()
            if escalation.state == EscalationState.OPEN and not await live_attempts(
                work, escalation.id
            ):
                await press_on(work, escalation, at=now)

    # ── settling ────────────────────────────────────────────────────────────────────────────

    async def _settle(self, now: datetime) -> None:
        """Submissions whose end we do not know: look at the carrier, adopt or send again."""
        async with self._database.work() as work:
            query = select(Attempt.id).where(
                or_(
                    Attempt.state == AttemptState.UNKNOWN,
                    Attempt.state == AttemptState.SUBMITTING,
                ),
                col(Attempt.carrier_sid).is_(None),
                col(Attempt.lease_until) <= now - SETTLE_AFTER + LEASE,
            )
            unsettled = (await work.exec(query)).all()
        for attempt_id in unsettled:
            await self._settle_one(attempt_id, now)

    async def _settle_one(self, attempt_id: str, now: datetime) -> None:
        async with self._database.work() as work:
            attempt = await work.get_one(Attempt, attempt_id)
            contact = await work.get_one(StationContact, attempt.contact_id)
        sent_at = (attempt.lease_until or now) - LEASE
        try:
            found = await self._carrier.find_legs(to=contact.phone, since=sent_at)
        except CarrierError:
            return  # the carrier cannot say now; the next tick asks again
        if found:
            await self._mark(attempt_id, attempt.fence, AttemptState.SUBMITTED, sid=found[0].sid)
            await self._unknown_becomes(attempt_id, AttemptState.SUBMITTED)
        elif now >= sent_at + RESEND_AFTER:
            await self._unknown_becomes(attempt_id, AttemptState.PENDING)

    async def _unknown_becomes(self, attempt_id: str, state: AttemptState) -> None:
        async with self._database.work() as work:
            attempt = await work.get_one(Attempt, attempt_id, with_for_update=True)
            if attempt.state in (AttemptState.UNKNOWN, AttemptState.SUBMITTING):
                attempt.state = state

    async def _hang_up_superseded(self) -> None:
        """Somebody else has it: stop the phones that still ring."""
        async with self._database.work() as work:
            query = select(Attempt).where(
                Attempt.state == AttemptState.SUPERSEDED,
                col(Attempt.carrier_sid).is_not(None),
                Attempt.last_error != "hung_up",
            )
            for attempt in (await work.exec(query.with_for_update(skip_locked=True))).all():
                attempt.last_error = "hung_up"
                try:
                    await self._carrier.hang_up(str(attempt.carrier_sid))
                except CarrierError as fault:
                    log.warning("attempt.not_hung_up", error=type(fault).__name__)
