"""What a record must hold before its wrap-up is over."""

import pytest

from hotline.records.completeness import TOLD_IN_WORDS, missing_from
from hotline.records.model import ContactType

WHOLE = {"contact_type": "self", "narrative": "…", "disposition": "listened"}


def test_nothing_written_asks_for_the_type_of_contact_alone() -> None:
    assert missing_from({}) == ["contact_type"]
    assert missing_from({"contact_type": None, "narrative": "…"}) == ["contact_type"]


@pytest.mark.parametrize("kind", sorted(TOLD_IN_WORDS))
def test_a_counselling_contact_needs_its_story_and_what_came_of_it(kind: ContactType) -> None:
    assert missing_from({"contact_type": kind}) == ["narrative", "disposition"]
    assert missing_from({**WHOLE, "contact_type": kind}) == []


@pytest.mark.parametrize("kind", sorted(set(ContactType) - TOLD_IN_WORDS))
def test_every_other_contact_needs_its_type_alone(kind: ContactType) -> None:
    assert missing_from({"contact_type": kind}) == []


@pytest.mark.parametrize("blank", ["", " \n\t", None])
@pytest.mark.parametrize("name", ["narrative", "disposition"])
def test_blanks_are_no_story(name: str, blank: str | None) -> None:
    assert missing_from({**WHOLE, name: blank}) == [name]


def test_fields_that_a_form_has_beyond_these_are_no_hindrance() -> None:
    assert missing_from({**WHOLE, "school": "", "topics": []}) == []
