"""Saving a record. The narrative is sealed; `hotline.records.queries` opens it.

Every version is kept. Who wrote or changed it stands in the call's timeline, silently: a page that
looks again at every change would otherwise be told of its own look.
"""

from dataclasses import replace
from datetime import datetime

from hotline.errors import KeyReused, RecordChanged
from hotline.records.answers import seal_answers, values_of, with_what_stays
from hotline.records.forms.rules import faults_of
from hotline.records.kept_forms import find_form, keep_form
from hotline.records.model import Draft
from hotline.records.queries import draft_of, keep_trace
from hotline.records.risk import raise_level
from hotline.records.risk_queries import standing_of
from hotline.records.saves import keep_save, version_saved_with
from hotline.risk.levels import Risk, highest
from hotline.storage.erased import require_kept
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Record, RecordVersion, Staff
from hotline.storage.vault import Vault


async def save_record(
    work: Work, vault: Vault, call_id: str, staff_id: str, draft: Draft, *, at: datetime
) -> Record | RecordVersion:
    """Save the record of a call as its next version. Hold the call's row before.

    The same words again, and the same save tried again, are no version. Raises `RecordChanged`
    where the newest one is not what the draft was based on: then nothing is changed, and
    `IllegalMove` where the call was erased. The risk is only ever raised by it.
    """
    require_kept(await work.get_one(Call, call_id))
    record = await work.get(Record, call_id, with_for_update=True)
    draft = replace(draft, risk=await _risk_with(work, call_id, draft.risk))
    if record is not None:
        draft = await with_what_stays(work, vault, record, draft)
    made = await version_saved_with(work, call_id, draft.key)
    if made is not None:
        return _tried_again(made, vault, draft)
    if record is None:
        record = Record(call_id=call_id, staff_id=staff_id, contact_type="", risk="",
                        disposition="", saved_at=at, version=0)  # fmt: skip
        work.add(record)
    elif draft_of(record, vault, based_on=draft.based_on) == draft:
        return record
    if draft.based_on not in (None, record.version):
        raise RecordChanged(await _newest(work, record))
    await raise_level(work, call_id, draft.risk, by=staff_id, at=at)
    await _write_answers(work, vault, record, draft, at=at)
    _write(record, vault, draft, at=at)
    version = _version_of(vault, record, staff_id)
    work.add(version)
    await keep_save(work, version, draft, at=at)
    kind = "record.written" if record.version == 1 else "record.changed"
    keep_trace(work, call_id, kind, staff_id, at=at)
    return record


def _tried_again(made: RecordVersion, vault: Vault, draft: Draft) -> RecordVersion:
    """What its first try made. Raises `KeyReused` where it says something else by now."""
    if replace(draft_of(made, vault, based_on=draft.based_on), risk=draft.risk) != draft:
        raise KeyReused
    return made


async def _risk_with(work: Work, call_id: str, wanted: Risk) -> Risk:
    """Never less than what was found: a page that was opened before does not know of it."""
    return highest([wanted, (await standing_of(work, call_id)).level])


async def _write_answers(
    work: Work, vault: Vault, record: Record, draft: Draft, *, at: datetime
) -> None:
    """Codes as they are, everything else sealed. The form is kept with the first record on it."""
    form = await find_form(work, draft.form) if draft.form else None
    if form is not None and record.form_version != draft.form:
        await keep_form(work, form, at=at)
    seal_answers(record, vault, form, draft.answers)
    record.form_version = draft.form
    record.unfinished = form is not None and bool(faults_of(form, values_of(draft)))


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
    for column in ("narrative_sealed", "answers_sealed"):
        said = open_cell(vault, record, column)
        setattr(version, column, seal_cell(vault, version, column, said))
    return version


async def _newest(work: Work, record: Record) -> dict[str, object]:
    """Version, author and time of what stands there, for whoever may write it too."""
    if record.version == 0:
        return {"version": 0}
    kept = await work.get_one(RecordVersion, (record.call_id, record.version))
    author = await work.get_one(Staff, kept.staff_id)
    at = record.saved_at.isoformat()
    return {"version": record.version, "saved_by": author.name, "saved_at": at}
