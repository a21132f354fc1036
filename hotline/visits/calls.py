"""Whoever is told by telephone: sent, answered, a key, over. Told is who pressed the key."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.deliveries.by_text import text_event
from hotline.deliveries.model import LIVE, Channel, DeliveryEvent, DeliveryState
from hotline.deliveries.service import lock_delivery, move_delivery
from hotline.escalations.ways import leads_there_still
from hotline.ports import LegStatus
from hotline.stations.queries import note_heard
from hotline.storage.session import Work
from hotline.storage.tables import Delivery, StationContact, VisitPlan, VisitTelling
from hotline.visits.letters import AboutVisit, about_visit
from hotline.visits.plans import plan_of

KEY_HEARD = "1"
RING_S = 28
NEXT_AFTER = timedelta(hours=1)  # nobody was reached: the next contact need not wait for a day
IN_VAIN = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP)
REACHED = (*LIVE, DeliveryState.DELIVERED, DeliveryState.ACKNOWLEDGED)


class VisitCalls:
    """Who asks for these deliveries, as `deliveries.asker` wants to see it."""

    path = "/voice/visits"
    ring_s = RING_S

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the plan. Not wanted where somebody went, or this leads to the contact no more."""
        held = await _hold(work, delivery_id)
        if held is None:
            return False
        telling, plan = held
        query = (
            select(StationContact.id)
            .join(VisitTelling, col(VisitTelling.contact_id) == col(StationContact.id))
            .join(Delivery, col(Delivery.id) == col(VisitTelling.id))
            .where(VisitTelling.id == delivery_id, leads_there_still())
        )
        is_there = (await work.exec(query)).first() is not None
        return is_there and plan is not None and plan.due_at == telling.due_at

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Who was not reached is followed by the next one soon."""
        if event in IN_VAIN:
            await _in_vain(work, delivery.id, at=at)


async def visit_answered(work: Work, delivery_id: str, *, at: datetime) -> AboutVisit | None:
    """Somebody, or a mailbox. None where nobody needs to be told any more."""
    held = await _hold(work, delivery_id)
    if held is None or held[1] is None or held[1].due_at != held[0].due_at:
        return None
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ANSWERED, at=at)
    return await about_visit(work, delivery_id)


async def visit_heard(
    work: Work, delivery_id: str, digits: str, *, at: datetime
) -> AboutVisit | None:
    """It was the key: a person knows. It is overdue all the same until somebody goes."""
    held = await _hold(work, delivery_id)
    if held is None or digits != KEY_HEARD:
        return None
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ACKNOWLEDGED, at=at)
    await note_heard(work, held[0].contact_id, at)
    return await about_visit(work, delivery_id)


async def visit_call_ended(
    work: Work, delivery_id: str, status: LegStatus, *, at: datetime
) -> None:
    """Without a key nobody was told."""
    if not status.over or await _hold(work, delivery_id) is None:
        return
    delivery = await lock_delivery(work, delivery_id)
    if move_delivery(delivery, DeliveryEvent.FAILED, at=at, why=status.value):
        await _in_vain(work, delivery_id, at=at)


async def visit_text_reported(
    work: Work, delivery_id: str, status: str, *, at: datetime, sid: str
) -> None:
    """What the carrier says of a text. That it arrived does not say that it was read."""
    event = text_event(status)
    if event is None or await _hold(work, delivery_id) is None:
        return
    delivery = await lock_delivery(work, delivery_id)
    if delivery.channel != Channel.TEXT:
        return
    delivery.carrier_sid = delivery.carrier_sid or sid or None
    if move_delivery(delivery, event, at=at) and event is DeliveryEvent.FAILED:
        await _in_vain(work, delivery_id, at=at)


async def _in_vain(work: Work, delivery_id: str, *, at: datetime) -> None:
    held = await _hold(work, delivery_id)
    if held is None:
        return
    telling, plan = held
    telling.failed_at = at
    await work.flush()
    others = (
        select(VisitTelling.id)
        .join(Delivery, col(Delivery.id) == col(VisitTelling.id))
        .where(VisitTelling.case_id == telling.case_id, VisitTelling.at == telling.at)
        .where(VisitTelling.station_id == telling.station_id)
        .where(col(VisitTelling.failed_at).is_(None), col(Delivery.state).in_(REACHED))
    )
    nobody = (await work.exec(others.limit(1))).first() is None
    if nobody and plan is not None and plan.due_at == telling.due_at:
        plan.tell_at = min(plan.tell_at, at + NEXT_AFTER)


async def _hold(work: Work, delivery_id: str) -> tuple[VisitTelling, VisitPlan | None] | None:
    """The telling and, first, the plan; None where it is no telling of ours.

    The plan may be that of a case which was merged into the one that is told of.
    """
    found = await work.get(VisitTelling, delivery_id)
    if found is None:
        return None
    plan = await plan_of(work, found.case_id)
    if plan is None:
        return found, None
    query = select(VisitPlan).where(VisitPlan.case_id == plan.case_id).with_for_update()
    await work.exec(query.execution_options(populate_existing=True))
    return found, plan
