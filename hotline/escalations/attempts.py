"""What an escalation knows of its deliveries: how each is asked for, and what becomes of it.

Locks are taken in the order call, escalation, attempt with its delivery.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.deliveries.model import LIVE, DeliveryEvent
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    move_delivery,
    withdraw_deliveries,
)
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.policy import ChainStep, hastened, walk_behind
from hotline.escalations.timeline import add_escalation_entry, page_supervisors, position_of
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Call,
    Delivery,
    Escalation,
    Line,
    Station,
    StationContact,
)

PURPOSE = "escalation"


# Superseded while nobody has acknowledged: the contact left the roster before the phone was rung.
UNREACHED = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP, DeliveryEvent.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class HeldAttempt:
    """An attempt and its delivery; before them their escalation. All held."""

    escalation: Escalation
    attempt: Attempt
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class AttemptNews:
    """What happened to an attempt. `actor`: who did it, where it was somebody."""

    attempt_id: str
    event: DeliveryEvent
    why: str = ""
    actor: Actor = SYSTEM

    def facts(self) -> dict[str, str]:
        """For the timeline."""
        why = {"why": self.why} if self.why else {}
        return {"attempt_id": self.attempt_id, **why}


async def lock_escalation_of(work: Work, attempt_id: str) -> Escalation | None:
    """The escalation behind an attempt, held. None where there is no such attempt."""
    query = (
        select(Escalation)
        .join(Attempt, col(Attempt.escalation_id) == col(Escalation.id))
        .where(Attempt.id == attempt_id)
        .with_for_update(of=Escalation)
    )
    return (await work.exec(query.execution_options(populate_existing=True))).one_or_none()


async def lock_attempt(work: Work, attempt_id: str) -> HeldAttempt | None:
    """The attempt and, first, its escalation. None where there is no such attempt."""
    escalation = await lock_escalation_of(work, attempt_id)
    if escalation is None:
        return None
    query = (
        select(Attempt, Delivery)
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .where(Attempt.id == attempt_id)
        .with_for_update()
    )
    found = await work.exec(query.execution_options(populate_existing=True))
    return HeldAttempt(escalation, *found.one())


async def add_attempt(work: Work, escalation: Escalation, step: ChainStep, *, at: datetime) -> None:
    """The key holds the version: one attempt for each contact of each transition, ever."""
    phone = select(StationContact.phone).where(StationContact.id == step.contact_id)
    shown = select(Line.number_shown).join(Call, col(Call.line_id) == col(Line.id))
    shown = shown.where(Call.id == escalation.call_id)
    if escalation.drill:
        shown = select(Station.phone).where(Station.id == escalation.station_id)
    wanted = NewDelivery(
        purpose=PURPOSE,
        key=f"{PURPOSE}|{escalation.id}|{escalation.version}|{step.contact_id}",
        address=phone.scalar_subquery(),
        sender=shown.scalar_subquery(),
        urgent=escalation.level == Level.IMMINENT,
    )
    attempt_id = await ask_for_delivery(work, wanted, at=at)
    if attempt_id is None:
        return
    attempt = Attempt(
        id=attempt_id,
        escalation_id=escalation.id,
        contact_id=step.contact_id,
        step=escalation.step,
        round=escalation.round,
    )
    work.add(attempt)
    add_escalation_entry(
        work, escalation, "attempt.planned", at=at, attempt_id=attempt_id, step=escalation.step
    )


async def move_attempt(
    work: Work,
    held: HeldAttempt,
    event: DeliveryEvent,
    *,
    at: datetime,
    why: str = "",
    actor: Actor = SYSTEM,
) -> None:
    """Let an event happen to an attempt, and what follows from it; nothing where it is late."""
    if move_delivery(held.delivery, event, at=at, why=why):
        news = AttemptNews(held.attempt.id, event, why, actor)
        await follow_attempt(work, held.escalation, news, at=at)


async def fail_attempt(work: Work, held: HeldAttempt, *, at: datetime, why: str) -> None:
    """This contact was not reached; no failure where the escalation is taken already."""
    over = held.escalation.state != EscalationState.OPEN
    event = DeliveryEvent.SUPERSEDED if over else DeliveryEvent.FAILED
    await move_attempt(work, held, event, at=at, why=why)


async def follow_attempt(
    work: Work, escalation: Escalation, news: AttemptNews, *, at: datetime
) -> None:
    """What an attempt's move means for its escalation, which is held."""
    add_escalation_entry(
        work, escalation, f"attempt.{news.event}", at=at, actor=news.actor, **news.facts()
    )
    if news.event is DeliveryEvent.GIVEN_UP:
        page_supervisors(work, escalation, "attempt_dead", at=at)
    if news.event in UNREACHED:
        await _bring_deadline_forward(work, escalation, at=at)


async def _bring_deadline_forward(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """Where nobody of the present step can be reached any more, the next one comes at once."""
    due_at = escalation.next_due_at
    if escalation.state != EscalationState.OPEN or due_at is None:
        return
    await work.flush()
    query = (
        select(Attempt.id)
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .where(Attempt.escalation_id == escalation.id)
        .where(Attempt.step == escalation.step, Attempt.round == escalation.round)
        .where(col(Delivery.state).in_(LIVE))
    )
    if (await work.exec(query.limit(1))).first() is None:
        walk = walk_behind(escalation.policy, escalation.chain)
        escalation.next_due_at = hastened(walk, position_of(escalation), due_at, at)
        work.announce("escalation", escalation.id)


async def supersede_attempts(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """Nobody needs to be rung any more. Phones that ring already are told so when answered."""
    ours = select(Attempt.id).where(Attempt.escalation_id == escalation.id)
    await withdraw_deliveries(work, ours, at=at)


async def silence_attempts(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """Whoever is being rung has nothing to do with it any more: their PIN comes too late."""
    await supersede_attempts(work, escalation, at=at)
    query = (
        select(Delivery)
        .join(Attempt, col(Attempt.id) == col(Delivery.id))
        .where(Attempt.escalation_id == escalation.id, col(Delivery.state).in_(LIVE))
        .order_by(col(Delivery.id))
        .with_for_update(of=Delivery)
    )
    for ringing in (await work.exec(query.execution_options(populate_existing=True))).all():
        move_delivery(ringing, DeliveryEvent.SUPERSEDED, at=at)
        add_escalation_entry(work, escalation, "attempt.superseded", at=at, attempt_id=ringing.id)
