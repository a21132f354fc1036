"""The call to a supervisor for a flag: answered, a key, over. Told is who pressed a key."""

from datetime import datetime

from hotline.deliveries.model import DeliveryEvent
from hotline.deliveries.service import lock_delivery, move_delivery
from hotline.escalations.model import EscalationState
from hotline.escalations.supervisors import lock_flagged, next_at_once, supervisor_saw
from hotline.ports import LegStatus
from hotline.staff.actor import SYSTEM
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line

KEY_SEEN = "1"


async def supervisor_answered(work: Work, delivery_id: str, *, at: datetime) -> str | None:
    """Somebody, or a mailbox. The line's name; None where nobody needs to be told any more."""
    escalation = await lock_flagged(work, delivery_id)
    if escalation is None or escalation.state == EscalationState.CLOSED:
        return None
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ANSWERED, at=at)
    call = await work.get_one(Call, escalation.call_id)
    return (await work.get_one(Line, call.line_id)).name


async def supervisor_pressed(work: Work, delivery_id: str, digits: str, *, at: datetime) -> bool:
    """Whether it was the key: a supervisor knows, whichever of them it is."""
    escalation = await lock_flagged(work, delivery_id)
    if escalation is None or digits != KEY_SEEN:
        return False
    move_delivery(await lock_delivery(work, delivery_id), DeliveryEvent.ACKNOWLEDGED, at=at)
    await supervisor_saw(work, escalation, by=SYSTEM, at=at, how="phone")
    return True


async def supervisor_hung_up(
    work: Work, delivery_id: str, status: LegStatus, *, at: datetime
) -> None:
    """Without a key nobody was told: the next one is rung at once."""
    if not status.over or await lock_flagged(work, delivery_id) is None:
        return
    delivery = await lock_delivery(work, delivery_id)
    if move_delivery(delivery, DeliveryEvent.FAILED, at=at, why=status.value):
        await next_at_once(work, delivery_id, at=at)
