"""What a form says otherwise than another is told question by question."""

from collections.abc import Callable
from typing import Any

import pytest

from hotline.records.forms.differences import FormDifference, differences
from hotline.records.forms.known import default_form
from hotline.records.forms.model import FormDefinition, FormWords, read_form

Document = dict[str, Any]
NEW: Document = {"key": "school", "kind": "text", "label": {"zh": "学校", "en": "School"}}


def changed(change: Callable[[Document], object]) -> FormDefinition:
    """The shipped form with one thing done to it."""
    document = default_form().document
    change(document)
    return read_form(document)


def told(change: Callable[[Document], object]) -> list[tuple[str, str, tuple[str, ...]]]:
    found = differences(default_form(), changed(change))
    return [(one.what, one.key, one.parts) for one in found]


def fields(document: Document, section: int) -> list[Document]:
    found: list[Document] = document["sections"][section]["fields"]
    return found


def test_a_form_does_not_differ_from_itself() -> None:
    assert differences(default_form(), default_form()) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda one: fields(one, 1).append(NEW), ("added", "school", ())),
        (lambda one: fields(one, 1).pop(0), ("removed", "relation", ())),
        (lambda one: fields(one, 1)[3].update(personal=True), ("changed", "minor", ("personal",))),
        (
            lambda one: fields(one, 1)[3].update(kind="text", required=False),
            ("changed", "minor", ("kind", "required")),
        ),
        (lambda one: fields(one, 0)[0]["options"].pop(), ("changed", "contact_type", ("options",))),
        (lambda one: one.update(name=NEW["label"]), ("changed", "", ("name",))),
        (
            lambda one: one["sections"][2].pop("shown_when"),
            ("changed", "person_at_risk:", ("shown_when",)),
        ),
        (lambda one: fields(one, 1).reverse(), ("changed", "", ("order",))),
    ],
)
def test_a_change_is_told(
    change: Callable[[Document], object], expected: tuple[str, str, tuple[str, ...]]
) -> None:
    assert told(change) == [expected]


def test_a_section_that_went_takes_its_questions_with_it() -> None:
    found = told(lambda one: one["sections"].pop())

    assert found[0] == ("removed", "follow_up:", ())
    assert [key for _, key, _ in found[1:]] == [
        "follow_up", "follow_up_consent", "consent_by", "follow_up_on"
    ]  # fmt: skip


def test_a_difference_bears_the_newer_words() -> None:
    words = {"zh": "是否未成年", "en": "A minor"}

    found = differences(default_form(), changed(lambda one: fields(one, 1)[3].update(label=words)))

    assert found == [
        FormDifference("changed", "minor", FormWords(zh="是否未成年", en="A minor"), ("label",))
    ]
