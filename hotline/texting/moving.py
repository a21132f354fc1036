"""The one way in which a text changes its state, and what a person must know of it."""

from datetime import datetime

import structlog
from sqlmodel import select

from hotline.errors import NotFound
from hotline.storage.session import Work
from hotline.storage.tables import TextMessage
from hotline.texting.asking import TOPIC
from hotline.texting.consent import ConsentWithdrawn, withdraw_consent
from hotline.texting.model import LIVE, TextEvent, TextState, text_after

log = structlog.get_logger()

WITHDRAWN_THERE = 21610  # the carrier was told STOP, and carries nothing of ours to them
NOT_REACHED = (TextState.FAILED, TextState.UNDELIVERED)


async def lock_text(work: Work, text_id: str) -> TextMessage:
    """The row, held until the unit of work ends. Raises `NotFound`."""
    query = select(TextMessage).where(TextMessage.id == text_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


def move_text(
    work: Work, text: TextMessage, event: TextEvent, *, at: datetime, why: str = ""
) -> bool:
    """Let an event happen to a held text. False, and nothing done, where it comes too late."""
    state = text_after(text.state, event)
    if state is None:
        log.info("text.event_ignored", text_id=text.id, text_event=event)
        return False
    text.state, text.last_error = state, why or text.last_error
    text.sent_at = text.sent_at or (at if state is TextState.SENT else None)
    if state not in (*LIVE, TextState.SENT):
        text.ended_at = at
    if state in NOT_REACHED:
        text.for_person = True
    work.announce(TOPIC, text.id)
    return True


async def note_refused(work: Work, text: TextMessage, code: int, *, at: datetime) -> None:
    """The carrier does not send it. That they want none of ours is theirs to say: we heed it."""
    moved = move_text(work, text, TextEvent.FAILED, at=at, why=f"refused {code}")
    if code == WITHDRAWN_THERE:
        await withdraw_consent(work, text.number_index, ConsentWithdrawn.CARRIER, at=at)
        text.for_person = text.for_person and not moved
