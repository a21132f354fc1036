"""What the carrier reports of a text of ours. Reports repeat, overtake each other and get lost."""

from datetime import datetime

from hotline.storage.session import Work
from hotline.storage.tables import TextMessage
from hotline.texting.model import TextEvent, TextState
from hotline.texting.moving import WITHDRAWN_THERE, move_text, note_refused

TAKEN = ("accepted", "scheduled", "queued", "sending", "sent")
ENDS = {
    "delivered": TextEvent.DELIVERED,
    "read": TextEvent.DELIVERED,
    "undelivered": TextEvent.UNDELIVERED,
    "failed": TextEvent.FAILED,
    "canceled": TextEvent.FAILED,
}


async def hear_report(
    work: Work, text: TextMessage, status: str, error: int, *, at: datetime, sid: str = ""
) -> None:
    """A report about a text that is held. `status`: the carrier's word; unknown ones say nothing.

    It is proof that the carrier has it, whatever our own request came to.
    """
    text.carrier_sid = text.carrier_sid or sid or None
    if error == WITHDRAWN_THERE:
        await note_refused(work, text, error, at=at)
    elif status in ENDS:
        move_text(work, text, ENDS[status], at=at, why=f"error {error}" if error else "")
    elif status in TAKEN and text.state in (TextState.SENDING, TextState.UNCLEAR):
        move_text(work, text, TextEvent.TAKEN, at=at)
