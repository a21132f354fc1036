"""The answers of a record: its codes stand as they are, for statistics; all else is sealed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hotline.records.forms.checks import CONTACT_TYPE, FOLLOW_UP, TOPICS
from hotline.records.forms.model import FormDefinition, FormField
from hotline.records.forms.rules import LOOKS, NARRATIVE
from hotline.records.kept_forms import fields_gone, find_form, version_for
from hotline.records.model import Draft
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Record, RecordVersion
from hotline.storage.vault import Vault


def seal_answers(
    record: Record, vault: Vault, form: FormDefinition | None, answers: Mapping[str, Any]
) -> None:
    """Into their two columns. What no field of the form knows is taken for personal."""
    fields = form.by_key if form is not None else {}
    plain = {key: value for key, value in answers.items() if _is_code(fields.get(key), value)}
    rest = {key: value for key, value in answers.items() if key not in plain}
    said = json.dumps(rest, ensure_ascii=False, sort_keys=True) if rest else ""
    record.answers = plain
    record.answers_sealed = seal_cell(vault, record, "answers_sealed", said)


def _is_code(field: FormField | None, value: object) -> bool:
    """Half a date or place that somebody still writes is a text: it may be anything."""
    if field is None or field.personal or field.kind == "text":
        return False
    return LOOKS[field.kind](field, value) is None


def open_answers(record: Record | RecordVersion, vault: Vault) -> dict[str, Any]:
    """All of them, in clear."""
    said = open_cell(vault, record, "answers_sealed")
    return {**record.answers, **(json.loads(said) if said else {})}


def values_of(draft: Draft) -> dict[str, Any]:
    """What a form looks at: the answers, and what has a place of its own."""
    contact_type = {CONTACT_TYPE: str(draft.contact_type)} if draft.contact_type else {}
    topics = {TOPICS: list(draft.topics)} if draft.topics else {}
    return {**draft.answers, **contact_type, **topics, NARRATIVE: draft.narrative}


async def with_what_stays(work: Work, vault: Vault, record: Record, draft: Draft) -> Draft:
    """The draft, and what its writer could not have written.

    Software that knows of no form leaves the answers as they are. Of a form that the line no longer
    has, what is not asked any more stays as it was.
    """
    if not record.form_version:
        return draft
    kept = open_answers(record, vault)
    if not draft.form:
        decided = {FOLLOW_UP: "yes" if draft.follow_up else "no"} if FOLLOW_UP in kept else {}
        return replace(draft, form=record.form_version, answers={**kept, **decided})
    if draft.form != record.form_version:
        return draft
    now = await version_for(work, record.call_id)
    if now == draft.form:
        return draft
    gone = fields_gone(await find_form(work, draft.form), await find_form(work, now))
    written = {key: value for key, value in draft.answers.items() if key not in gone}
    return replace(draft, answers={**written, **{k: v for k, v in kept.items() if k in gone}})
