"""Links in a text or a mail: whoever opens one sees what it is about, whoever has the PIN answers.

The link alone is worth nothing but a look at a number and a level: it may lie on a shared phone,
and programs open what they find in messages. Only its hash is kept.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import col, select

from hotline.deliveries.model import DeliveryEvent
from hotline.escalations.attempts import (
    HeldAttempt,
    let_go,
    lock_attempt,
    move_attempt,
    way_told,
)
from hotline.escalations.model import EscalationState
from hotline.escalations.pins import (
    WRONG_PINS_AN_ATTEMPT,
    is_pin_of,
    note_wrong_pin,
    wrong_pins_of,
)
from hotline.escalations.service import acknowledge
from hotline.escalations.timeline import add_escalation_entry
from hotline.escalations.ways import is_on_roster
from hotline.staff.actor import Actor
from hotline.stations.queries import note_heard
from hotline.storage.session import Work
from hotline.storage.tables import (
    AckToken,
    Attempt,
    Call,
    Escalation,
    Line,
    Station,
)

LINK_LASTS = timedelta(minutes=30)  # reliability research S20
TOKEN_BYTES = 18  # 144 bits, 24 letters
LONGEST_TOKEN = 64


class LinkState(StrEnum):
    """What a link is worth now."""

    FRESH = "fresh"
    WRONG_PIN = "wrong_pin"
    ACKNOWLEDGED = "acknowledged"
    HANDED_ON = "handed_on"
    USED = "used"
    YOURS = "yours"
    TAKEN = "taken"
    CLOSED = "closed"
    EXPIRED = "expired"
    LOCKED = "locked"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


class LinkWish(StrEnum):
    """What whoever opened it wants."""

    ACKNOWLEDGE = "acknowledge"
    HAND_ON = "hand_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """All that a link shows to anybody who has it. Nothing of the child, and nobody's name."""

    state: LinkState
    number: str = ""
    level: str = ""
    line_name: str = ""
    line_name_en: str = ""
    division: str = ""
    phone: str = ""


NOTHING = LinkView(state=LinkState.UNKNOWN)


async def make_token(work: Work, attempt_id: str, *, at: datetime) -> str:
    """For one try to send. Whoever gets two of them may use either."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    kept = AckToken(hash=_hash(token), attempt_id=attempt_id, expires_at=at + LINK_LASTS)
    work.add(kept)
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token[:LONGEST_TOKEN].encode()).hexdigest()


async def look_at_link(work: Work, token: str, *, at: datetime) -> LinkView:
    """What it shows. Changes nothing, however often it is asked and by whom."""
    kept = await work.get(AckToken, _hash(token))
    if kept is None:
        return NOTHING
    return await _view(work, kept, at=at)


async def answer_link(
    work: Work, token: str, pin: str, wish: LinkWish, *, at: datetime
) -> LinkView:
    """Whoever has the PIN acknowledges, or says that they cannot: then the next is told at once."""
    kept = await work.get(AckToken, _hash(token))
    if kept is None:
        return NOTHING
    seen = await _view(work, kept, at=at)
    if seen.state is not LinkState.FRESH or not pin.strip():  # nothing typed is no try
        return seen
    fits = await is_pin_of(work, kept.attempt_id, pin)
    held = await lock_attempt(work, kept.attempt_id)
    await work.refresh(kept)
    seen = await _view(work, kept, at=at)
    if held is None or seen.state is not LinkState.FRESH:
        return seen
    state = await _answer(work, kept, held, wish if fits else None, at=at)
    return replace(seen, state=state)


async def _answer(
    work: Work, kept: AckToken, held: HeldAttempt, wish: LinkWish | None, *, at: datetime
) -> LinkState:
    """`wish` is None where the PIN was wrong."""
    if wish is None:
        again = await note_wrong_pin(work, held, at=at)
        return LinkState.WRONG_PIN if again else LinkState.LOCKED
    contact = Actor.of_contact(held.attempt.contact_id)
    kept.used_at = at
    await note_heard(work, held.attempt.contact_id, at)
    match wish:
        case LinkWish.ACKNOWLEDGE:
            attempt = held.attempt.id
            await acknowledge(work, held.escalation.id, by=contact, attempt_id=attempt, at=at)
            return LinkState.ACKNOWLEDGED
        case LinkWish.HAND_ON:
            await _hand_on(work, held, by=contact, at=at)
            return LinkState.HANDED_ON


async def _hand_on(work: Work, held: HeldAttempt, *, by: Actor, at: datetime) -> None:
    """Somebody who was asked cannot: not a refusal of the child, only the quickest way on."""
    facts: dict[str, Any] = {"attempt_id": held.attempt.id, **way_told(held.delivery.channel)}
    add_escalation_entry(work, held.escalation, "attempt.handed_on", at=at, actor=by, **facts)
    await move_attempt(work, held, DeliveryEvent.FAILED, at=at, why="handed_on", actor=by)
    await let_go(work, held, at=at, why="handed_on", actor=by)


async def _view(work: Work, kept: AckToken, *, at: datetime) -> LinkView:
    query = (
        select(Escalation, Attempt, Line, Station.division)
        .join(Attempt, col(Attempt.escalation_id) == col(Escalation.id))
        .join(Station, col(Station.id) == col(Escalation.station_id))
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .join(Line, col(Line.id) == col(Call.line_id))
        .where(Attempt.id == kept.attempt_id)
    )
    escalation, attempt, line, division = (await work.exec(query)).one()
    return LinkView(
        state=await _state(work, kept, escalation, attempt, at=at),
        number=escalation.number,
        level=escalation.level,
        line_name=line.name,
        line_name_en=line.name_en,
        division=division,
        phone=line.number_shown,
    )


async def _state(
    work: Work, kept: AckToken, escalation: Escalation, attempt: Attempt, *, at: datetime
) -> LinkState:
    """The first that holds says most about what to do."""
    over = _over(kept, escalation, Actor.of_contact(attempt.contact_id))
    if over is not None:
        return over
    if not await is_on_roster(work, attempt.id):
        return LinkState.REPLACED
    if kept.expires_at <= at:
        return LinkState.EXPIRED
    if await wrong_pins_of(work, attempt) >= WRONG_PINS_AN_ATTEMPT:
        return LinkState.LOCKED
    return LinkState.FRESH


def _over(kept: AckToken, escalation: Escalation, contact: Actor) -> LinkState | None:
    if escalation.state == EscalationState.CLOSED:
        return LinkState.CLOSED
    if escalation.state != EscalationState.OPEN:
        mine = escalation.acknowledged_by == str(contact)
        return LinkState.YOURS if mine else LinkState.TAKEN
    return LinkState.USED if kept.used_at is not None else None
