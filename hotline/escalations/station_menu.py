"""What whoever has acknowledged on the telephone may do there: accept, hand on, listen again.

Who hangs up without a key has acknowledged all the same, and has the time of one who did.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select

from hotline.escalations.attempts import HeldAttempt, lock_attempt
from hotline.escalations.model import EscalationState
from hotline.escalations.policy import step_after
from hotline.escalations.receivers import kept_walk
from hotline.escalations.service import accept, give_back
from hotline.escalations.station_call import StationNotice, notice_of
from hotline.escalations.timeline import position_of
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Escalation, EscalationEntry, StationContact
from hotline.storage.vault import Vault

CANNOT = "电话中按键：不能接手，请下一位。"


class MenuResult(StrEnum):
    """What a key came to."""

    ACCEPTED = "accepted"
    HANDED_ON = "handed_on"
    REPEAT = "repeat"
    NEXT_STEP = "next_step"
    NOT_KNOWN = "not_known"
    NOT_THEIRS = "not_theirs"


RESULTS = {
    "1": MenuResult.ACCEPTED,
    "2": MenuResult.HANDED_ON,
    "3": MenuResult.REPEAT,
    "4": MenuResult.NEXT_STEP,
}
"""By the key that asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuNews:
    """What is said after a key. `next_name`: who is rung next, should this contact hand it on."""

    result: MenuResult
    notice: StationNotice
    next_name: str = ""


async def menu_key(
    work: Work, vault: Vault, attempt_id: str, key: str, at: datetime
) -> MenuNews | None:
    """A key of whoever acknowledged in this call; nobody else has a say. None: no such call."""
    held = await lock_attempt(work, attempt_id)
    if held is None:
        return None
    escalation, contact = held.escalation, Actor.of_contact(held.attempt.contact_id)
    notice = await notice_of(work, held)
    if escalation.acknowledged_by != str(contact) or escalation.state == EscalationState.CLOSED:
        return MenuNews(result=MenuResult.NOT_THEIRS, notice=notice)
    if await _somebody_else_accepted(work, escalation, contact):
        return MenuNews(result=MenuResult.NOT_THEIRS, notice=notice)
    return await _do(work, vault, held, key, notice, at=at)


async def _somebody_else_accepted(work: Work, escalation: Escalation, contact: Actor) -> bool:
    """A colleague took it on meanwhile, on the page: no key here may take it from them."""
    if escalation.state == EscalationState.ACKNOWLEDGED:
        return False
    query = (
        select(EscalationEntry.actor)
        .where(EscalationEntry.escalation_id == escalation.id)
        .where(EscalationEntry.kind == "escalation.accepted")
        .order_by(col(EscalationEntry.id).desc())
    )
    return (await work.exec(query.limit(1))).first() != str(contact)


async def _do(
    work: Work, vault: Vault, held: HeldAttempt, key: str, notice: StationNotice, *, at: datetime
) -> MenuNews:
    escalation, contact = held.escalation, Actor.of_contact(held.attempt.contact_id)
    result, name = RESULTS.get(key, MenuResult.NOT_KNOWN), ""
    if result is MenuResult.ACCEPTED and escalation.state == EscalationState.ACKNOWLEDGED:
        await accept(work, escalation.id, by=contact, at=at)
    elif result is MenuResult.HANDED_ON:
        await give_back(work, vault, escalation.id, by=contact, reason=CANNOT, at=at)
    elif result is MenuResult.NEXT_STEP:
        name = await _name_of_next(work, escalation, at=at)
    return MenuNews(result=result, notice=notice, next_name=name)


async def _name_of_next(work: Work, escalation: Escalation, *, at: datetime) -> str:
    turn = step_after(kept_walk(escalation), position_of(escalation), at)
    contact = await work.get(StationContact, turn.ring[0].contact_id) if turn.ring else None
    return contact.name if contact else ""
