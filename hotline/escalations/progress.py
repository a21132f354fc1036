"""The one way in which an escalation's row changes its place, its state and its deadline.

State, deadline, attempts and timeline entry are written together, in the caller's unit of work.
Locks are taken in the order call, escalation, attempt with its delivery.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.deliveries.model import LIVE, DeliveryEvent
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    move_delivery,
    withdraw_deliveries,
)
from hotline.errors import NotFound
from hotline.escalations.chain import read_chain
from hotline.escalations.model import EscalationEvent, EscalationState, Level, after
from hotline.escalations.policy import (
    NOBODY_YET,
    Chain,
    ChainPosition,
    ChainStep,
    NextStep,
    chain_of,
    hastened,
    longest_wait,
    step_after,
    turn_after,
    turn_again,
    with_kept_times,
)
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Call,
    Delivery,
    Escalation,
    EscalationEntry,
    Line,
    StationContact,
)

PURPOSE = "escalation"
# Superseded while nobody has acknowledged: the contact left the roster before the phone was rung.
UNREACHED = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP, DeliveryEvent.SUPERSEDED)

TurnRule = Callable[[Chain, Chain, ChainPosition, datetime], NextStep]


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


async def add_escalation(work: Work, draft: Escalation, *, draw: Callable[[], str]) -> Escalation:
    """Write a new one; where its number is taken, under the first one drawn that is not."""
    while True:
        adding = insert(Escalation).values(draft.model_dump())
        adding = adding.on_conflict_do_nothing(index_elements=["number"])
        found = await work.exec(adding.returning(Escalation))
        written: Escalation | None = found.scalar_one_or_none()
        if written is not None:
            return written
        draft.number = draw()


async def lock_escalation(work: Work, escalation_id: str) -> Escalation:
    """The escalation, held until the unit of work ends."""
    query = select(Escalation).where(Escalation.id == escalation_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


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


def add_escalation_entry(
    work: Work,
    escalation: Escalation,
    kind: str,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    **facts: Any,
) -> None:
    """One entry in the timeline, and news for everybody who watches."""
    work.add(
        EscalationEntry(
            escalation_id=escalation.id, at=at, kind=kind, actor=str(actor), facts=facts
        )
    )
    work.announce("escalation", escalation.id)


def position_of(escalation: Escalation) -> ChainPosition:
    """Where in its chain it stands."""
    return ChainPosition(escalation.step, escalation.round)


def move_escalation(escalation: Escalation, event: EscalationEvent, *, at: datetime) -> None:
    """Let an event happen: new state, next deadline. Raises `IllegalMove`."""
    state = after(escalation.state, event)
    escalation.state = state
    escalation.version += 1
    escalation.next_due_at = None
    if state is not EscalationState.CLOSED:
        wait = longest_wait(state, chain_of(escalation.chain), position_of(escalation))
        escalation.next_due_at = at + wait


async def take_step(work: Work, escalation: Escalation, turn: NextStep, *, at: datetime) -> None:
    """Take a place in the chain: the deadline, and the attempt if there is somebody to ring."""
    escalation.step, escalation.round = turn.place.step, turn.place.round
    escalation.next_due_at = turn.due_at
    if turn.exhausted:
        why = "chain_exhausted" if turn.ring else "no_contacts"
        page_supervisors(work, escalation, why, at=at)
    if turn.ring is not None:
        await _add_attempt(work, escalation, turn.ring, at=at)


async def _add_attempt(
    work: Work, escalation: Escalation, step: ChainStep, *, at: datetime
) -> None:
    """The key holds the version: one attempt for each contact of each transition, ever."""
    phone = select(StationContact.phone).where(StationContact.id == step.contact_id)
    shown = select(Line.number_shown).join(Call, col(Call.line_id) == col(Line.id))
    wanted = NewDelivery(
        purpose=PURPOSE,
        key=f"{PURPOSE}|{escalation.id}|{escalation.version}|{step.contact_id}",
        address=phone.scalar_subquery(),
        sender=shown.where(Call.id == escalation.call_id).scalar_subquery(),
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


def page_supervisors(work: Work, escalation: Escalation, why: str, *, at: datetime) -> None:
    """The stations alone do not carry this escalation: people here must look at it."""
    add_escalation_entry(
        work, escalation, "supervisors.paged", at=at, why=why, round=escalation.round
    )
    work.announce("supervisors", escalation.id)


async def press_on(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """The deadline has passed: the next contact, or back to the one who went quiet."""
    was, place = EscalationState(escalation.state), position_of(escalation)
    move_escalation(escalation, EscalationEvent.OVERDUE, at=at)
    if was is EscalationState.OPEN:
        if place != NOBODY_YET:
            add_escalation_entry(
                work, escalation, "escalation.not_acknowledged", at=at, step=place.step
            )
        await take_step(work, escalation, await next_turn(work, escalation, place, at), at=at)
        return
    escalation.acknowledged_at, escalation.acknowledged_by = None, ""
    add_escalation_entry(
        work, escalation, "escalation.reopened", at=at, overdue_in=was, step=place.step
    )
    again = await next_turn(work, escalation, place, at, follow=turn_again)
    await take_step(work, escalation, again, at=at)


async def next_turn(
    work: Work,
    escalation: Escalation,
    place: ChainPosition,
    at: datetime,
    *,
    follow: TurnRule = turn_after,
) -> NextStep:
    """Whose turn is next, among those who answer for the station by now; the timeline says so.

    Of what was copied when the escalation began the times are kept, the people are not.
    """
    kept = chain_of(escalation.chain)
    roster = with_kept_times(await read_chain(work, escalation.station_id), kept)
    if roster != kept:
        escalation.chain = [step.plain() for step in roster]
        now = [step.contact_id for step in roster]
        add_escalation_entry(work, escalation, "escalation.contacts_changed", at=at, now=now)
    turn = follow(kept, roster, place, at)
    if turn.ring is not None:
        await _tell_new_phone(work, escalation, turn.ring.contact_id, at=at)
    return turn


async def _tell_new_phone(
    work: Work, escalation: Escalation, contact_id: str, *, at: datetime
) -> None:
    """Say that somebody will be rung elsewhere than the last time."""
    query = (
        select(col(Delivery.address) != col(StationContact.phone))
        .join(Attempt, col(Attempt.id) == col(Delivery.id))
        .join(StationContact, col(StationContact.id) == col(Attempt.contact_id))
        .where(Attempt.escalation_id == escalation.id, Attempt.contact_id == contact_id)
        .order_by(col(Delivery.created_at).desc())
        .limit(1)
    )
    if (await work.exec(query)).first():
        add_escalation_entry(
            work, escalation, "escalation.phone_changed", at=at, contact_id=contact_id
        )


async def skip_step(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """A step that cannot be carried out: leave it, say so, and let the next one come at once."""
    try:
        chain = chain_of(escalation.chain)
    except (KeyError, TypeError, ValueError):
        chain, escalation.chain = (), []  # unreadable: the roster is read again instead
    turn = step_after(chain, position_of(escalation), at)
    escalation.step, escalation.round = turn.place.step, turn.place.round
    escalation.version += 1
    escalation.next_due_at = hastened(chain, turn.place, turn.due_at, at)
    page_supervisors(work, escalation, "step_failed", at=at)


# ── what becomes of an attempt ──────────────────────────────────────────────────────────────────


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
        chain = chain_of(escalation.chain)
        escalation.next_due_at = hastened(chain, position_of(escalation), due_at, at)
        work.announce("escalation", escalation.id)


async def supersede_attempts(work: Work, escalation: Escalation, *, at: datetime) -> None:
    """Nobody needs to be rung any more. Phones that ring already are told so when answered."""
    ours = select(Attempt.id).where(Attempt.escalation_id == escalation.id)
    await withdraw_deliveries(work, ours, at=at)
