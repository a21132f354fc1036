"""A floor begins: the plans of this time, an empty engine, and a note for whoever replays it.

The engine is filled from the rows right after; nothing of an earlier one is needed. It begins anew
when plans change, when another switchboard takes over, and after many events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from hotline.lines.plans import version_of
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import Line, PlanDifference, PlanVersion, RoutingEvent
from hotline.switchboard.claims import Proposal
from hotline.switchboard.leadership import Lead, require_lead
from hotline.switchboard.mirror import Mirror
from hotline.switchboard.reasoning import Teller, Told, plans_in_force, shadow_plans
from routing.shadow import Difference, Offer

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
            flag=decision.flag,
            facts=told.facts,
            ring_s=told.ring_s,
        )


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


async def keep_differences(
    database: Database, lines: Mapping[str, Line], teller: Teller, *, at: datetime
) -> None:
    """Keep where a shadow plan would have decided otherwise."""
    differences = teller.take_differences()
    if not differences:
        return
    async with database.work() as work:
        for one in differences:
            line = lines[one.need.line]
            work.add(
                _difference_row(one, line, shadow_version=teller.shadow_version(line.id), at=at)
            )


def _difference_row(
    one: Difference, line: Line, *, shadow_version: str, at: datetime
) -> PlanDifference:
    return PlanDifference(
        at=at,
        line_id=line.id,
        call_id=one.call,
        version=version_of(line),
        shadow_version=shadow_version,
        live=_offer_said(one.live),
        shadow=_offer_said(one.shadow),
    )


def _offer_said(offer: Offer | None) -> dict[str, object]:
    if offer is None:
        return {}
    return {
        "counselors": list(offer.counselors),
        "stage": offer.stage,
        "waited_s": round(offer.waited_s, 1),
    }
