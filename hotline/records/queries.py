"""Opening a record, in clear, for its reader. Whoever reads it leaves a trace in the timeline."""

from datetime import datetime

from hotline.records.model import Opened
from hotline.storage.session import Work
from hotline.storage.tables import CallEntry, Record
from hotline.storage.vault import Vault


def narrative_place(call_id: str) -> str:
    """What a narrative is sealed for: in another place it does not open."""
    return f"record.narrative.{call_id}"


async def read_record(
    work: Work, vault: Vault, call_id: str, *, reader: str, at: datetime
) -> Opened | None:
    """The record, in clear; None where nobody wrote one. That `reader` read it is kept."""
    record = await work.get(Record, call_id)
    if record is None:
        return None
    keep_trace(work, call_id, "record.read", reader, at=at)
    return opened(record, vault)


def opened(record: Record, vault: Vault) -> Opened:
    """For whoever wrote it just now. To others: `read_record`."""
    return Opened(
        contact_type=record.contact_type,
        topics=tuple(record.topics),
        risk=record.risk,
        disposition=record.disposition,
        follow_up=record.follow_up,
        narrative=vault.open(record.narrative_sealed, place=narrative_place(record.call_id)),
        saved_at=record.saved_at,
    )


def keep_trace(work: Work, call_id: str, kind: str, staff_id: str, *, at: datetime) -> None:
    """Say in the call's timeline who did what with its record."""
    work.add(CallEntry(call_id=call_id, at=at, kind=kind, staff_id=staff_id))
