"""Opening a record, in clear, for its reader. Whoever reads it leaves a trace in the timeline."""

from datetime import datetime

from sqlmodel import col, select

from hotline.records.answers import open_answers
from hotline.records.model import (
    ContactType,
    Disposition,
    Draft,
    Opened,
    SavedVersion,
)
from hotline.risk.levels import Risk
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import CallEntry, Record, RecordVersion, Staff
from hotline.storage.vault import Vault

MOST_VERSIONS = 1_000_000  # far beyond, the database has no such number


async def read_record(
    work: Work, vault: Vault, call_id: str, *, reader: str, at: datetime
) -> Opened | None:
    """The record, in clear; None where nobody wrote one. That `reader` read it is kept."""
    record = await work.get(Record, call_id)
    if record is None:
        return None
    keep_trace(work, call_id, "record.read", reader, at=at)
    return opened(record, vault)


async def read_version(
    work: Work, vault: Vault, key: tuple[str, int], *, reader: str, at: datetime
) -> Opened | None:
    """The record as it was once saved; None where there is no such version. It leaves a trace.

    `key`: of the call, and which version.
    """
    kept = await work.get(RecordVersion, key)
    if kept is None:
        return None
    keep_trace(work, kept.call_id, "record.read", reader, at=at)
    return opened(kept, vault)


async def versions_of(work: Work, call_id: str) -> list[SavedVersion]:
    """Who saved the record and when, the newest first. Without a word of what it says."""
    query = (
        select(RecordVersion.version, Staff.name, RecordVersion.saved_at)
        .join(Staff, col(Staff.id) == col(RecordVersion.staff_id))
        .where(RecordVersion.call_id == call_id)
        .order_by(col(RecordVersion.version).desc())
    )
    found = (await work.exec(query)).all()
    return [SavedVersion(version=n, saved_by=name, saved_at=at) for n, name, at in found]


def draft_of(record: Record | RecordVersion, vault: Vault, *, based_on: int | None) -> Draft:
    """What would have to be saved for nothing to change."""
    return Draft(
        contact_type=ContactType(record.contact_type) if record.contact_type else None,
        topics=tuple(record.topics),
        risk=Risk(record.risk),
        disposition=Disposition(record.disposition) if record.disposition else None,
        follow_up=record.follow_up,
        narrative=open_cell(vault, record, "narrative_sealed"),
        based_on=based_on,
        form=record.form_version,
        answers=open_answers(record, vault),
    )


def opened(record: Record | RecordVersion, vault: Vault) -> Opened:
    """For whoever wrote it just now. To others: `read_record`."""
    return Opened(
        contact_type=record.contact_type,
        topics=tuple(record.topics),
        risk=record.risk,
        disposition=record.disposition,
        follow_up=record.follow_up,
        narrative=open_cell(vault, record, "narrative_sealed"),
        saved_at=record.saved_at,
        version=record.version,
        form=record.form_version,
        answers=open_answers(record, vault),
        unfinished=record.unfinished,
    )


def keep_trace(work: Work, call_id: str, kind: str, staff_id: str, *, at: datetime) -> None:
    """Say in the call's timeline who did what with its record."""
    work.add(CallEntry(call_id=call_id, at=at, kind=kind, staff_id=staff_id))
