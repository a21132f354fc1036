"""The lifecycle of a call: every cell of the table."""

from itertools import product

import pytest

from hotline.calls.model import (
    TRANSITIONS,
    CallEvent,
    CallState,
    Outcome,
    after,
    may,
    outcome_when_caller_leaves,
)
from hotline.errors import IllegalMove

ALIVE = [state for state in CallState if state is not CallState.ENDED]


@pytest.mark.parametrize(("state", "event"), list(product(CallState, CallEvent)))
def test_every_event_in_every_state_either_moves_the_call_or_is_refused(
    state: CallState, event: CallEvent
) -> None:
    expected = TRANSITIONS.get((state, event))

    if expected is None:
        assert not may(state, event)
        with pytest.raises(IllegalMove):
            after(state, event)
    else:
        assert may(state, event)
        assert after(state, event) is expected


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
