"""The lifecycle of a request, cell by cell."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.rights.model import RequestEvent, RequestState, after

WAITS = {"granted": "granted", "partly": "partly", "refused": "refused", "withdrawn": "withdrawn"}
MOVES = {
    "open": {**WAITS, "proposed": "proposed"},
    "proposed": WAITS,
    "granted": {},
    "partly": {},
    "refused": {},
    "withdrawn": {},
}


@pytest.mark.parametrize(("state", "event"), [*product(RequestState, RequestEvent)])
def test_each_cell_is_what_is_written_here(state: RequestState, event: RequestEvent) -> None:
    expected = MOVES[state.value].get(event.value)

    if expected is None:
        with pytest.raises(IllegalMove):
            after(state, event)
    else:
        assert after(state, event) == expected
