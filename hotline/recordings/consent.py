"""A caller does not want to be recorded: the call goes on, and nothing more is."""

from datetime import datetime

from hotline.calls.service import add_call_entry
from hotline.recordings.model import CopyState
from hotline.recordings.service import TOPIC, end_recording, recordings_of
from hotline.storage.session import Work
from hotline.storage.tables import Call

GONE = (CopyState.ERASED, CopyState.MISSING)


async def refuse_recording(
    work: Work, call: Call, *, erase: bool = False, at: datetime, staff_id: str | None = None
) -> None:
    """Never record this call, whose row is held, again. `erase`: nor keep what was.

    Refused already: fine. What a station may need as proof is erased when its case is closed.
    """
    if call.recording_refused_at is None:
        call.recording_refused_at = at
        add_call_entry(work, call, "recording.declined", at=at, staff_id=staff_id)
    await end_recording(work, call, at=at)
    if erase:
        await erase_soon(work, call, at=at, staff_id=staff_id)


async def erase_soon(work: Work, call: Call, *, at: datetime, staff_id: str | None) -> int:
    """Fetched from the carrier first, since only then is it known to be deleted there.

    Returns how many there are.
    """
    await work.flush()
    kept = [one for one in await recordings_of(work, call.id, locked=True)
            if one.copy_state not in GONE]  # fmt: skip
    for one in kept:
        one.keep_until = at
        if one.copy_state == CopyState.DELETED:
            one.due_at = at
        work.announce(TOPIC, one.id)
    if kept:
        add_call_entry(work, call, "recording.to_be_erased", at=at, staff_id=staff_id)
    return len(kept)
