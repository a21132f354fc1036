"""What becomes of one attempt. Each function writes the row, the timeline and what follows from it.

The caller holds the escalation and the attempt, in this order (`steps.lock_attempt`).
"""

from datetime import datetime, timedelta
from typing import Any

import structlog

from hotline.escalations.model import LIVE, AttemptEvent, EscalationState, attempt_after
from hotline.escalations.steps import (
    add_escalation_entry,
    bring_deadline_forward,
    page_supervisors,
)
from hotline.staff.actor import SYSTEM, Actor
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, Escalation

log = structlog.get_logger()

MAX_TRIES = 5
SHORTEST_BACK_OFF = timedelta(seconds=0.5)  # reliability research F10
LONGEST_BACK_OFF = timedelta(seconds=8)


def back_off(attempt_id: str, tries: int) -> timedelta:
    """How long to leave the carrier alone. Spread by the id, so that not all return together."""
    most: timedelta = min(SHORTEST_BACK_OFF * 2**tries, LONGEST_BACK_OFF)
    share = int(attempt_id[:4], 16) / 0xFFFF
    return most * (0.5 + share / 2)


def move_attempt(
    work: Work,
    escalation: Escalation,
    attempt: Attempt,
    event: AttemptEvent,
    *,
    at: datetime,
    **facts: Any,
) -> bool:
    """Let an event happen to an attempt. False, and nothing done, where it comes too late."""
    state = attempt_after(attempt.state, event)
    if state is None:
        log.info("attempt.event_ignored", attempt_id=attempt.id, attempt_event=event)
        return False
    attempt.state = state
    attempt.ended_at = None if state in LIVE else at
    actor: Actor = facts.pop("actor", SYSTEM)
    add_escalation_entry(
        work, escalation, f"attempt.{event}", at=at, actor=actor, attempt_id=attempt.id, **facts
    )
    return True


async def fail_attempt(
    work: Work, escalation: Escalation, attempt: Attempt, *, at: datetime, why: str
) -> None:
    """This contact was not reached. Where nobody else is being rung, the next one comes at once."""
    over = escalation.state != EscalationState.OPEN
    event = AttemptEvent.SUPERSEDED if over else AttemptEvent.FAILED
    if move_attempt(work, escalation, attempt, event, at=at, why=why):
        attempt.last_error = why
        await bring_deadline_forward(work, escalation, at=at)


async def retry_attempt(
    work: Work,
    escalation: Escalation,
    attempt: Attempt,
    *,
    due_at: datetime,
    at: datetime,
    why: str,
) -> None:
    """The carrier did not take it. Once more, but not for ever."""
    attempt.last_error = why
    if attempt.tries >= MAX_TRIES:
        if move_attempt(work, escalation, attempt, AttemptEvent.GIVEN_UP, at=at, why=why):
            page_supervisors(work, escalation, "attempt_dead", at=at)
            await bring_deadline_forward(work, escalation, at=at)
    elif move_attempt(work, escalation, attempt, AttemptEvent.NOT_TAKEN, at=at, why=why):
        attempt.due_at = due_at
