"""What a counselor can be doing: every cell of the table."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.staff.model import PresenceEvent, PresenceState, after, may
from tests.lifecycle import read_lifecycle

BY_CHOICE = [PresenceEvent.WENT_READY, PresenceEvent.WENT_PAUSED, PresenceEvent.WENT_OFFLINE]


LIFECYCLE = read_lifecycle("""
state        went_ready  went_paused  went_offline
offline      ready       paused       offline
ready        ready       paused       offline
offered      -           paused       offline
talking      -           -            -
wrapping_up  ready       paused       offline
paused       ready       paused       offline

state        offered  accepted  offer_withdrawn  offer_missed  wrap_up_resumed
offline      -        -         -                -             -
ready        offered  -         -                -             -
offered      -        talking   ready            paused        wrapping_up
talking      -        -         -                -             -
wrapping_up  offered  -         -                -             -
paused       -        -         -                -             -

state        talk_ended   line_lost  helped  called_in  rung_still
offline      -            -          -       talking    offered
ready        -            -          -       talking    -
offered      -            -          -       -          -
talking      wrapping_up  ready      ready   -          -
wrapping_up  -            -          -       -          -
paused       -            -          -       talking    offered
""")


def test_the_table_says_for_every_state_what_every_event_does() -> None:
    assert set(LIFECYCLE.cells) == set(product(PresenceState, PresenceEvent))


@pytest.mark.parametrize(("state", "event", "then"), LIFECYCLE.moves())
def test_presence_moves_as_the_table_says(state: str, event: str, then: str) -> None:
    assert may(state, PresenceEvent(event))
    assert after(state, PresenceEvent(event)) == then


@pytest.mark.parametrize(("state", "event"), LIFECYCLE.refusals())
def test_presence_stays_where_the_table_has_no_way_on(state: str, event: str) -> None:
    assert not may(state, PresenceEvent(event))
    with pytest.raises(IllegalMove):
        after(state, PresenceEvent(event))


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
