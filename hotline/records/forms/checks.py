"""What makes a form unfit: told by the place in its file. Pure.

`read_form` has seen that everything has its shape; here is what only the whole form can show.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hotline.records.forms.model import Condition, FormDefinition, FormField, FormWords
from hotline.records.forms.reportable import CODES, REPORTABLE
from hotline.records.model import ContactType, Topic

CONTACT_TYPE, TOPICS, FOLLOW_UP = "contact_type", "topics", "follow_up"
KINDS_OF_OURS = {
    CONTACT_TYPE: "choice",
    TOPICS: "several",
    FOLLOW_UP: "yes_no_unknown",
    REPORTABLE: "several",
}
"""Fields that the hotline itself reads, so that they mean the same on every form."""

CODES_OF_OURS: Mapping[str, Sequence[str]] = {
    CONTACT_TYPE: list(ContactType),
    TOPICS: list(Topic),
    REPORTABLE: list(CODES),
}

TAKEN = frozenset({"narrative", "risk", "form", "version", "ready"})
MOST_TOPICS = 3
MOST_FIELDS, MOST_OPTIONS = 60, 150
LONGEST = {"zh": 40, "en": 80}
DIAGNOSIS = re.compile(r"diagnos|诊断|确诊|疾病分类|(^|[^a-z])(icd|dsm)([^a-z]|$)")

Path = tuple[str | int, ...]


class FormFault(NamedTuple):
    """What is wrong, and where in the file it stands."""

    path: Path
    said: str


def check_form(form: FormDefinition) -> list[FormFault]:
    """Everything that is wrong with a form; nothing: it may be put in force."""
    found = [*_of_the_whole(form), *_twice(form), *_conditions(form)]
    for path, field in _fields(form):
        found += _of_ours(path, field)
        found += _of_kind(path, field)
    for path, words in _words(form):
        found += _of_words(path, words)
    found += _diagnoses(form)
    return found


def _fields(form: FormDefinition) -> Iterator[tuple[Path, FormField]]:
    for at, section in enumerate(form.sections):
        for place, field in enumerate(section.fields):
            yield ("sections", at, "fields", place), field


def _of_the_whole(form: FormDefinition) -> Iterator[FormFault]:
    first = form.sections[0].fields[0]
    if first.key != CONTACT_TYPE or first.shown_when or form.sections[0].shown_when:
        told = "The first field of a form is `contact_type`, always shown: all else hangs on it."
        yield FormFault(("sections", 0, "fields", 0), told)
    elif not first.required:
        told = "`contact_type` must be `required`: without it no contact can be counted."
        yield FormFault(("sections", 0, "fields", 0), told)
    if len(list(form.fields)) > MOST_FIELDS:
        told = f"A form has at most {MOST_FIELDS} fields: nobody can fill in more beside a talk."
        yield FormFault(("sections",), told)


# ── names and codes ─────────────────────────────────────────────────────────────────────────────


def _twice(form: FormDefinition) -> Iterator[FormFault]:
    sections = [(("sections", at, "key"), one.key) for at, one in enumerate(form.sections)]
    yield from _again(sections)
    yield from _again([((*path, "key"), field.key) for path, field in _fields(form)])
    for path, field in _fields(form):
        yield from _again(list(_codes(path, field)))
        if field.key in TAKEN:
            told = f"`{field.key}` has its own place in every record: give the field another key."
            yield FormFault((*path, "key"), told)


def _codes(path: Path, field: FormField) -> Iterator[tuple[Path, str]]:
    for at, option in enumerate(field.options):
        yield (*path, "options", at, "code"), option.code
        for below, finer in enumerate(option.more):
            yield (*path, "options", at, "more", below, "code"), f"{option.code}.{finer.code}"


def _again(named: Sequence[tuple[Path, str]]) -> Iterator[FormFault]:
    seen: set[str] = set()
    for path, name in named:
        if name in seen:
            yield FormFault(path, f"{name} stands here a second time: remove one.")
        seen.add(name)


# ── conditions ──────────────────────────────────────────────────────────────────────────────────


def _conditions(form: FormDefinition) -> Iterator[FormFault]:
    """What is asked must have been answered above, and be possible."""
    above: dict[str, FormField] = {}
    reach: dict[str, FieldReach] = {}
    every = form.by_key
    for at, section in enumerate(form.sections):
        place: Path = ("sections", at, "shown_when")
        yield from _condition(place, section.shown_when, above, every)
        for number, field in enumerate(section.fields):
            path: Path = ("sections", at, "fields", number)
            yield from _condition((*path, "shown_when"), field.shown_when, above, every)
            yield from _condition((*path, "required_when"), field.required_when, above, every)
            shown = _together(above, reach, section.shown_when, field.shown_when)
            yield from _never(path, field, shown, above)
            reach[field.key] = shown
            above[field.key] = field
    path = ("narrative_required_when",)
    yield from _condition(path, form.narrative_required_when, every, every)


def _condition(
    path: Path,
    condition: Condition,
    above: Mapping[str, FormField],
    every: Mapping[str, FormField],
) -> Iterator[FormFault]:
    for key, codes in condition.items():
        where = (*path, key)
        if key not in every:
            yield FormFault(where, f"There is no field `{key}` in this form.")
        elif key not in above:
            told = f"`{key}` comes later: what decides must have been asked above."
            yield FormFault(where, told)
        elif not every[key].is_chosen:
            told = f"`{key}` is not chosen from codes: nothing can depend on it."
            yield FormFault(where, told)
        else:
            for code in [one for one in codes if one not in every[key].codes]:
                yield FormFault(where, f"`{key}` has no code `{code}`.")


FieldReach = dict[str, frozenset[str]]
"""Of each choice the codes with which a field can be shown; whatever is not in it may be any."""


def _together(
    above: Mapping[str, FormField], reach: Mapping[str, FieldReach], *conditions: Condition
) -> FieldReach:
    """All of them at once, and what the fields they ask for need themselves."""
    found: FieldReach = {}
    for condition in conditions:
        for key, codes in condition.items():
            needs = [reach.get(key, {}), {key: frozenset(codes)}]
            for need in needs:
                for name, allowed in need.items():
                    one_answer = name in above and above[name].kind != "several"
                    if one_answer:
                        found[name] = found.get(name, allowed) & allowed
    return found


def _never(
    path: Path, field: FormField, shown: FieldReach, above: Mapping[str, FormField]
) -> Iterator[FormFault]:
    if not all(shown.values()):
        told = f"`{field.key}` is never shown: its conditions exclude each other."
        yield FormFault((*path, "shown_when"), told)
    elif field.required and field.required_when:
        told = "A field is `required` always or by `required_when`: give one of them."
        yield FormFault((*path, "required_when"), told)
    elif field.required_when:
        asked = {key: codes for key, codes in field.required_when.items() if key in above}
        needed = _together(above, {}, asked)
        if not all(needed[key] & shown.get(key, needed[key]) for key in needed):
            told = f"`{field.key}` is required only where it is never shown."
            yield FormFault((*path, "required_when"), told)


# ── one field ───────────────────────────────────────────────────────────────────────────────────


def _of_ours(path: Path, field: FormField) -> Iterator[FormFault]:
    wanted = KINDS_OF_OURS.get(field.key)
    if wanted is None:
        return
    if field.kind != wanted:
        yield FormFault((*path, "kind"), f"`{field.key}` is {wanted} on every form.")
    if field.personal:
        told = f"`{field.key}` is counted in statistics and cannot be `personal`."
        yield FormFault((*path, "personal"), told)
    known = CODES_OF_OURS.get(field.key, ())
    for at, option in enumerate(field.options if known else ()):
        if option.code not in known:
            told = f"`{field.key}` has no `{option.code}`. Use one of: {', '.join(known)}."
            yield FormFault((*path, "options", at, "code"), told)
    if field.key == CONTACT_TYPE and ContactType.ABUSIVE not in field.codes:
        told = "`contact_type` needs `abusive`: on every line a talk can be ended as that."
        yield FormFault((*path, "options"), told)
    if field.key == TOPICS and not 1 <= (field.most or MOST_TOPICS + 1) <= MOST_TOPICS:
        yield FormFault((*path, "most"), f"`topics` needs `most`, from 1 to {MOST_TOPICS}.")


ONLY_OF = {
    "options": ("choice", "several"),
    "most": ("several",),
    "least": ("number",),
    "greatest": ("number",),
    "longest": ("text",),
}


def _of_kind(path: Path, field: FormField) -> Iterator[FormFault]:
    for name, kinds in ONLY_OF.items():
        if getattr(field, name) and field.kind not in kinds:
            told = f"`{name}` belongs to {' and '.join(kinds)}, and this is {field.kind}."
            yield FormFault((*path, name), told)
    if field.kind in ONLY_OF["options"] and len(field.codes) < 2:  # noqa: PLR2004 – else there is nothing to choose
        yield FormFault(path, f"`{field.key}` needs `options`: two answers or more.")
    if len(field.codes) > MOST_OPTIONS:
        told = f"At most {MOST_OPTIONS} answers can be chosen from: group or shorten them."
        yield FormFault((*path, "options"), told)
    if field.least is not None and field.greatest is not None and field.least > field.greatest:
        yield FormFault((*path, "least"), "`least` is greater than `greatest`.")


# ── words ───────────────────────────────────────────────────────────────────────────────────────


def _words(form: FormDefinition) -> Iterator[tuple[Path, FormWords]]:
    yield ("name",), form.name
    for at, section in enumerate(form.sections):
        yield ("sections", at, "title"), section.title
    for path, field in _fields(form):
        yield (*path, "label"), field.label
        if field.hint is not None:
            yield (*path, "hint"), field.hint
        for at, option in enumerate(field.options):
            yield (*path, "options", at, "label"), option.label
            for below, finer in enumerate(option.more):
                yield (*path, "options", at, "more", below, "label"), finer.label


def _of_words(path: Path, words: FormWords) -> Iterator[FormFault]:
    for language, longest in LONGEST.items():
        if len(words[language]) > longest:
            told = f"`{language}` is too long: at most {longest} characters fit beside a field."
            yield FormFault((*path, language), told)


def _diagnoses(form: FormDefinition) -> Iterator[FormFault]:
    """By names, codes and words, however they are written."""
    named: list[tuple[Path, str]] = []
    for at, section in enumerate(form.sections):
        named.append((("sections", at, "key"), section.key))
    for path, field in _fields(form):
        named.append(((*path, "key"), field.key))
        named += [(where, code) for where, code in _codes(path, field)]
    for path, words in _words(form):
        named += [((*path, language), words[language]) for language in LONGEST]
    for path, text in named:
        plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
        if DIAGNOSIS.search(plain):
            yield FormFault(
                path,
                "A hotline makes no diagnosis, so no field is kept for one: ask what the caller"
                " tells, or use an action such as `medical_advised`.",
            )
