"""What may stand in a text, and what a table may hold of it."""

import pytest

from hotline.texts import plain_cell

FULL_WIDTH = ["\uff1dcmd()", "\uff0b1", "\uff0d1", "\uff20sum"]
BEHIND_WHAT_IS_NOT_SEEN = ["\ufeff=cmd()", " =cmd()", "\u3000=1", "\n=1", "\ufeff \u200b\uff1d1"]


@pytest.mark.parametrize(
    "text", ["=cmd()", "+1", "-1", "@sum", "\tx", "\rx", *FULL_WIDTH, *BEHIND_WHAT_IS_NOT_SEEN]
)
def test_whatever_a_spreadsheet_would_calculate_is_a_text_to_it(text: str) -> None:
    assert plain_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "a=b", "医院", " a", "3-4"])
def test_any_other_cell_stands_as_it_was_written(text: str) -> None:
    assert plain_cell(text) == text
