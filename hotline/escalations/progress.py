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
from hotline.escalations.chain import read_chain
from hotline.escalations.model import EscalationEvent, EscalationState, after
from hotline.escalations.policy import (
    NOBODY_YET,
    Chain,
    ChainPosition,
    NextStep,
    chain_of,
    hastened,
    longest_wait,
    step_after,
    turn_after,
    turn_again,
    with_kept_times,
)
from hotline.escalations.timeline import add_escalation_entry, page_supervisors, position_of
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Delivery,
    Escalation,
    StationContact,
)

TurnRule = Callable[[Chain, Chain, ChainPosition, datetime], NextStep]


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
        await add_attempt(work, escalation, turn.ring, at=at)


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
        chain = chain_of(escalation.chain)
    except (KeyError, TypeError, ValueError):
        chain, escalation.chain = (), []  # unreadable: the roster is read again instead
    turn = step_after(chain, position_of(escalation), at)
    escalation.step, escalation.round = turn.place.step, turn.place.round
    escalation.version += 1
    escalation.next_due_at = hastened(chain, turn.place, turn.due_at, at)
    page_supervisors(work, escalation, "step_failed", at=at)
