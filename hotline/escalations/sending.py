"""One attempt at the carrier: claimed in the database before, settled in it after.

The row says `submitting`, and that is committed, before the carrier hears anything: whoever finds
it so after a crash knows that a phone may be ringing and looks before repeating. The fence in the
row is raised by each claim; what an earlier claimant still has to say is not written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.escalations.attempts import back_off, fail_attempt, move_attempt, retry_attempt
from hotline.escalations.model import AttemptEvent, AttemptState, EscalationState
from hotline.escalations.steps import lock_attempt
from hotline.ports import Carrier, Clock, Dial, LegReport
from hotline.storage.session import Database, Work
from hotline.storage.tables import Attempt, Call, Escalation, Line, StationContact

log = structlog.get_logger()

RING_S = 40  # leaves more than half of a step for the PIN
DIAL_WITHIN_S = 15.0  # the carrier's client looks for an unclear leg within this
LEASE = timedelta(seconds=20)  # longer than DIAL_WITHIN_S: a live sender is not taken for dead
RESEND_AFTER = timedelta(seconds=15)  # reliability research §4.2, 5
LOOK_EVERY = timedelta(seconds=5)
LOOK_WITHIN_S = 8.0
CONFUSABLE_FOR = timedelta(minutes=15)  # how long another leg to the same phone may be ours or not

AttemptChange = Callable[[Work, Escalation, Attempt], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to act for an attempt, while its row still bears this fence."""

    attempt_id: str
    fence: int
    dial: Dial
    since: datetime
    resend_at: datetime


class Sender:
    """Dials attempts, and finds out what became of the doubtful ones."""

    def __init__(
        self, *, database: Database, carrier: Carrier, clock: Clock, base_url: str
    ) -> None:
        """`base_url`: what the carrier's webhooks start with."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._base = base_url

    # ── dialling ────────────────────────────────────────────────────────────────────────────

    async def send(self, attempt_id: str) -> None:
        """Dial a pending attempt. Does nothing where somebody else does it, or did."""
        claim = await self._claim(attempt_id, self._pending)
        if claim is None:
            return
        try:
            async with asyncio.timeout(DIAL_WITHIN_S):
                sid = await self._carrier.dial(claim.dial)
        except CarrierRefused as no:
            await self._settle(claim, self._refused(no.code))
        except CarrierUnreachable:
            await self._settle(claim, self._unreachable)
        except (CarrierUnclear, TimeoutError):
            await self._settle(claim, self._unclear)
        else:
            await self._settle(claim, self._taken(sid))

    def _pending(self, attempt: Attempt, now: datetime) -> AttemptEvent | None:
        if attempt.state != AttemptState.PENDING or attempt.due_at > now:
            return None
        attempt.tries += 1
        attempt.lease_until = now + LEASE
        return AttemptEvent.CLAIMED

    def _refused(self, code: int) -> AttemptChange:
        async def change(work: Work, escalation: Escalation, attempt: Attempt) -> None:
            await fail_attempt(
                work, escalation, attempt, at=self._clock.now(), why=f"refused {code}"
            )

        return change

    async def _unreachable(self, work: Work, escalation: Escalation, attempt: Attempt) -> None:
        now = self._clock.now()
        due_at = now + back_off(attempt.id, attempt.tries)
        await retry_attempt(work, escalation, attempt, due_at=due_at, at=now, why="unreachable")

    async def _unclear(self, work: Work, escalation: Escalation, attempt: Attempt) -> None:
        now = self._clock.now()
        attempt.due_at = now
        move_attempt(work, escalation, attempt, AttemptEvent.UNCLEAR, at=now)

    def _taken(self, sid: str) -> AttemptChange:
        async def change(work: Work, escalation: Escalation, attempt: Attempt) -> None:
            attempt.carrier_sid = sid
            move_attempt(work, escalation, attempt, AttemptEvent.TAKEN, at=self._clock.now())

        return change

    # ── settling ────────────────────────────────────────────────────────────────────────────

    async def settle(self, attempt_id: str) -> None:
        """Find out whether a doubtful attempt rings: adopt its leg, or in time dial it anew."""
        claim = await self._claim(attempt_id, self._doubtful)
        if claim is None:
            return
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                legs = await self._carrier.find_legs(to=claim.dial.to, since=claim.since)
        except (CarrierError, TimeoutError):
            legs = ()  # the deadline for dialling anew stands: a second alarm is the lesser evil
        await self._settle(claim, self._found(claim, legs))

    def _doubtful(self, attempt: Attempt, now: datetime) -> AttemptEvent | None:
        if not doubtful(attempt, now):
            return None
        attempt.due_at = now + LOOK_EVERY
        return AttemptEvent.UNCLEAR

    def _found(self, claim: Claim, legs: Sequence[LegReport]) -> AttemptChange:
        async def change(work: Work, escalation: Escalation, attempt: Attempt) -> None:
            now = self._clock.now()
            leg = await _leg_of(work, attempt, claim.dial.to, legs)
            if leg is not None:
                attempt.carrier_sid = leg.sid
                move_attempt(work, escalation, attempt, AttemptEvent.TAKEN, at=now)
                if leg.status.over:
                    await fail_attempt(work, escalation, attempt, at=now, why=leg.status.value)
            elif now >= claim.resend_at:
                await retry_attempt(work, escalation, attempt, due_at=now, at=now, why="not_found")
            else:
                attempt.due_at = min(attempt.due_at, claim.resend_at)

        return change

    # ── both ────────────────────────────────────────────────────────────────────────────────

    async def _claim(
        self, attempt_id: str, wanted: Callable[[Attempt, datetime], AttemptEvent | None]
    ) -> Claim | None:
        now = self._clock.now()
        async with self._database.work() as work:
            held = await lock_attempt(work, attempt_id)
            event = wanted(held[1], now) if held is not None else None
            if held is None or event is None:
                return None
            escalation, attempt = held
            if escalation.state != EscalationState.OPEN:
                move_attempt(work, escalation, attempt, AttemptEvent.SUPERSEDED, at=now)
                return None
            move_attempt(work, escalation, attempt, event, at=now)
            attempt.fence += 1
            return await self._claimed(work, escalation, attempt)

    async def _claimed(self, work: Work, escalation: Escalation, attempt: Attempt) -> Claim:
        contact = await work.get_one(StationContact, attempt.contact_id)
        call = await work.get_one(Call, escalation.call_id)
        line = await work.get_one(Line, call.line_id)
        place = f"{self._base}/voice/stations/{attempt.id}"
        lease_until = attempt.lease_until or attempt.due_at
        return Claim(
            attempt_id=attempt.id,
            fence=attempt.fence,
            dial=Dial(
                to=contact.phone,
                from_=line.number_shown,
                answer_url=f"{place}/answer",
                status_url=f"{place}/status",
                ring_s=RING_S,
            ),
            since=attempt.created_at,
            resend_at=lease_until - LEASE + RESEND_AFTER,
        )

    async def _settle(self, claim: Claim, change: AttemptChange) -> None:
        async with self._database.work() as work:
            held = await lock_attempt(work, claim.attempt_id)
            if held is None or held[1].fence != claim.fence:
                log.info("attempt.claim_lost", attempt_id=claim.attempt_id, fence=claim.fence)
                return
            await change(work, *held)


def doubtful(attempt: Attempt, now: datetime) -> bool:
    """Its sender is gone, or could not tell, and it is time to look."""
    if attempt.state == AttemptState.SUBMITTING:
        return (attempt.lease_until or attempt.due_at) <= now
    return attempt.state == AttemptState.UNKNOWN and attempt.due_at <= now


async def _leg_of(
    work: Work, attempt: Attempt, phone: str, legs: Sequence[LegReport]
) -> LegReport | None:
    """The leg that can only be this attempt's. Where another could have it too: none."""
    if not legs or await _is_confusable(work, attempt, phone):
        return None
    query = select(Attempt.carrier_sid).where(
        col(Attempt.carrier_sid).in_([leg.sid for leg in legs])
    )
    known = set((await work.exec(query)).all())
    free = [leg for leg in legs if leg.sid not in known]
    alive = [leg for leg in free if not leg.status.over]
    return next(iter(alive or free), None)


async def _is_confusable(work: Work, attempt: Attempt, phone: str) -> bool:
    query = (
        select(Attempt.id)
        .join(StationContact, col(StationContact.id) == col(Attempt.contact_id))
        .where(StationContact.phone == phone, Attempt.id != attempt.id)
        .where(col(Attempt.carrier_sid).is_(None), Attempt.tries > 0)
        .where(Attempt.created_at >= attempt.created_at - CONFUSABLE_FOR)
    )
    return (await work.exec(query.limit(1))).first() is not None
