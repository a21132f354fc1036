"""The switchboard's loop: lead, follow the rows, carry out what was decided, sweep.

It learns of changes by NOTIFY and looks at all rows every few seconds all the same: a lost
notification costs a delay, never a caller. Everything it knows is rebuilt from the database when
it starts to lead.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from hotline.alerts.look import AlertWatch
from hotline.callcontrol.calling_back import CallingBack
from hotline.callcontrol.clock_back import bring_back
from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.model import Act
from hotline.callcontrol.offers import end_running_offers, give_up_spare
from hotline.callcontrol.participants import NewLeg
from hotline.callcontrol.sweep import Sweep
from hotline.directing.sweep import look_at_directions
from hotline.errors import DatabaseAway
from hotline.followups.late import look_at_late
from hotline.lines.plans import version_of
from hotline.ports import Carrier, Clock
from hotline.quality.look import QualityLook
from hotline.storage.news import Change, changes_on
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    Line,
    Offer,
    PlanVersion,
    RoutingEvent,
)
from hotline.storage.vault import Vault
from hotline.supervision import RowFaults, tell_supervisor
from hotline.switchboard.alarm import look_at_alarms
from hotline.switchboard.claims import IMPOSSIBLE, Proposal, claim_offers, dials_in_doubt
from hotline.switchboard.differences import keep_differences
from hotline.switchboard.leadership import Lead, NoLongerLeading, leadership, require_lead
from hotline.switchboard.mirror import Mirror, read_rows
from hotline.switchboard.owed import look_at_owed, stop_not_needed
from hotline.switchboard.places import PlaceBook
from hotline.switchboard.teller import Teller, Told, plans_in_force, shadow_plans
from hotline.visits.look import look_at_visits
from routing.engine import Flag, Urgency
from routing.recording import RecordedEvent

BEGAN = "engine.began"


@dataclass(frozen=True, slots=True)
class LiveFloor:
    """What one leader decides with, as long as the plans stay."""

    lead: Lead
    lines: Mapping[str, Line]
    teller: Teller
    mirror: Mirror

    def proposal(self, told: Told) -> Proposal:
        """A decision as it is to be claimed."""
        decision = told.decision
        return Proposal(
            call_id=decision.call,
            staff_id=decision.counselor,
            stage=decision.stage,
            flag=Flag.READY if decision.flag is Flag.RINGING else decision.flag,
            facts=dict(told.reasons),
            interpreter=told.interpreter,
            in_danger=decision.urgency is Urgency.CRISIS,
            ring_s=told.ring_s,
        )


def last_for_each(told: Sequence[Told]) -> list[Told]:
    """Without the phones that were then shared with another, before they began to ring."""
    last = {one.decision.counselor: one for one in told}
    return [one for one in told if last[one.decision.counselor] is one]


async def begin_floor(database: Database, lead: Lead, clock: Clock) -> LiveFloor:
    """An empty engine with the plans in force."""
    async with database.work() as work:
        lines = {line.id: line for line in (await work.exec(select(Line))).all()}
        await _note_beginning(work, lines, lead, at=clock.now())
    teller = Teller(plans_in_force(lines), shadow_plans(lines))
    return LiveFloor(lead, lines, teller, Mirror(teller, lines))


async def _note_beginning(
    work: Work, lines: Mapping[str, Line], lead: Lead, *, at: datetime
) -> None:
    await require_lead(work, lead.epoch)
    versions = {line.id: version_of(line) for line in lines.values()}
    for line in lines.values():
        if await work.get(PlanVersion, versions[line.id]) is None:
            kept = PlanVersion(version=versions[line.id], document=line.plan, first_used_at=at)
            await work.merge(kept)
            await work.flush()
    began = {"plans": versions}
    work.add(RoutingEvent(epoch=lead.epoch, at_s=at.timestamp(), kind=BEGAN, facts=began))


log = structlog.get_logger()

TICK_S = 1.0
SWEEP_EVERY = timedelta(seconds=TICK_S)
RECONCILE_EVERY = timedelta(seconds=5)
STAND_BY_S = 0.5
RENEW_EVERY_S = 0.5
STEP_DOWN = (psycopg.Error, SQLAlchemyError, DatabaseAway, OSError, NoLongerLeading)
# A replay begins where an engine began: not too far back, even in a busy week.
BEGIN_ANEW_AFTER = 20_000


@dataclass
class Changes:
    """Ids heard of since the last look."""

    calls: set[str] = field(default_factory=set)
    counselors: set[str] = field(default_factory=set)
    offers: set[str] = field(default_factory=set)
    legs: bool = False
    plans: bool = False

    def add(self, change: Change) -> bool:
        """Keep one notification. False where it is of no interest here."""
        topic = change.topic
        if topic == "configuration":
            self.plans = True
            return True
        kept = {"call": self.calls, "presence": self.counselors, "offer": self.offers}.get(topic)
        if kept is not None:
            kept.add(change.row_id)
        self.legs = self.legs or topic == "leg"
        return kept is not None or topic == "leg"


async def _claim_each(
    floor: LiveFloor,
    proposals: Sequence[Proposal],
    records: Sequence[RecordedEvent],
    *,
    at: datetime,
) -> list[NewLeg]:
    """One of them can never be made, whatever is wrong with its rows; the others can."""
    legs = await claim_offers(floor.lead, [], records, at=at)
    for one in proposals:
        try:
            legs += await claim_offers(floor.lead, [one], [], at=at)
        except IMPOSSIBLE as fault:
            log.error("offer.impossible", staff_id=one.staff_id, error=type(fault).__name__)  # noqa: TRY400 – a trace would hold the rows
            floor.mirror.leave_out(one.staff_id)
    return legs


class Switchboard:
    """One of possibly several; at any time one of them leads."""

    def __init__(
        self,
        *,
        database: Database,
        carrier: Carrier,
        clock: Clock,
        vault: Vault,
        base_url: str,
        duty_phone: str = "",
    ) -> None:
        """`base_url`: what the carrier's webhooks start with. `duty_phone`: never called back."""
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._vault = vault
        self._duty_phone = duty_phone
        self._dialler = Dialler(
            database=database, carrier=carrier, clock=clock, vault=vault, base_url=base_url
        )
        self._sweep = Sweep(database, self._dialler, carrier)
        self._faults = RowFaults()
        self._quality = QualityLook(database, self._faults)
        self._alerts = AlertWatch(database, self._faults)
        self._places = PlaceBook()
        self._changes = Changes()
        self._wake = asyncio.Event()
        self._swept_at = self._seen_at = datetime.min.replace(tzinfo=UTC)
        self._renewed_at = float("-inf")

    async def run(self) -> None:
        """Stand by, lead, and after any failure stand by again. Ends when cancelled."""
        try:
            while True:
                try:
                    async with leadership(self._database) as lead:
                        await self._lead(lead)
                except STEP_DOWN as fault:
                    log.warning("switchboard.stepped_down", error=type(fault).__name__)
                    tell_supervisor("WATCHDOG=1")
                    await asyncio.sleep(STAND_BY_S)
        finally:
            await self._dialler.stop()

    async def _lead(self, lead: Lead) -> None:
        """Until either the news or the work fails: what the other waits for is given up."""
        parts = {asyncio.create_task(self._listen(lead)), asyncio.create_task(self._serve(lead))}
        try:
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in ended:
                part.result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _serve(self, lead: Lead) -> None:
        await self._take_over()
        while True:
            await bring_back(self._database, at=self._clock.now())
            floor = await begin_floor(self._database, lead, self._clock)
            await lead.renew()
            await self._serve_floor(floor)

    async def _serve_floor(self, floor: LiveFloor) -> None:
        """Decide by the plans of one time. Ends when they change, or the clock is set back."""
        lead = floor.lead
        await self._follow_all(floor, lead)
        looked_at = self._clock.now()
        while not self._must_begin_anew():
            if self._clock.now() - looked_at >= RECONCILE_EVERY:
                if floor.teller.records_told >= BEGIN_ANEW_AFTER:
                    return
                looked_at = self._clock.now()
                await self._sweep.look_around(at=looked_at)
                await self._follow_all(floor, lead)
            await self._round(floor, lead)
            await self._renew(lead)
            await self._pause(floor)

    def _must_begin_anew(self) -> bool:
        """An engine knows the plans of its beginning, and its time only ever grows."""
        plans, self._changes.plans = self._changes.plans, False
        before, self._seen_at = self._seen_at, self._clock.now()
        return plans or self._seen_at < before

    async def _renew(self, lead: Lead) -> None:
        """A round came to its end. Of several in a moment one is enough."""
        now = asyncio.get_running_loop().time()
        if now - self._renewed_at >= RENEW_EVERY_S:
            self._renewed_at = now
            await lead.renew()
            tell_supervisor("WATCHDOG=1")

    async def _pause(self, floor: LiveFloor) -> None:
        """Until there is news, or a stage opens, or a second has passed."""
        due = floor.mirror.next_deadline()
        left_s = TICK_S if due is None else due - self._clock.now().timestamp()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(TICK_S, max(0.0, left_s))):
                await self._wake.wait()
        self._wake.clear()

    async def _listen(self, lead: Lead) -> None:
        async for change in changes_on(lead.connection):
            if self._changes.add(change):
                self._wake.set()

    # ── deciding ────────────────────────────────────────────────────────────────────────────

    async def _round(self, floor: LiveFloor, lead: Lead) -> None:
        now = self._clock.now()
        changes = self._changes
        self._changes = Changes(plans=changes.plans)  # heard of in this round: for the next pause
        await self._add_calls_of_offers(changes)
        if changes.calls or changes.counselors:
            await self._follow(floor, lead, changes.calls, changes.counselors)
        await self._carry_out(floor.mirror.tick(now), floor, lead)
        if now - self._swept_at >= SWEEP_EVERY or now < self._swept_at:
            self._swept_at = now
            await self._sweep.look(at=now)
            await look_at_directions(self._database, self._faults, at=now)
            await look_at_alarms(self._database, lead, self._dialler, at=now)
            await self._keep_promises(lead, now)
            with self._faults.kept_apart("write_places", ""):
                in_line = floor.mirror.in_line
                await self._places.write(self._database, floor.teller, in_line, at=now)
        elif changes.legs:
            await self._sweep.tend_participants()

    async def _keep_promises(self, lead: Lead, now: datetime) -> None:
        by = CallingBack(vault=self._vault, duty_phone=self._duty_phone, at=now)
        await stop_not_needed(self._database, self._faults, at=now)
        await look_at_owed(self._database, lead, self._faults, by)
        await look_at_late(self._database, self._faults, at=now)
        await look_at_visits(self._database, self._faults, at=now)
        await self._quality.look(at=now)
        await self._alerts.look(at=now)

    async def _add_calls_of_offers(self, changes: Changes) -> None:
        if not changes.offers:
            return
        async with self._database.work() as work:
            query = select(Offer.call_id, Offer.staff_id).where(col(Offer.id).in_(changes.offers))
            for call_id, staff_id in (await work.exec(query)).all():
                changes.calls.add(call_id)
                changes.counselors.add(staff_id)

    async def _follow_all(self, floor: LiveFloor, lead: Lead) -> None:
        await self._follow(floor, lead, None, None)

    async def _follow(
        self, floor: LiveFloor, lead: Lead, calls: set[str] | None, counselors: set[str] | None
    ) -> None:
        async with self._database.work() as work:
            rows = await read_rows(work, calls=calls, counselors=counselors)
        told = floor.mirror.follow(rows, calls=calls, counselors=counselors, at=self._clock.now())
        await self._carry_out(told, floor, lead)

    async def _carry_out(self, told: Sequence[Told], floor: LiveFloor, lead: Lead) -> None:
        """Claim what was decided, together with what the engine was told; then ring."""
        records = floor.teller.take_records()
        if not records:
            return
        told = last_for_each(told)
        now, proposals = self._clock.now(), [floor.proposal(one) for one in told]
        await self._free_spares(told, at=now)
        try:
            legs = await claim_offers(lead, proposals, records, at=now)
        except IMPOSSIBLE:
            legs = await _claim_each(floor, proposals, records, at=now)
        for leg in legs:
            self._dialler.carry_out(Act.DIAL, leg.id)
        made = {(leg.call_id, leg.staff_id) for leg in legs}
        for one in proposals:
            if (one.call_id, one.staff_id) not in made:  # the world moved on: look at both again
                self._changes.calls.add(one.call_id)
                self._changes.counselors.add(one.staff_id)
                self._wake.set()
        await self._end_running({call for call, _ in made}, told, at=now)
        await keep_differences(self._database, floor.lead, floor.lines, floor.teller, at=now)

    async def _free_spares(self, told: Sequence[Told], *, at: datetime) -> None:
        """Phones that ring for one caller in danger, and are to ring for another."""
        for one in told:
            if one.decision.flag is Flag.RINGING:
                with self._faults.kept_apart("give_up_spare", one.decision.counselor):
                    async with self._database.work() as work:
                        await give_up_spare(work, one.decision.counselor, at=at)

    async def _end_running(self, made: set[str], told: Sequence[Told], *, at: datetime) -> None:
        """Phones that rang before danger was known, where others were found for it."""
        for call_id in made & {one.decision.call for one in told if one.ends_running}:
            with self._faults.kept_apart("end_running_offers", call_id):
                async with self._database.work() as work:
                    await end_running_offers(work, call_id, at=at)

    async def _take_over(self) -> None:
        """Go on where an earlier leader stopped: phones it began to dial, perhaps in vain."""
        async with self._database.work() as work:
            for one in await dials_in_doubt(work):
                self._dialler.find_or_dial(one)
