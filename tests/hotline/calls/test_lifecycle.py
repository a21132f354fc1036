"""The lifecycle of a call: every cell of the table."""

from itertools import product

import pytest

from hotline.calls.model import (
    CallEvent,
    CallState,
    Outcome,
    after,
    may,
    outcome_when_caller_leaves,
)
from hotline.errors import IllegalMove
from tests.lifecycle import read_lifecycle

ALIVE = [state for state in CallState if state is not CallState.ENDED]


LIFECYCLE = read_lifecycle("""
state       queued   message_started  dismissed  caller_left  not_reached
flow        waiting  message          closing    ended        -
waiting     -        message          closing    ended        -
connecting  waiting  -                -          ended        ended
talking     -        -                -          ended        -
message     waiting  -                closing    ended        -
closing     waiting  -                -          ended        -
ended       -        -                -          -            -

state       accepted    joined   counselor_lost  sent_on  finished
flow        -           -        -               -        -
waiting     connecting  -        -               -        -
connecting  -           talking  waiting         -        closing
talking     -           -        waiting         waiting  closing
message     -           -        -               -        -
closing     -           -        -               -        -
ended       -           -        -               -        -
""")


def test_the_table_says_for_every_state_what_every_event_does() -> None:
    assert set(LIFECYCLE.cells) == set(product(CallState, CallEvent))


@pytest.mark.parametrize(("state", "event", "then"), LIFECYCLE.moves())
def test_a_call_moves_as_the_table_says(state: str, event: str, then: str) -> None:
    assert may(state, CallEvent(event))
    assert after(state, CallEvent(event)) == then


@pytest.mark.parametrize(("state", "event"), LIFECYCLE.refusals())
def test_a_call_stays_where_the_table_has_no_way_on(state: str, event: str) -> None:
    assert not may(state, CallEvent(event))
    with pytest.raises(IllegalMove):
        after(state, CallEvent(event))


@pytest.mark.parametrize("state", ALIVE)
def test_a_caller_may_hang_up_at_any_moment(state: CallState) -> None:
    assert after(state, CallEvent.CALLER_LEFT) is CallState.ENDED


@pytest.mark.parametrize("event", CallEvent)
def test_nothing_wakes_an_ended_call(event: CallEvent) -> None:
    assert not may(CallState.ENDED, event)


@pytest.mark.parametrize("state", [CallState.CONNECTING, CallState.TALKING])
def test_a_caller_whose_counselor_is_lost_waits_again(state: CallState) -> None:
    assert after(state, CallEvent.COUNSELOR_LOST) is CallState.WAITING


def test_only_a_waiting_call_can_be_accepted() -> None:
    accepting = [state for state in CallState if may(state, CallEvent.ACCEPTED)]

    assert accepting == [CallState.WAITING]


@pytest.mark.parametrize("decided", Outcome)
@pytest.mark.parametrize("state", ALIVE)
def test_what_was_decided_is_how_the_call_counts(state: CallState, decided: Outcome) -> None:
    assert outcome_when_caller_leaves(state, decided) is decided


@pytest.mark.parametrize("state", ALIVE)
def test_an_undecided_call_counts_as_talked_only_from_a_talk(state: CallState) -> None:
    expected = Outcome.TALKED if state is CallState.TALKING else Outcome.HUNG_UP

    assert outcome_when_caller_leaves(state, None) is expected
