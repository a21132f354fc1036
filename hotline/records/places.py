"""Where a child is, as the record says. A code and nothing else: it names nobody."""

from hotline.records.forms.rules import DIVISION
from hotline.records.kept_forms import find_form
from hotline.storage.session import Work
from hotline.storage.tables import Record


async def place_in_record(work: Work, call_id: str) -> str:
    """A division; empty where none was written. The person's it is about goes before the caller's:
    forms ask for it after that."""
    record = await work.get(Record, call_id)
    if record is None or not record.form_version:
        return ""
    form = await find_form(work, record.form_version)
    written = (str(record.answers.get(one.key, "")) for one in form.fields if one.kind == "place")
    return next((one for one in reversed(list(written)) if DIVISION.fullmatch(one)), "")
