"""What answers mean by their form: which questions are asked, what is wrong with an answer. Pure.

`web/static/record_form.js` has the same rules for the browser, which reads `rules_of`. The cases of
`tests/hotline/records/forms/cases.json` hold for both.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from hotline.records.forms.model import Condition, FormDefinition, FormField

NARRATIVE = "narrative"  # stands beside the answers; a form says when it must not be empty
SHORT = 100  # characters of a text where its field says nothing
BLANK = " \t\r\n\u00a0\u3000"
DIVISION = re.compile("[0-9]{6}([0-9]{3})?")
DAY = re.compile("(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
GREATEST_NUMBER = 10**15  # beyond, a browser does not know whole numbers any more
MAX_HALF_WRITTEN = 40  # characters of a number, a date or a place that somebody still writes

FormAnswers = Mapping[str, Any]


class Wrong(StrEnum):
    """What is wrong with an answer."""

    NOT_ASKED = "not_asked"
    WRONG_KIND = "wrong_kind"
    NOT_OFFERED = "not_offered"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    MISSING = "missing"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_DATE = "not_a_date"
    NOT_A_PLACE = "not_a_place"


REFUSED = frozenset({Wrong.NOT_ASKED, Wrong.WRONG_KIND, Wrong.NOT_OFFERED, Wrong.TOO_MANY,
                     Wrong.TOO_LONG})  # fmt: skip
"""Not kept even as a draft: no form of ours sends it. All else is what is not finished yet."""


def is_answered(value: object) -> bool:
    """Whether anything was said: blanks are nothing, 0 is something."""
    return bool(value.strip(BLANK)) if isinstance(value, str) else value not in (None, [])


def holds(condition: Condition, values: FormAnswers) -> bool:
    """Whether of every field named one of the codes was chosen; a finer one means its whole."""
    return all(
        not set(codes).isdisjoint(_chosen(values.get(key))) for key, codes in condition.items()
    )


def _chosen(value: object) -> Iterator[str]:
    for code in value if isinstance(value, list) else [value]:
        if isinstance(code, str):
            yield from {code, code.partition(".")[0]}


def asked(form: FormDefinition, values: FormAnswers) -> list[FormField]:
    """The questions that are shown with these answers, in order.

    What stands in a field that is not shown decides nothing.
    """
    found: list[FormField] = []
    seen: dict[str, Any] = {}
    for section in form.sections:
        if not holds(section.shown_when, seen):
            continue
        for field in section.fields:
            if holds(field.shown_when, seen):
                found.append(field)
                if field.key in values:
                    seen[field.key] = values[field.key]
    return found


def answers_asked_for(form: FormDefinition, values: FormAnswers) -> dict[str, Any]:
    """Without what is not asked, and without what is empty."""
    keys = [field.key for field in asked(form, values)]
    return {key: values[key] for key in keys if is_answered(values.get(key))}


def faults_of(form: FormDefinition, values: Mapping[str, Any]) -> list[tuple[str, Wrong]]:
    """What is wrong, in the order of the form: the field and what. None: the record is finished.

    `values`: answers by field, and the narrative. What stands in fields that are not shown is not
    looked at, as long as the form has such fields.
    """
    known = {*form.by_key, NARRATIVE}
    found = [(key, Wrong.NOT_ASKED) for key in sorted(set(values) - known)]
    story = values.get(NARRATIVE, "")
    if form.narrative_required_when and not is_answered(story):
        heard = answers_asked_for(form, values)
        if holds(form.narrative_required_when, heard):
            found.append((NARRATIVE, Wrong.MISSING))
    for field in asked(form, values):
        wrong = _wrong_with(form, field, values)
        if wrong is not None:
            found.append((field.key, wrong))
    return found


def _wrong_with(form: FormDefinition, field: FormField, values: FormAnswers) -> Wrong | None:
    value = values.get(field.key)
    if is_answered(value):
        return LOOKS[field.kind](field, value)
    if field.required:
        return Wrong.MISSING
    needed = field.required_when and holds(field.required_when, answers_asked_for(form, values))
    return Wrong.MISSING if needed else None


# ── by kind ─────────────────────────────────────────────────────────────────────────────────────


def _choice(field: FormField, value: object) -> Wrong | None:
    if not isinstance(value, str):
        return Wrong.WRONG_KIND
    return None if value in field.codes else Wrong.NOT_OFFERED


def _several(field: FormField, value: object) -> Wrong | None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return Wrong.WRONG_KIND
    if not set(value) <= set(field.codes):
        return Wrong.NOT_OFFERED
    too_many = len(value) > (field.most or len(field.codes)) or len(set(value)) < len(value)
    return Wrong.TOO_MANY if too_many else None


def _number(field: FormField, value: object) -> Wrong | None:
    if isinstance(value, str):
        return Wrong.TOO_LONG if len(value) > MAX_HALF_WRITTEN else Wrong.NOT_A_NUMBER
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Wrong.WRONG_KIND
    if not -GREATEST_NUMBER <= value <= GREATEST_NUMBER:  # also what is no number, or without end
        return Wrong.WRONG_KIND
    least = -math.inf if field.least is None else field.least
    greatest = math.inf if field.greatest is None else field.greatest
    return None if least <= value <= greatest else Wrong.OUT_OF_RANGE


def _date(_field: FormField, value: object) -> Wrong | None:
    if not isinstance(value, str):
        return Wrong.WRONG_KIND
    if len(value) > MAX_HALF_WRITTEN:
        return Wrong.TOO_LONG
    if not DAY.fullmatch(value):
        return Wrong.NOT_A_DATE
    try:
        date.fromisoformat(value)
    except ValueError:
        return Wrong.NOT_A_DATE
    return None


def _text(field: FormField, value: object) -> Wrong | None:
    if not isinstance(value, str):
        return Wrong.WRONG_KIND
    return Wrong.TOO_LONG if len(value) > (field.longest or SHORT) else None


def _place(field: FormField, value: object) -> Wrong | None:
    if not isinstance(value, str):
        return Wrong.WRONG_KIND
    if len(value) > MAX_HALF_WRITTEN:
        return Wrong.TOO_LONG
    known = value in field.codes or DIVISION.fullmatch(value)
    return None if known else Wrong.NOT_A_PLACE


LOOKS: Mapping[str, Callable[[FormField, object], Wrong | None]] = {
    "choice": _choice,
    "several": _several,
    "yes_no_unknown": _choice,
    "number": _number,
    "date": _date,
    "text": _text,
    "place": _place,
}


# ── for the browser ─────────────────────────────────────────────────────────────────────────────


def rules_of(form: FormDefinition) -> dict[str, Any]:
    """The form without its words, as the page's script reads it. Nothing has a default there."""
    return {
        "narrative_required_when": form.narrative_required_when,
        "sections": [
            {
                "key": section.key,
                "shown_when": section.shown_when,
                "fields": [_rules_of_field(field) for field in section.fields],
            }
            for section in form.sections
        ],
    }


def _rules_of_field(field: FormField) -> dict[str, Any]:
    return {
        "key": field.key,
        "kind": field.kind,
        "codes": list(field.codes),
        "most": field.most or len(field.codes),
        "least": field.least,
        "greatest": field.greatest,
        "longest": field.longest or SHORT,
        "required": field.required,
        "required_when": field.required_when,
        "shown_when": field.shown_when,
    }
