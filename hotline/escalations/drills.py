"""A drill's way through the engine: an escalation of nobody, to a station that we answer ourselves.

It has no call, so every list and figure that asks by the call leaves it out; and a mark of its own
(`Escalation.drill`), so that nobody is told of it. What it leaves is taken away when it ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select

from hotline.deliveries.model import DeliveryState
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.policy import ChainPosition, ChainStep, step_now, walk_along
from hotline.escalations.progress import add_escalation, take_step
from hotline.escalations.service import draw_number
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Delivery,
    Escalation,
    EscalationEntry,
    Station,
    StationContact,
)
from hotline.storage.tables.places import DRILL_STATION

CONTACT = "drill"
NO_CALL: Any = None  # typed as it is for all who have one
ACK_WITHIN = timedelta(minutes=5)  # longer than a drill lasts: its round never comes to an end
NOT_SENT = (DeliveryState.PENDING, DeliveryState.SUBMITTING, DeliveryState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillStation:
    """Where a drill goes. `pin_hash`: of the PIN that whoever answers there presses."""

    phone: str
    sender: str
    pin_hash: str


@dataclass(frozen=True, slots=True)
class DrillSteps:
    """How far a drill has come."""

    is_sent: bool = False
    is_answered: bool = False
    is_acknowledged: bool = False


async def begin_drill(work: Work, station: DrillStation, *, at: datetime) -> str:
    """Start an escalation as a flag does, from its first step on. Its id."""
    await _furnish(work, station)
    chain = (ChainStep(CONTACT, DRILL_STATION, ACK_WITHIN),)
    turn = step_now(walk_along(chain), ChainPosition(0, 0), at)
    draft = Escalation(
        number=draw_number(),
        call_id=NO_CALL,
        station_id=DRILL_STATION,
        level=Level.HIGH,
        chain=[step.plain() for step in chain],
        next_due_at=turn.due_at,
        created_at=at,
        drill=True,
    )
    escalation = await add_escalation(work, draft, draw=draw_number)
    await take_step(work, escalation, turn, at=at)
    return escalation.id


async def pin_hash_of_drill(work: Work) -> str:
    """As it is kept; empty before the first drill. The hash is slow to make, so it is kept."""
    contact = await work.get(StationContact, CONTACT)
    return "" if contact is None else contact.pin_hash


async def drill_steps(work: Work, escalation_id: str) -> DrillSteps:
    """As the rows have it now."""
    escalation = await work.get(Escalation, escalation_id)
    query = (
        select(Delivery.state)
        .join(Attempt, col(Attempt.id) == col(Delivery.id))
        .where(Attempt.escalation_id == escalation_id)
    )
    states = set((await work.exec(query)).all())
    is_acknowledged = escalation is not None and escalation.state != EscalationState.OPEN
    return DrillSteps(
        is_sent=bool(states - set(NOT_SENT)),
        is_answered=is_acknowledged or DeliveryState.ANSWERED in states,
        is_acknowledged=is_acknowledged,
    )


async def end_drill(work: Work, escalation_id: str) -> None:
    """Nothing of it rings, is due or is listed any more."""
    query = select(Escalation).where(Escalation.id == escalation_id, col(Escalation.drill))
    if (await work.exec(query.with_for_update())).one_or_none() is None:
        return
    attempts = select(Attempt.id).where(Attempt.escalation_id == escalation_id)
    ids = list((await work.exec(attempts)).all())
    await work.exec(delete(Attempt).where(col(Attempt.escalation_id) == escalation_id))
    await work.exec(delete(Delivery).where(col(Delivery.id).in_(ids)))
    await work.exec(
        delete(EscalationEntry).where(col(EscalationEntry.escalation_id) == escalation_id)
    )
    await work.exec(delete(Escalation).where(col(Escalation.id) == escalation_id))


async def _furnish(work: Work, station: DrillStation) -> None:
    """Its own parent: so it stands at the top of no tree, and in none."""
    place = {"id": DRILL_STATION, "name": "演练", "name_en": "Drill", "division": ""}
    place |= {"kind": "drill", "phone": station.sender, "parent_id": DRILL_STATION}
    adding = insert(Station).values(place)
    changed = {"phone": station.sender, "parent_id": DRILL_STATION}
    await work.exec(adding.on_conflict_do_update(index_elements=["id"], set_=changed))
    person = {"id": CONTACT, "station_id": DRILL_STATION, "key": CONTACT, "rank": 0}
    told = {"phone": station.phone, "pin_hash": station.pin_hash, "active": True}
    told |= {"name": "演练", "pin_chosen": True}
    answering = insert(StationContact).values({**person, **told})
    await work.exec(answering.on_conflict_do_update(index_elements=["id"], set_=told))
