"""Who has an escalation, and how a colleague takes it over: nothing of it begins anew.

An officer has what they acknowledged signed in, and what their own phone acknowledged by its PIN.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.escalations.model import EscalationState
from hotline.escalations.progress import lock_escalation
from hotline.escalations.timeline import add_escalation_entry
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Escalation, Staff, StationContact

HANDED_OVER = "escalation.handed_over"
HELD = (EscalationState.ACKNOWLEDGED, EscalationState.ACCEPTED, EscalationState.REPORTED)


async def names_held_by(work: Work, staff_id: str) -> frozenset[str]:
    """As whom somebody may have acknowledged, by the text of the actor."""
    query = (
        select(StationContact.id)
        .join(Staff, col(Staff.username) == col(StationContact.account))
        .where(Staff.id == staff_id, col(Staff.station_id) == col(StationContact.station_id))
    )
    contacts = (await work.exec(query)).all()
    return frozenset({f"staff:{staff_id}", *(f"contact:{one}" for one in contacts)})


async def held_by(work: Work, staff_id: str) -> Sequence[Escalation]:
    """What somebody has, the next deadline first."""
    query = select(Escalation).where(
        col(Escalation.acknowledged_by).in_(await names_held_by(work, staff_id)),
        col(Escalation.state).in_(HELD),
    )
    in_order = query.order_by(col(Escalation.next_due_at), col(Escalation.id))
    return (await work.exec(in_order)).all()


async def take_over(
    work: Work, escalation_id: str, *, former_id: str, by: Actor, at: datetime
) -> bool:
    """A colleague has it from now on: state, deadline and everything else stay as they are.

    False, and nothing done, where `former_id` does not have it any more.
    """
    escalation = await lock_escalation(work, escalation_id)
    former = escalation.acknowledged_by
    theirs = former in await names_held_by(work, former_id)
    if not theirs or escalation.state not in HELD:
        return False
    escalation.acknowledged_by = str(by)
    add_escalation_entry(work, escalation, HANDED_OVER, at=at, actor=by, former=former)
    return True
