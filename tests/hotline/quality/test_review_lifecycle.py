"""Every cell of the table of a review."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.quality.model import (
    REVIEW_TRANSITIONS,
    ReviewEvent,
    ReviewState,
    review_after,
)

_S, _E = ReviewState, ReviewEvent
MAY = {
    (_S.DRAWN, _E.ASSIGNED): _S.ASSIGNED,
    (_S.ASSIGNED, _E.ASSIGNED): _S.ASSIGNED,
    (_S.DRAWN, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.ASSIGNED, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.ASSIGNED, _E.REVIEWED): _S.REVIEWED,
    (_S.REVIEWED, _E.REVIEWED): _S.REVIEWED,
    (_S.REVIEWED, _E.GIVEN): _S.GIVEN,
    (_S.GIVEN, _E.READ): _S.READ,
    (_S.READ, _E.READ): _S.READ,
    (_S.READ, _E.ANSWERED): _S.ANSWERED,
    (_S.ANSWERED, _E.READ): _S.ANSWERED,
}


@pytest.mark.parametrize(("state", "event"), list(product(ReviewState, ReviewEvent)))
def test_each_event_in_each_state_leads_on_or_is_refused(
    state: ReviewState, event: ReviewEvent
) -> None:
    if (state, event) in MAY:
        assert review_after(state, event) is MAY[state, event]
    else:
        with pytest.raises(IllegalMove):
            review_after(state, event)


def test_the_table_has_no_cell_that_is_not_tested() -> None:
    assert dict(REVIEW_TRANSITIONS) == MAY
