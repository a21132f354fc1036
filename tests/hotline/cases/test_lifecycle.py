"""The lifecycle of a case, cell by cell."""

from itertools import product

import pytest

from hotline.cases.model import CaseEvent, CaseState, after
from hotline.errors import IllegalMove

MOVES = {
    ("open", "closed"): "closed",
    ("closed", "opened_again"): "open",
}


@pytest.mark.parametrize(("state", "event"), [*product(CaseState, CaseEvent)])
def test_each_cell_is_what_is_written_here(state: CaseState, event: CaseEvent) -> None:
    expected = MOVES.get((state.value, event.value))

    if expected is None:
        with pytest.raises(IllegalMove):
            after(state, event)
    else:
        assert after(state, event) == expected
