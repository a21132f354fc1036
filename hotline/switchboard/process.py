"""The switchboard's loop: lead, follow the rows, carry out what was decided, sweep.

It learns of changes by NOTIFY and looks at all rows every few seconds all the same: a lost
notification costs a delay, never a caller. Everything it knows is rebuilt from the database when
it starts to lead.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import structlog
from sqlmodel import col, select

from hotline.calls.model import CallState, OfferState
from hotline.errors import HotlineError
from hotline.ports import Carrier, Clock
from hotline.storage.session import Database, read_payload
from hotline.storage.tables import Call, Leg, Offer
from hotline.switchboard.dialling import Dialler
from hotline.switchboard.leadership import Lead, leadership
from hotline.switchboard.mirror import Mirror, read_rows
from hotline.switchboard.offers import Proposal, propose, still_leading
from hotline.switchboard.sweep import forget_old, sweep
from routing.engine import Decision, Engine

log = structlog.get_logger()

TICK_S = 1.0
RECONCILE_EVERY = timedelta(seconds=5)
STAND_BY_S = 0.5


class NoLongerLeading(HotlineError):
    """Another switchboard has a newer epoch: stop deciding."""


@dataclass
class Changes:
    """Ids heard of since the last look."""

    calls: set[str] = field(default_factory=set)
    counselors: set[str] = field(default_factory=set)
    offers: set[str] = field(default_factory=set)

    def add(self, topic: str, row_id: str) -> bool:
        """Keep one notification. False where it is of no interest here."""
        kept = {"call": self.calls, "presence": self.counselors, "offer": self.offers}.get(topic)
        if kept is not None:
            kept.add(row_id)
        return kept is not None or topic == "leg"


class Switchboard:
    """One of possibly several; at any time one of them leads."""

    def __init__(
        self, *, database: Database, carrier: Carrier, clock: Clock, base_url: str
    ) -> None:
        """`base_url`: what the carrier's webhooks start with."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._dialler = Dialler(database=database, carrier=carrier, clock=clock, base_url=base_url)
        self._changes = Changes()
        self._wake = asyncio.Event()
        self._held: dict[str, bool] = {}

    async def run(self) -> None:
        """Stand by, lead, and after any failure stand by again. Ends when cancelled."""
        try:
            while True:
                try:
                    async with leadership(self._database.url) as lead:
                        await self._lead(lead)
                except (psycopg.Error, OSError, NoLongerLeading) as fault:
                    log.warning("switchboard.stepped_down", error=type(fault).__name__)
                    await asyncio.sleep(STAND_BY_S)
        finally:
            await self._dialler.stop()

    async def _lead(self, lead: Lead) -> None:
        mirror = Mirror(Engine())
        await self._take_over()
        news = asyncio.create_task(self._listen(lead))
        try:
            await self._follow_all(mirror, lead)
            looked_at = self._clock.now()
            while not news.done():
                await self._pause(news)
                if self._clock.now() - looked_at >= RECONCILE_EVERY:
                    await self._follow_all(mirror, lead)
                    await forget_old(self._database, at=self._clock.now())
                    looked_at = self._clock.now()
                await self._round(mirror, lead)
            news.result()
        finally:
            news.cancel()
            with contextlib.suppress(asyncio.CancelledError, psycopg.Error, OSError):
                await news

    async def _pause(self, news: asyncio.Task[None]) -> None:
        waiting = asyncio.create_task(self._wake.wait())
        await asyncio.wait({waiting, news}, timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self._wake.clear()

    async def _listen(self, lead: Lead) -> None:
        async for notification in lead.connection.notifies():
            said = read_payload(notification.payload)
            if said is not None and self._changes.add(*said):
                self._wake.set()

    # ── deciding ────────────────────────────────────────────────────────────────────────────

    async def _round(self, mirror: Mirror, lead: Lead) -> None:
        now = self._clock.now()
        changes, self._changes = self._changes, Changes()
        await self._add_calls_of_offers(changes)
        if changes.calls or changes.counselors:
            await self._follow(mirror, lead, changes.calls, changes.counselors)
        await self._carry_out(mirror.tick(now), mirror, lead)
        await sweep(self._database, self._dialler, self._carrier, at=now)
        await self._serve_callers(changes.calls)

    async def _add_calls_of_offers(self, changes: Changes) -> None:
        if not changes.offers:
            return
        async with self._database.work() as work:
            query = select(Offer.call_id, Offer.staff_id).where(col(Offer.id).in_(changes.offers))
            for call_id, staff_id in (await work.exec(query)).all():
                changes.calls.add(call_id)
                changes.counselors.add(staff_id)

    async def _follow_all(self, mirror: Mirror, lead: Lead) -> None:
        await self._follow(mirror, lead, None, None)
        await self._serve_callers(None)

    async def _follow(
        self, mirror: Mirror, lead: Lead, calls: set[str] | None, counselors: set[str] | None
    ) -> None:
        async with self._database.work() as work:
            rows = await read_rows(work, calls=calls, counselors=counselors)
        decisions = mirror.follow(rows, calls=calls, counselors=counselors, at=self._clock.now())
        await self._carry_out(decisions, mirror, lead)

    async def _carry_out(self, decisions: list[Decision], mirror: Mirror, lead: Lead) -> None:
        for decision in decisions:
            leg = await self._propose(decision, lead)
            if leg is not None:
                self._dialler.ring(leg)
            else:  # the world moved on: look at both again
                self._changes.calls.add(decision.call)
                self._changes.counselors.add(decision.counselor)
                self._wake.set()

    async def _propose(self, decision: Decision, lead: Lead) -> Leg | None:
        proposal = Proposal(
            call_id=decision.call,
            staff_id=decision.counselor,
            stage=decision.stage,
            facts={
                "plan": decision.plan,
                "waited_s": round(decision.waited_s, 1),
                "idle_s": round(decision.idle_s, 1),
            },
        )
        async with self._database.work() as work:
            if not await still_leading(work, lead.epoch):
                raise NoLongerLeading
            return await propose(work, proposal, epoch=lead.epoch, at=self._clock.now())

    # ── serving ─────────────────────────────────────────────────────────────────────────────

    async def _take_over(self) -> None:
        """Go on where an earlier leader stopped: offers whose leg was perhaps never dialled."""
        self._held.clear()
        async with self._database.work() as work:
            query = (
                select(Leg)
                .join(Offer, col(Offer.id) == col(Leg.offer_id))
                .where(Offer.state == OfferState.PENDING, col(Leg.carrier_sid).is_(None))
            )
            for leg in (await work.exec(query)).all():
                self._dialler.find_or_ring(leg)

    async def _serve_callers(self, ids: set[str] | None) -> None:
        """Bring accepted callers in, and hold or resume those who talk."""
        if ids is not None and not ids:
            return
        async with self._database.work() as work:
            states = [CallState.CONNECTING, CallState.TALKING]
            query = select(Call).where(col(Call.state).in_(states))
            if ids is not None:
                query = query.where(col(Call.id).in_(ids))
            calls = (await work.exec(query)).all()
        for call in calls:
            self._serve_caller(call)

    def _serve_caller(self, call: Call) -> None:
        if call.state == CallState.CONNECTING:
            self._dialler.send_caller(call, f"join?turn={call.turn}")
        elif self._held.get(call.id, False) != call.held:
            self._held[call.id] = call.held
            self._dialler.set_hold(call)
