"""Saving a record. The narrative is sealed; `hotline.records.queries` opens it.

Every version is kept. Who wrote or changed it stands in the call's timeline, silently: a page that
looks again at every change would otherwise be told of its own look.
"""

from dataclasses import replace
from datetime import datetime

from hotline.errors import RecordChanged
from hotline.records.model import Draft
from hotline.records.queries import draft_of, keep_trace
from hotline.records.risk import raise_level
from hotline.records.risk_queries import standing_of
from hotline.risk.levels import Risk, highest
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Record, RecordVersion, Staff
from hotline.storage.vault import Vault


async def save_record(
    work: Work, vault: Vault, call_id: str, staff_id: str, draft: Draft, *, at: datetime
) -> Record:
    """Save the record of a call as its next version. Hold the call's row before.

    The same words again are no version. Raises `RecordChanged` where the newest one is not what
    the draft was based on: then nothing is changed. The risk is only ever raised by it.
    """
    record = await work.get(Record, call_id, with_for_update=True)
    draft = replace(draft, risk=await _risk_with(work, call_id, draft.risk))
    if record is None:
        record = Record(call_id=call_id, staff_id=staff_id, contact_type="", risk="",
                        disposition="", saved_at=at, version=0)  # fmt: skip
        work.add(record)
    elif draft_of(record, vault, based_on=draft.based_on) == draft:
        return record
    if draft.based_on not in (None, record.version):
        raise RecordChanged(await _newest(work, record))
    await raise_level(work, call_id, draft.risk, by=staff_id, at=at)
    _write(record, vault, draft, at=at)
    work.add(_version_of(vault, record, staff_id))
    kind = "record.written" if record.version == 1 else "record.changed"
    keep_trace(work, call_id, kind, staff_id, at=at)
    return record


async def _risk_with(work: Work, call_id: str, wanted: Risk) -> Risk:
    """Never less than what was found: a page that was opened before does not know of it."""
    return highest([wanted, (await standing_of(work, call_id)).level])


def _write(record: Record, vault: Vault, draft: Draft, *, at: datetime) -> None:
    record.contact_type, record.risk = draft.contact_type or "", draft.risk
    record.disposition, record.follow_up = draft.disposition or "", draft.follow_up
    record.topics = list(draft.topics)
    record.narrative_sealed = seal_cell(vault, record, "narrative_sealed", draft.narrative)
    record.saved_at = at
    record.version += 1


def _version_of(vault: Vault, record: Record, staff_id: str) -> RecordVersion:
    """`staff_id`: who saved this one; the record itself bears who wrote it first."""
    version = RecordVersion.model_validate({**record.model_dump(), "staff_id": staff_id})
    narrative = open_cell(vault, record, "narrative_sealed")
    version.narrative_sealed = seal_cell(vault, version, "narrative_sealed", narrative)
    return version


async def _newest(work: Work, record: Record) -> dict[str, object]:
    """Version, author and time of what stands there, for whoever may write it too."""
    if record.version == 0:
        return {"version": 0}
    kept = await work.get_one(RecordVersion, (record.call_id, record.version))
    author = await work.get_one(Staff, kept.staff_id)
    at = record.saved_at.isoformat()
    return {"version": record.version, "saved_by": author.name, "saved_at": at}
