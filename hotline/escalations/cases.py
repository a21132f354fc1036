"""Each flag has a case: what is to be done for the person goes on when the alarm is over."""

from datetime import datetime

from hotline.cases.model import LinkKind, OpenedAs
from hotline.cases.queries import case_of
from hotline.cases.service import Opening, case_for_call, link, lock_case
from hotline.escalations.model import Level
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation

RULES = {Level.IMMINENT: OpenedAs.IMMINENT, Level.HIGH: OpenedAs.HIGH}


async def open_case(
    work: Work, call: Call, escalation: Escalation, *, by: Actor, at: datetime
) -> None:
    """The case of the call that was flagged, with this escalation."""
    why, station_id = RULES[Level(escalation.level)], escalation.station_id
    opening = Opening(opened_as=why, station_id=station_id, by=by, at=at)
    case = await case_for_call(work, call, opening)
    await link(work, case, LinkKind.ESCALATION, escalation.id, by=by, at=at)


async def join_case_of(
    work: Work, escalation: Escalation, call: Call, *, by: Actor, at: datetime
) -> None:
    """A flag of another call was added to it: the call belongs to its case, unless to another."""
    known = await case_of(work, LinkKind.ESCALATION, escalation.id)
    if known is not None and await case_of(work, LinkKind.CALL, call.id) is None:
        case = await lock_case(work, known)
        await link(work, case, LinkKind.CALL, call.id, by=by, at=at)
