"""Forms by their version, out of the database, where they stay for ever."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.errors import Invalid
from hotline.records.forms.known import default_version, parsed, remember, version_of
from hotline.records.forms.model import FormDefinition
from hotline.storage.session import Work
from hotline.storage.tables import Call, FormVersion, Line

UNKNOWN_FORM = "There is no such version of a form. Reload the page: what was saved is kept."


async def find_form(work: Work, version: str) -> FormDefinition:
    """The form of this version. Raises `Invalid` where there never was one."""
    known = parsed(version)
    if known is not None:
        return known
    kept = await work.get(FormVersion, version)
    if kept is None:
        raise Invalid(UNKNOWN_FORM)
    return remember(version, kept.document)


async def keep_form(work: Work, form: FormDefinition, *, at: datetime) -> str:
    """Its version, under which it can be found from now on. Two may do this at once."""
    version = version_of(form)
    kept = insert(FormVersion).values(version=version, document=form.document, first_used_at=at)
    await (await work.connection()).execute(kept.on_conflict_do_nothing())
    return version


async def version_for(work: Work, call_id: str) -> str:
    """The form that the line of a call has now."""
    query = select(Line.form_version).join(Call, col(Call.line_id) == col(Line.id))
    found = (await work.exec(query.where(Call.id == call_id))).one()
    return found or default_version()


def fields_gone(own: FormDefinition, now: FormDefinition) -> frozenset[str]:
    """What an older form asked and the present one does not, or otherwise: only read any more."""
    kinds = {field.key: field.kind for field in now.fields}
    return frozenset(field.key for field in own.fields if kinds.get(field.key) != field.kind)
