"""What answers mean by their form. The same cases hold in the browser (`tests/browser`)."""

import json
from pathlib import Path
from typing import Any

import pytest

from hotline.records.forms.known import default_form
from hotline.records.forms.model import read_form
from hotline.records.forms.rules import (
    REFUSED,
    Wrong,
    answers_asked_for,
    asked,
    faults_of,
    holds,
    rules_of,
)

SHARED = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
FORM = read_form(SHARED["form"])


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: str(case["name"]))
def test_a_case(case: dict[str, Any]) -> None:
    assert [field.key for field in asked(FORM, case["values"])] == case["asked"]
    assert [[key, why] for key, why in faults_of(FORM, case["values"])] == case["faults"]


def test_every_fault_there_is_has_a_case() -> None:
    seen = {why for case in SHARED["cases"] for _, why in case["faults"]}

    assert seen == set(Wrong)


def test_only_what_is_asked_is_kept() -> None:
    values = {"contact_type": "self", "minor": "no", "age": 12, "place": " ", "topics": []}

    assert answers_asked_for(FORM, values) == {"contact_type": "self", "minor": "no"}


def test_a_hidden_answer_does_not_show_another() -> None:
    values = {"contact_type": "abusive", "topics": ["family"], "whose": "妈妈"}

    assert answers_asked_for(FORM, values) == {"contact_type": "abusive"}


def test_what_half_a_record_says_is_never_refused() -> None:
    half = {"contact_type": "self", "age": "1x", "place": "天", "on": "20", "minor": "yes"}

    assert not {why for _, why in faults_of(FORM, half)} & REFUSED


@pytest.mark.parametrize("value", [None, [], "", "other", 3, ["other"]])
def test_a_condition_does_not_hold_by_anything_else(value: object) -> None:
    assert not holds({"contact_type": ["self"]}, {"contact_type": value})


def test_without_a_condition_all_is_well() -> None:
    assert holds({}, {})


def test_the_browser_is_told_of_no_word_and_of_every_rule() -> None:
    told = rules_of(FORM)

    fields = [field for section in told["sections"] for field in section["fields"]]
    assert [field["key"] for field in fields] == [field.key for field in FORM.fields]
    assert "家庭" not in json.dumps(told, ensure_ascii=False)
    assert fields[4]["codes"] == ["family", "family.siblings", "family.caregiver", "study"]
    assert fields[0]["most"] == 3
    assert fields[2]["longest"] == 100


def test_types_without_counselling_need_nothing_on_the_shipped_form() -> None:
    form = default_form()
    other = [code for code in form.by_key["contact_type"].codes
             if code not in ("self", "about_another", "emergency")]  # fmt: skip

    assert len(other) == 8
    assert all(faults_of(form, {"contact_type": code}) == [] for code in other)


def test_a_form_outlives_its_way_through_the_database() -> None:
    form = default_form()

    assert read_form(json.loads(json.dumps(form.document))) == form
