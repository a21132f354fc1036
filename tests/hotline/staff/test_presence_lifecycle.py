"""What a counselor can be doing: every cell of the table."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.staff.model import TRANSITIONS, PresenceEvent, PresenceState, after, may

BY_CHOICE = [PresenceEvent.WENT_READY, PresenceEvent.WENT_PAUSED, PresenceEvent.WENT_OFFLINE]


@pytest.mark.parametrize(("state", "event"), list(product(PresenceState, PresenceEvent)))
def test_every_event_in_every_state_either_moves_the_presence_or_is_refused(
    state: PresenceState, event: PresenceEvent
) -> None:
    expected = TRANSITIONS.get((state, event))

    if expected is None:
        assert not may(state, event)
        with pytest.raises(IllegalMove):
            after(state, event)
    else:
        assert may(state, event)
        assert after(state, event) is expected


@pytest.mark.parametrize("event", BY_CHOICE)
def test_nobody_walks_out_of_a_talk_by_changing_presence(event: PresenceEvent) -> None:
    assert not may(PresenceState.TALKING, event)


def test_who_is_ready_or_writes_a_record_can_be_offered_a_call_and_nobody_else() -> None:
    offerable = [state for state in PresenceState if may(state, PresenceEvent.OFFERED)]

    assert offerable == [PresenceState.READY, PresenceState.WRAPPING_UP]


def test_an_offer_missed_pauses_and_an_offer_withdrawn_does_not() -> None:
    missed = after(PresenceState.OFFERED, PresenceEvent.OFFER_MISSED)
    withdrawn = after(PresenceState.OFFERED, PresenceEvent.OFFER_WITHDRAWN)

    assert missed is PresenceState.PAUSED
    assert withdrawn is PresenceState.READY
