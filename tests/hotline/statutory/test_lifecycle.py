"""The lifecycle of a report, cell by cell, and its closed lists."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.records.forms.lists import NAMED_LISTS
from hotline.records.forms.reportable import CODES, DOCUMENT
from hotline.statutory.model import (
    AGENCIES,
    EventKind,
    ReportAgency,
    ReportEvent,
    ReportKind,
    ReportState,
    is_only_author,
    report_after,
)

OF_BOTH = {
    ("open", "suspected"): "open",
    ("open", "heard"): "open",
    ("open", "reported"): "reported",
}
OF_MANDATORY = OF_BOTH | {
    ("open", "not_reportable"): "not_reportable",
    ("reported", "accepted"): "reported",
    ("reported", "none_yet"): "reported",
    ("reported", "feedback"): "answered",
}
MOVES = {"mandatory": OF_MANDATORY, "emergency": OF_BOTH}


@pytest.mark.parametrize(
    ("kind", "state", "event"), [*product(ReportKind, ReportState, ReportEvent)]
)
def test_each_cell_is_what_is_written_here(
    kind: ReportKind, state: ReportState, event: ReportEvent
) -> None:
    expected = MOVES[kind].get((state.value, event.value))

    if expected is None:
        with pytest.raises(IllegalMove):
            report_after(kind, state, event)
    else:
        assert report_after(kind, state, event) == expected


def test_the_law_knows_nine_situations_and_the_file_says_from_where() -> None:
    assert len(CODES) == 9
    assert all(words["zh"] and words["en"] for words in CODES.values())
    assert DOCUMENT["version"]
    assert set(DOCUMENT["source"]) == {"zh", "en"}
    assert [one["code"] for one in NAMED_LISTS["reportable"]] == list(CODES)


def test_a_child_is_reported_to_an_agency_and_an_event_to_the_manager() -> None:
    assert ReportAgency.MANAGER not in AGENCIES
    assert set(EventKind) == {"death", "mass_event", "staff_abuse", "data_breach", "media"}


@pytest.mark.parametrize(
    ("authors", "only"),
    [
        ({"staff:he"}, True),
        ({"staff:li"}, False),
        ({"staff:he", "staff:li"}, False),
        (set(), False),
    ],
)
def test_who_suspected_it_alone_does_not_decide_that_it_need_not_be_reported(
    authors: set[str], *, only: bool
) -> None:
    assert is_only_author(authors, "staff:he") is only
