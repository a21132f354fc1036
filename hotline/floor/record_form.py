"""The record as its form starts with it: opened for its writer, on the form it was written on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hotline.floor.desk import OnTheLine
from hotline.records.answers import values_of
from hotline.records.forms.known import default_version
from hotline.records.forms.model import YES, FormDefinition, FormField
from hotline.records.forms.rules import asked, rules_of
from hotline.records.kept_forms import fields_gone, find_form
from hotline.records.model import Draft
from hotline.records.queries import draft_of, keep_trace
from hotline.records.risk_queries import standing_of
from hotline.risk.levels import Risk, is_below
from hotline.stations.divisions import division_name
from hotline.storage.session import Work
from hotline.storage.tables import Record
from hotline.storage.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledForm:
    """A form with what was answered. `gone`: fields that are only read any more."""

    form: FormDefinition
    version: str
    values: Mapping[str, Any] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    @property
    def asked(self) -> frozenset[str]:
        """The fields that are shown with these answers."""
        return frozenset(one.key for one in asked(self.form, self.values))

    @property
    def rules(self) -> Mapping[str, Any]:
        """For the page's script."""
        return rules_of(self.form)

    def chosen(self, one: FormField, code: str) -> bool:
        """Whether this is the answer, or among them."""
        value = self.values.get(one.key)
        return code in value if isinstance(value, list) else code == value

    def written(self, one: FormField) -> str:
        """What stands in a field to write in; a place by its name."""
        value = self.values.get(one.key, "")
        if one.kind != "place":
            return f"{value:g}" if isinstance(value, float) else str(value)
        return "" if value in one.codes else division_name(str(value)) or str(value)

    def kept(self, one: FormField) -> Sequence[str]:
        """The answers to a field as a form sends them."""
        value = self.values.get(one.key, [])
        return [str(each) for each in (value if isinstance(value, list) else [value])]

    def said(self, one: FormField, language: str) -> str:
        """The answer in words, where it can only be read."""
        words = [
            one.codes[code][language] if code in one.codes else code for code in self.kept(one)
        ]
        return " · ".join(words) if one.is_chosen else self.written(one) or " · ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """The record as the page starts with it. `floor`: the risk below which nothing is offered.

    `disposition`: what came of it, of a record that was written on no form.
    """

    filled: FilledForm
    risk: str
    floor: str
    narrative: str
    disposition: str
    saved_at: datetime | None
    version: int = 0

    def closed(self, risk: str) -> bool:
        """Whether this risk is below what was found already."""
        return is_below(risk, self.floor)


async def form_of(
    work: Work, vault: Vault, seen: OnTheLine, *, reader: str | None, at: datetime
) -> RecordForm:
    """The record so far, opened. `reader`: who opens one that is finished; it leaves a trace."""
    record = await work.get(Record, seen.call.id)
    risk = (await standing_of(work, seen.call.id)).level
    now = seen.line.form_version or default_version()
    if record is None:
        return _empty(FilledForm(form=await find_form(work, now), version=now), risk)
    if reader is not None:
        keep_trace(work, seen.call.id, "record.read", reader, at=at)
    draft = draft_of(record, vault, based_on=None)
    return RecordForm(
        filled=await _filled(work, draft, now),
        risk=risk,
        floor=risk,
        narrative=draft.narrative,
        disposition="" if draft.form else record.disposition,
        saved_at=record.saved_at,
        version=record.version,
    )


def _empty(filled: FilledForm, floor: Risk) -> RecordForm:
    """Nothing is chosen beforehand: what nobody chose must not be read as what happened."""
    return RecordForm(
        filled=filled, risk=floor, floor=floor, narrative="", disposition="", saved_at=None
    )


async def _filled(work: Work, draft: Draft, now: str) -> FilledForm:
    """On its own form; what was written on none, on the present one."""
    present = await find_form(work, now)
    if not draft.form:
        decided = {"follow_up": YES} if draft.follow_up else {}
        return FilledForm(form=present, version=now, values={**values_of(draft), **decided})
    own = await find_form(work, draft.form)
    gone = fields_gone(own, present)
    return FilledForm(form=own, version=draft.form, values=values_of(draft), gone=gone)
