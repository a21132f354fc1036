"""What an escalation knows of its deliveries: how each is asked for, and what becomes of it.

Locks are taken in the order call, escalation, attempt with its delivery.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from hotline.deliveries.model import LIVE, Channel, DeliveryEvent, DeliveryState
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    move_delivery,
    withdraw_deliveries,
)
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.policy import ChainStep, hastened, walk_behind
from hotline.escalations.timeline import add_escalation_entry, page_supervisors, position_of
from hotline.escalations.ways import all_ways_of, may_ring_still, read_until
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

SelectOfAttempts = Select[Attempt, Delivery]

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
    channel: str = Channel.PHONE

    def facts(self) -> dict[str, str]:
        """For the timeline."""
        why = {"why": self.why} if self.why else {}
        return {"attempt_id": self.attempt_id, **way_told(self.channel), **why}


def way_told(channel: str) -> dict[str, Any]:
    """For the timeline: how somebody was told, where it was not by telephone."""
    return {} if channel == Channel.PHONE else {"channel": channel}


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
    """The key holds the version: one attempt by each way of each contact of each transition, ever.

    All ways at once: which of them reaches somebody is not known before.
    """
    contact = await work.get_one(StationContact, step.contact_id)
    number_shown, text_number = await _senders(work, escalation)
    for way, address in await all_ways_of(work, contact):
        wanted = NewDelivery(
            purpose=PURPOSE,
            key=_key(escalation, contact.id, way, address),
            address=address,
            sender=(text_number or number_shown) if way is Channel.TEXT else number_shown,
            channel=way,
            urgent=escalation.level == Level.IMMINENT,
        )
        await _add_one(work, escalation, contact.id, wanted, at=at)


async def _senders(work: Work, escalation: Escalation) -> tuple[str, str]:
    """The number that is shown, and the one that texts come from where it is another one."""
    if escalation.drill:
        return (await work.get_one(Station, escalation.station_id)).phone, ""
    shown = (
        select(Line.number_shown, Line.text_number)
        .join(Call, col(Call.line_id) == col(Line.id))
        .where(Call.id == escalation.call_id)
    )
    return (await work.exec(shown)).one()


def _key(escalation: Escalation, contact_id: str, way: Channel, address: str) -> str:
    """A phone's is as it was before there were other ways: an older process makes the same.

    Of browsers somebody has several, which are told one by one.
    """
    key = f"{PURPOSE}|{escalation.id}|{escalation.version}|{contact_id}"
    if way is Channel.PHONE:
        return key
    return f"{key}|{way}|{address}" if way is Channel.PUSH else f"{key}|{way}"


async def _add_one(
    work: Work, escalation: Escalation, contact_id: str, wanted: NewDelivery, *, at: datetime
) -> None:
    attempt_id = await ask_for_delivery(work, wanted, at=at)
    if attempt_id is None:
        return
    attempt = Attempt(
        id=attempt_id,
        escalation_id=escalation.id,
        contact_id=contact_id,
        step=escalation.step,
        round=escalation.round,
    )
    work.add(attempt)
    facts: dict[str, Any] = {"attempt_id": attempt_id, **way_told(wanted.channel)}
    add_escalation_entry(work, escalation, "attempt.planned", at=at, step=escalation.step, **facts)


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
        news = AttemptNews(held.attempt.id, event, why, actor, held.delivery.channel)
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
    if news.event is DeliveryEvent.GIVEN_UP and news.channel == Channel.PHONE:
        page_supervisors(work, escalation, "attempt_dead", at=at)
    if news.event in UNREACHED:
        await bring_deadline_forward(work, escalation, at=at)


async def let_go(
    work: Work, held: HeldAttempt, *, at: datetime, why: str, actor: Actor = SYSTEM
) -> None:
    """This contact does not come: whatever was sent to them, the next one is told at once.

    It counts in its own step only; later the next one is being told already.
    """
    escalation, mine = held.escalation, held.attempt
    if (mine.step, mine.round) != (escalation.step, escalation.round):
        return
    query = _of_step(escalation).where(Attempt.contact_id == mine.contact_id)
    held_now = query.with_for_update().execution_options(populate_existing=True)
    for attempt, delivery in (await work.exec(held_now)).all():
        one = HeldAttempt(escalation, attempt, delivery)
        await move_attempt(work, one, DeliveryEvent.FAILED, at=at, why=why, actor=actor)
    await bring_deadline_forward(work, escalation, at=at, without=mine.contact_id)


async def bring_deadline_forward(
    work: Work, escalation: Escalation, *, at: datetime, without: str = ""
) -> None:
    """Where nobody of the present step can be reached any more, the next one comes at once.

    Words that lie at somebody's are no reason to wait for the whole step, nor to give no time to
    read them. `without`: a contact who is not waited for.
    """
    due_at = escalation.next_due_at
    if escalation.state != EscalationState.OPEN or due_at is None:
        return
    await work.flush()
    query = _of_step(escalation).where(Attempt.contact_id != without)
    sent = [delivery for _, delivery in (await work.exec(query)).all()]
    if any(may_ring_still(one) for one in sent):
        return
    walk = walk_behind(escalation.policy, escalation.chain)
    hastened_to = hastened(walk, position_of(escalation), due_at, at)
    read = max((read_until(one, at) for one in sent), default=at)
    escalation.next_due_at = max(hastened_to, min(due_at, read))
    work.announce("escalation", escalation.id)


def _of_step(escalation: Escalation) -> SelectOfAttempts:
    """What may still reach somebody of the present step."""
    return (
        select(Attempt, Delivery)
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .where(Attempt.escalation_id == escalation.id)
        .where(Attempt.step == escalation.step, Attempt.round == escalation.round)
        .where(col(Delivery.state).in_((*LIVE, DeliveryState.DELIVERED)))
    )


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
