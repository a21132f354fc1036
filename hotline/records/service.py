"""Saving a record. The narrative is sealed; `hotline.records.queries` opens it.

Who wrote or changed it stands in the call's timeline, silently: a page that looks again at every
change would otherwise be told of its own look.
"""

from datetime import datetime

from hotline.records.model import Draft
from hotline.records.queries import keep_trace, narrative_place
from hotline.storage.session import Work
from hotline.storage.tables import Record
from hotline.storage.vault import Vault


async def save_record(
    work: Work, vault: Vault, call_id: str, staff_id: str, draft: Draft, *, at: datetime
) -> Record:
    """Save the record of a call; saving again replaces it. Hold the call's row before."""
    record = await work.get(Record, call_id, with_for_update=True)
    if record is None:
        record = Record(call_id=call_id, staff_id=staff_id, contact_type="", risk="",
                        disposition="", saved_at=at)  # fmt: skip
        work.add(record)
        keep_trace(work, call_id, "record.written", staff_id, at=at)
    elif record.staff_id != staff_id:
        keep_trace(work, call_id, "record.changed", staff_id, at=at)
    record.contact_type, record.risk = draft.contact_type or "", draft.risk
    record.disposition, record.follow_up = draft.disposition or "", draft.follow_up
    record.topics = list(draft.topics)
    record.narrative_sealed = vault.seal(draft.narrative, place=narrative_place(call_id))
    record.saved_at = at
    return record
