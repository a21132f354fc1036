"""Whatever is wrong with a form is told by the line of its file, in a plain sentence."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.configuration.forms import read_form_file
from hotline.errors import ConfigError
from hotline.records.forms.known import default_form, default_text

GOOD = """\
name: {zh: 记录, en: Record}
sections:
  - key: contact
    title: {zh: 来电, en: Contact}
    fields:
      - key: contact_type
        kind: choice
        label: {zh: 类型, en: Kind}
        required: true
        options:
          - {code: self, label: {zh: 本人, en: Themselves}}
          - {code: test, label: {zh: 试拨, en: Test}}
          - {code: abusive, label: {zh: 骚扰, en: Abusive}}
      - {key: minor, kind: yes_no_unknown, label: {zh: 未成年, en: Under 18}}
  - key: more
    title: {zh: 其他, en: More}
    shown_when: {contact_type: self}
    fields:
      - {key: age, kind: number, label: {zh: 年龄, en: Age}, least: 0, greatest: 120}
      - {key: note, kind: text, label: {zh: 备注, en: Note}, longest: 50}
      - key: topics
        kind: several
        label: {zh: 话题, en: Issues}
        most: 3
        options: issues
"""
LAST = GOOD.count("\n")
WRONG = yaml.safe_load(Path(__file__).with_name("wrong_forms.yaml").read_text(encoding="utf-8"))
FIELD = "      - {key: x, kind: %s, label: {zh: 某, en: X}%s}\n"


def told(folder: Path, text: str) -> list[str]:
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    try:
        read_form_file(folder, "x.yaml")
    except ConfigError as refusal:
        return [line.removeprefix("x.yaml:") for line in refusal.public.splitlines()]
    return []


def test_the_good_form_is_good(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD) == []


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong["fault"]))
def test_a_fault_is_told_by_its_line(tmp_path: Path, wrong: dict[str, Any]) -> None:
    assert GOOD.count(wrong["instead_of"]) == 1

    text = GOOD.replace(wrong["instead_of"], wrong["written"])

    assert f"{wrong['line']}: {wrong['told']}" in told(tmp_path, text)


def test_all_faults_are_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = GOOD.replace("key: age,", "key: minor,").replace("{contact_type: self}", "{gone: self}")

    lines = [int(one.partition(":")[0]) for one in told(tmp_path, text)]

    assert lines == [17, 19]


def test_too_many_fields_are_refused(tmp_path: Path) -> None:
    more = "".join(FIELD.replace("key: x", f"key: x{n}") % ("date", "") for n in range(60))

    assert told(tmp_path, GOOD + more) == [
        "3: A form has at most 60 fields: nobody can fill in more beside a talk."
    ]


def test_too_many_answers_are_refused(tmp_path: Path) -> None:
    answers = ", ".join(f"{{code: a{n}, label: {{zh: 甲, en: A}}}}" for n in range(151))
    text = GOOD + FIELD % ("choice", f", options: [{answers}]")

    assert told(tmp_path, text) == [
        f"{LAST + 1}: At most 150 answers can be chosen from: group or shorten them."
    ]


def test_what_depends_on_a_field_that_is_seldom_shown_is_shown_as_seldom(tmp_path: Path) -> None:
    child = FIELD % ("yes_no_unknown", ", shown_when: {topics: family}")
    grandchild = FIELD.replace("key: x", "key: y") % (
        "text",
        ", shown_when: {x: yes, contact_type: test}",
    )

    assert told(tmp_path, GOOD + child + grandchild) == [
        f"{LAST + 2}: `y` is never shown: its conditions exclude each other."
    ]


def test_yes_and_no_need_no_quotes_in_a_condition(tmp_path: Path) -> None:
    text = GOOD.replace("longest: 50", "shown_when: {minor: [yes, unknown]}")

    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    form = read_form_file(tmp_path, "x.yaml")

    assert form.by_key["note"].shown_when == {"minor": ["yes", "unknown"]}


def test_the_shipped_form_passes_the_check(tmp_path: Path) -> None:
    assert told(tmp_path, default_text()) == []


def test_every_field_that_requirement_21_names_is_on_the_shipped_form() -> None:
    wanted = {"contact_type", "age_band", "gender", "place", "topics", "minor", "actions",
              "referral", "follow_up", "follow_up_consent"}  # fmt: skip

    required = {field.key for field in default_form().fields if field.required}

    assert wanted <= required
    assert yaml.safe_load(default_text())["narrative_required_when"]
