"""What a form says otherwise than another, question by question. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from hotline.records.forms.model import FormDefinition, FormSection, FormWords


@dataclass(frozen=True, slots=True)
class FormDifference:
    """`what`: "added", "removed" or "changed". `parts`: what of it changed, by the file's keys."""

    what: str
    key: str
    label: FormWords
    parts: tuple[str, ...] = ()


def differences(before: FormDefinition, after: FormDefinition) -> list[FormDifference]:
    """Sections and fields that came, went or changed; none where both say the same."""
    found = list(_of_the_whole(before, after))
    found += _between(_sections(before), _sections(after))
    return found + list(_between(_fields(before), _fields(after)))


def _of_the_whole(before: FormDefinition, after: FormDefinition) -> Iterator[FormDifference]:
    parts = [name for name in _changed(before, after) if name != "sections"]
    if [one.key for one in before.fields] != [one.key for one in after.fields]:
        same = set(before.by_key) == set(after.by_key)
        parts += ["order"] if same else []
    if parts:
        yield FormDifference("changed", "", after.name, tuple(parts))


Named = Mapping[str, tuple[BaseModel, FormWords]]


def _sections(form: FormDefinition) -> Named:
    return {f"{one.key}:": (_bare(one), one.title) for one in form.sections}


def _bare(section: FormSection) -> FormSection:
    """Its fields are looked at one by one."""
    return section.model_copy(update={"fields": []})


def _fields(form: FormDefinition) -> Named:
    return {one.key: (one, one.label) for one in form.fields}


def _between(before: Named, after: Named) -> Iterator[FormDifference]:
    for key, (old, label) in before.items():
        if key not in after:
            yield FormDifference("removed", key, label)
        elif parts := _changed(old, after[key][0]):
            yield FormDifference("changed", key, after[key][1], tuple(parts))
    for key, (_, label) in after.items():
        if key not in before:
            yield FormDifference("added", key, label)


def _changed(old: BaseModel, new: BaseModel) -> list[str]:
    names = type(new).model_fields
    return [name for name in names if getattr(old, name) != getattr(new, name)]
