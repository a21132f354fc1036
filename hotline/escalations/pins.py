"""The PIN by which a contact proves who answers, on a telephone or behind a link.

Tries are counted together, whichever way they came: five in one step, then the next contact.
"""

from datetime import datetime
from typing import Any

from sqlmodel import col, func, select

from hotline.escalations.attempts import HeldAttempt, let_go, way_told
from hotline.escalations.timeline import add_escalation_entry
from hotline.staff.passwords import pin_fits
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, StationContact

WRONG_PINS_AN_ATTEMPT = 5  # reliability research S20


async def is_pin_of(work: Work, attempt_id: str, pin: str) -> bool:
    """Before any row is held: the hash is slow on purpose. Whoever left the roster has no PIN."""
    query = (
        select(StationContact.pin_hash)
        .join(Attempt, col(Attempt.contact_id) == col(StationContact.id))
        .where(Attempt.id == attempt_id, col(StationContact.active))
    )
    pin_hash = (await work.exec(query)).one_or_none()
    return pin_hash is not None and await pin_fits(pin.strip("#* "), pin_hash)


async def wrong_pins_of(work: Work, attempt: Attempt) -> int:
    """How often this contact's PIN was wrong in this step, by all ways."""
    query = (
        select(func.coalesce(func.sum(col(Attempt.wrong_pins)), 0))
        .where(Attempt.escalation_id == attempt.escalation_id)
        .where(Attempt.contact_id == attempt.contact_id)
        .where(Attempt.step == attempt.step, Attempt.round == attempt.round)
    )
    return int((await work.exec(query)).one())


async def note_wrong_pin(work: Work, held: HeldAttempt, *, at: datetime) -> bool:
    """Count it. Whether there may be another try; where not, the next contact is told."""
    held.attempt.wrong_pins += 1
    await work.flush()
    facts: dict[str, Any] = {"attempt_id": held.attempt.id, **way_told(held.delivery.channel)}
    add_escalation_entry(work, held.escalation, "attempt.wrong_pin", at=at, **facts)
    if await wrong_pins_of(work, held.attempt) < WRONG_PINS_AN_ATTEMPT:
        return True
    await let_go(work, held, at=at, why="wrong_pins")
    return False
