"""How a version came to be: by which save of a page, and when its words were written."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.records.model import Draft
from hotline.storage.session import Work
from hotline.storage.tables import Call, RecordSave, RecordVersion, Staff

LATE_AFTER = timedelta(minutes=30)  # since the call ended: no wrap-up takes that long


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPart:
    """What one person wrote of a record, from first to last. `late`: some of it was."""

    author: str
    first_at: datetime
    last_at: datetime
    saved_at: datetime
    late: bool


def key_of(staff_id: str, key: str) -> str:
    """A key is of whoever sent it. Empty stays empty."""
    return hashlib.sha256(f"{staff_id}\0{key}".encode()).hexdigest() if key else ""


async def version_saved_with(work: Work, call_id: str, key: str) -> RecordVersion | None:
    """What an earlier try of this save made; None where there was none."""
    if not key:
        return None
    query = (
        select(RecordVersion)
        .join(
            RecordSave,
            (col(RecordSave.call_id) == col(RecordVersion.call_id))
            & (col(RecordSave.version) == col(RecordVersion.version)),
        )
        .where(RecordSave.call_id == call_id, RecordSave.key == key)
    )
    return (await work.exec(query)).first()


async def keep_save(work: Work, version: RecordVersion, draft: Draft, *, at: datetime) -> None:
    """Beside the version that it made. A page's clock is believed between the call and now."""
    call = await work.get_one(Call, version.call_id)
    written_at = min(at, max(call.arrived_at, draft.written_at or at))
    work.add(
        RecordSave(
            call_id=version.call_id, version=version.version, key=draft.key, written_at=written_at
        )
    )


def is_late(call: Call, written_at: datetime) -> bool:
    """Whether these words were written after the fact and not at the end of the talk."""
    return call.ended_at is not None and written_at > call.ended_at + LATE_AFTER


async def parts_of(work: Work, call: Call) -> list[WrittenPart]:
    """Who wrote the record and when, in the order they began. Without a word of what it says."""
    save = (col(RecordSave.call_id) == col(RecordVersion.call_id)) & (
        col(RecordSave.version) == col(RecordVersion.version)
    )
    query = (
        select(Staff.id, Staff.name, RecordVersion.saved_at, RecordSave.written_at)
        .join(Staff, col(Staff.id) == col(RecordVersion.staff_id))
        .join(RecordSave, save, isouter=True)
        .where(RecordVersion.call_id == call.id)
        .order_by(col(RecordVersion.version))
    )
    found: dict[str, WrittenPart] = {}
    for staff_id, name, saved_at, kept in (await work.exec(query)).all():
        at = kept or saved_at
        before = found.get(staff_id)
        found[staff_id] = WrittenPart(
            author=name,
            first_at=before.first_at if before else at,
            last_at=at,
            saved_at=saved_at,
            late=is_late(call, at) or (before is not None and before.late),
        )
    return list(found.values())
