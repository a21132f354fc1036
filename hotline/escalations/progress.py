"""The one way in which an escalation's row changes its place, its state and its deadline.

State, deadline, attempts and timeline entry are written together, in the caller's unit of work.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.deliveries.model import Channel
from hotline.errors import NotFound
from hotline.escalations.attempts import add_attempt
from hotline.escalations.model import EscalationEvent, EscalationState, after
from hotline.escalations.policy import (
    NOBODY_YET,
    ChainPosition,
    NextStep,
    Walk,
    hastened,
    longest_wait,
    rung_in_round,
    step_after,
    step_now,
    turn_after,
    turn_again,
)
from hotline.escalations.receivers import UNREADABLE, keep_people, kept_walk, walk_now
from hotline.escalations.supervisors import call_supervisors
from hotline.escalations.timeline import add_escalation_entry, page_supervisors, position_of
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Delivery,
    Escalation,
    StationContact,
)

TurnRule = Callable[[Walk, Walk, ChainPosition, datetime], NextStep]


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


def move_escalation(escalation: Escalation, event: EscalationEvent, *, at: datetime) -> None:
    """Let an event happen: new state, next deadline. Raises `IllegalMove`."""
    state = after(escalation.state, event)
    escalation.state = state
    escalation.version += 1
    escalation.next_due_at = None
    if state is not EscalationState.CLOSED:
        wait = longest_wait(state, kept_walk(escalation), position_of(escalation))
        escalation.next_due_at = at + wait


async def take_step(work: Work, escalation: Escalation, turn: NextStep, *, at: datetime) -> None:
    """Take a place in the chain: the deadline, and an attempt for everybody who is to be rung."""
    escalation.step, escalation.round = turn.place.step, turn.place.round
    escalation.next_due_at = turn.due_at
    if turn.exhausted:
        why = "chain_exhausted" if turn.ring or turn.supervisor else "no_contacts"
        page_supervisors(work, escalation, why, at=at)
    if turn.skipped:
        tell_skipped(work, escalation, turn, at=at)
    for contact in turn.ring:
        await add_attempt(work, escalation, contact, at=at)
    if turn.supervisor:
        await call_supervisors(work, escalation, at=at)


def tell_skipped(work: Work, escalation: Escalation, turn: NextStep, *, at: datetime) -> None:
    """Nobody stands where the chain names somebody: it goes on, and supervisors know."""
    asks = {number: kept_walk(escalation).steps[number].asks for number in turn.skipped}
    for number, receivers in asks.items():
        add_escalation_entry(
            work, escalation, "escalation.step_skipped", at=at, step=number, receivers=receivers
        )
    page_supervisors(work, escalation, "step_without_receivers", at=at)


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
    kept = kept_walk(escalation)
    walk = await walk_now(work, escalation, at, first=rung_in_round(kept, place))
    turn = follow(kept, walk, place, at)
    if turn.place.round != place.round:  # whoever has the duty by now is first again
        walk = await walk_now(work, escalation, at)
        turn = step_now(walk, ChainPosition(0, turn.place.round), at, exhausted=turn.exhausted)
    if walk != kept:
        keep_people(escalation, walk)
        now = [contact.contact_id for contact in walk.chain]
        add_escalation_entry(work, escalation, "escalation.contacts_changed", at=at, now=now)
    for contact in turn.ring:
        await _tell_new_phone(work, escalation, contact.contact_id, at=at)
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
        .where(Delivery.channel == Channel.PHONE)
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
        walk = kept_walk(escalation)
    except UNREADABLE:
        walk, escalation.chain = Walk((), by_contact=True), []  # unreadable: read again instead
        escalation.policy = {}
    turn = step_after(walk, position_of(escalation), at)
    escalation.step, escalation.round = turn.place.step, turn.place.round
    escalation.version += 1
    escalation.next_due_at = hastened(walk, turn.place, turn.due_at, at)
    page_supervisors(work, escalation, "step_failed", at=at)
