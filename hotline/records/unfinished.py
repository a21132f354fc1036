"""Whether somebody who wants to end a wrap-up still owes something of its record."""

from collections.abc import Mapping

from hotline.calls.model import Outcome
from hotline.errors import RecordUnfinished
from hotline.records.answers import values_of
from hotline.records.completeness import missing_from
from hotline.records.forms.rules import faults_of
from hotline.records.kept_forms import find_form
from hotline.records.model import Draft
from hotline.staff.model import PresenceState
from hotline.storage.session import Work
from hotline.storage.tables import Call, Presence, Record


async def require_finished(work: Work, draft: Draft) -> None:
    """By its form, where it is on one. Raises `RecordUnfinished` with what is missing."""
    if draft.form:
        faults = faults_of(await find_form(work, draft.form), values_of(draft))
        if faults:
            raise RecordUnfinished([key for key, _ in faults])
        return
    values = {
        "contact_type": draft.contact_type,
        "disposition": draft.disposition,
        "narrative": draft.narrative,
    }
    _require(values)


async def require_wrap_up_finished(work: Work, staff_id: str) -> None:
    """Before somebody is ready again: of the call they answer for.

    Raises `RecordUnfinished`. Who handed the call over owes no more than their part, and nobody
    owes the record of a call that reached no one.
    """
    presence = await work.get(Presence, staff_id)
    if presence is None or presence.state != PresenceState.WRAPPING_UP or not presence.call_id:
        return
    call = await work.get_one(Call, presence.call_id)
    if call.counselor_id == staff_id and call.outcome != Outcome.NOT_REACHED:
        record = await work.get(Record, call.id)
        if record is None or not record.form_version:
            _require(_values_of_columns(record))
        elif record.unfinished:
            raise RecordUnfinished(["form"])


def _values_of_columns(record: Record | None) -> dict[str, object]:
    if record is None:
        return {}
    return {
        "contact_type": record.contact_type,
        "disposition": record.disposition,
        "narrative": record.narrative_sealed,
    }


def _require(values: Mapping[str, object]) -> None:
    missing = missing_from(values)
    if missing:
        raise RecordUnfinished(missing)
