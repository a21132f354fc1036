"""Callers whom nobody takes: once a second, whoever is left is rung (`callcontrol.alarm`).

Here is what needs the floor: whether somebody on duty could still take a caller, and the offers to
those who are ready, on whatever line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from hotline.callcontrol.alarm import (
    RING_TOGETHER,
    MayBeTaken,
    end_step,
    lock_due,
    put_off,
    take_step,
)
from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.model import Act
from hotline.callcontrol.participants import NewLeg
from hotline.calls.service import lock_call
from hotline.errors import HotlineError
from hotline.lines.alarm import AlarmStep
from hotline.lines.plans import policy_of
from hotline.staff.model import AT_WORK, PresenceState
from hotline.staff.skills import is_certified, skills_of
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Line, Staff
from hotline.switchboard.claims import IMPOSSIBLE, Proposal, claim_offers
from hotline.switchboard.leadership import Lead, NoLongerLeading
from hotline.switchboard.mirror import PersonOnDuty, read_rows
from hotline.switchboard.needs import need_of
from hotline.switchboard.teller import Plans, plans_in_force
from routing.engine import Flag

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLook:
    """One look, by the leader."""

    database: Database
    lead: Lead
    dialler: Dialler
    at: datetime

    async def press_on(self, call_id: str) -> None:
        """Take steps, until one rings somebody or everybody was asked."""
        while True:
            async with self.database.work() as work:
                step = await take_step(work, call_id, at=self.at)
            if step is None:
                return
            if step is AlarmStep.ANY_LINE:
                await self._offer(call_id)

    async def _offer(self, call_id: str) -> None:
        """Offer the call to who is ready: those trained for danger, where there are none others."""
        async with self.database.work() as work:
            people = await _on_duty(work)
            call = await work.get_one(Call, call_id)
            policy = policy_of(await work.get_one(Line, call.line_id))
        need = need_of(call, ())
        ready = [staff for presence, staff in people if presence.state == PresenceState.READY]
        certified = [staff for staff in ready if is_certified(staff)]
        proposals = [
            _proposal(call_id, staff, interpreter=not policy.can_talk(need, skills_of(staff)))
            for staff in (certified or ready)[:RING_TOGETHER]
        ]
        legs = [leg for one in proposals for leg in await self._claim(one)]
        for leg in legs:
            self.dialler.carry_out(Act.DIAL, leg.id)
        async with self.database.work() as work:
            call = await lock_call(work, call_id)
            await end_step(work, call, AlarmStep.ANY_LINE, rung=len(legs), at=self.at)

    async def _claim(self, proposal: Proposal) -> list[NewLeg]:
        """Each by itself: one that can never be made keeps nobody else from the child."""
        try:
            return await claim_offers(self.lead, [proposal], (), at=self.at)
        except IMPOSSIBLE as fault:
            log.error("offer.impossible", staff_id=proposal.staff_id, error=type(fault).__name__)  # noqa: TRY400 – a trace would hold the rows
            return []


def _proposal(call_id: str, staff: Staff, *, interpreter: bool) -> Proposal:
    return Proposal(
        call_id=call_id,
        staff_id=staff.id,
        stage=AlarmStep.ANY_LINE,
        flag=Flag.READY,
        facts={},
        interpreter=interpreter,
        in_danger=True,
    )


async def look_at_alarms(database: Database, lead: Lead, dialler: Dialler, *, at: datetime) -> None:
    """Take every step that is due. A caller of whom that fails holds up none of the others."""
    async with database.work() as work:
        calls = await lock_due(work, at=at)
        if not calls:
            return
        lines = {line.id: line for line in (await work.exec(select(Line))).all()}
        may_be_taken = _who_may_take(plans_in_force(lines), await _on_duty(work))
        due = [one.id for one in calls if not put_off(one, lines[one.line_id], may_be_taken, at=at)]
    look = AlarmLook(database=database, lead=lead, dialler=dialler, at=at)
    for call_id in due:
        try:
            await look.press_on(call_id)
        except NoLongerLeading:
            raise
        except (SQLAlchemyError, HotlineError, ValueError) as fault:
            log.exception("alarm.step_failed", call_id=call_id, error=type(fault).__name__)


async def _on_duty(work: Work) -> list[PersonOnDuty]:
    """On whatever line; who is idle longest first."""
    people = (await read_rows(work, calls=set())).counselors.values()
    return sorted(people, key=lambda one: (one[0].idle_since, one[1].id))


def _who_may_take(plans: Plans, people: Sequence[PersonOnDuty]) -> MayBeTaken:
    """Whether somebody at work fits any stage of the caller's plan, open or not."""
    at_work = [skills_of(staff) for presence, staff in people if presence.state in AT_WORK]

    def may_be_taken(call: Call) -> bool:
        stages = plans.plan_of(need_of(call, ())).stages
        return any(one.requirement.unmet(skills) is None for one in stages for skills in at_work)

    return may_be_taken
