"""The lifecycles of escalation and attempt: every cell of both tables."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.escalations.model import (
    ATTEMPT_TRANSITIONS,
    LIVE,
    TRANSITIONS,
    AttemptEvent,
    AttemptState,
    EscalationEvent,
    EscalationState,
    Level,
    after,
    attempt_after,
)

UNCLOSED = [state for state in EscalationState if state is not EscalationState.CLOSED]
ANSWERED_FOR = [state for state in UNCLOSED if state is not EscalationState.OPEN]


@pytest.mark.parametrize(("state", "event"), list(product(EscalationState, EscalationEvent)))
def test_every_event_in_every_state_either_moves_the_escalation_or_is_refused(
    state: EscalationState, event: EscalationEvent
) -> None:
    expected = TRANSITIONS.get((state, event))

    if expected is None:
        with pytest.raises(IllegalMove):
            after(state, event)
    else:
        assert after(state, event) is expected


@pytest.mark.parametrize("event", [e for e in EscalationEvent if e is not EscalationEvent.CLOSED])
@pytest.mark.parametrize("state", UNCLOSED)
def test_nothing_but_a_person_who_closes_ends_an_escalation(
    state: EscalationState, event: EscalationEvent
) -> None:
    assert TRANSITIONS.get((state, event)) is not EscalationState.CLOSED


@pytest.mark.parametrize("state", UNCLOSED)
def test_a_person_may_close_from_everywhere(state: EscalationState) -> None:
    assert after(state, EscalationEvent.CLOSED) is EscalationState.CLOSED


@pytest.mark.parametrize("event", [EscalationEvent.OVERDUE, EscalationEvent.GIVEN_BACK])
@pytest.mark.parametrize("state", UNCLOSED)
def test_silence_and_a_return_open_the_escalation_again(
    state: EscalationState, event: EscalationEvent
) -> None:
    assert after(state, event) is EscalationState.OPEN


@pytest.mark.parametrize("state", ANSWERED_FOR)
def test_what_is_answered_for_is_not_acknowledged_twice(state: EscalationState) -> None:
    with pytest.raises(IllegalMove):
        after(state, EscalationEvent.ACKNOWLEDGED)


@pytest.mark.parametrize("event", EscalationEvent)
def test_a_closed_escalation_stays_closed(event: EscalationEvent) -> None:
    with pytest.raises(IllegalMove):
        after(EscalationState.CLOSED, event)


ATTEMPT_CELLS = {
    AttemptState.PENDING: {
        AttemptEvent.CLAIMED: AttemptState.SUBMITTING,
        AttemptEvent.ANSWERED: AttemptState.ANSWERED,
        AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED,
        AttemptEvent.FAILED: AttemptState.FAILED,
        AttemptEvent.SUPERSEDED: AttemptState.SUPERSEDED,
    },
    AttemptState.SUBMITTING: {
        AttemptEvent.TAKEN: AttemptState.SUBMITTED,
        AttemptEvent.NOT_TAKEN: AttemptState.PENDING,
        AttemptEvent.UNCLEAR: AttemptState.UNKNOWN,
        AttemptEvent.GIVEN_UP: AttemptState.DEAD,
        AttemptEvent.ANSWERED: AttemptState.ANSWERED,
        AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED,
        AttemptEvent.FAILED: AttemptState.FAILED,
        AttemptEvent.SUPERSEDED: AttemptState.SUPERSEDED,
    },
    AttemptState.UNKNOWN: {
        AttemptEvent.TAKEN: AttemptState.SUBMITTED,
        AttemptEvent.NOT_TAKEN: AttemptState.PENDING,
        AttemptEvent.UNCLEAR: AttemptState.UNKNOWN,
        AttemptEvent.GIVEN_UP: AttemptState.DEAD,
        AttemptEvent.ANSWERED: AttemptState.ANSWERED,
        AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED,
        AttemptEvent.FAILED: AttemptState.FAILED,
        AttemptEvent.SUPERSEDED: AttemptState.SUPERSEDED,
    },
    AttemptState.SUBMITTED: {
        AttemptEvent.ANSWERED: AttemptState.ANSWERED,
        AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED,
        AttemptEvent.FAILED: AttemptState.FAILED,
        AttemptEvent.SUPERSEDED: AttemptState.SUPERSEDED,
    },
    AttemptState.ANSWERED: {
        AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED,
        AttemptEvent.FAILED: AttemptState.FAILED,
        AttemptEvent.SUPERSEDED: AttemptState.SUPERSEDED,
    },
    AttemptState.ACKNOWLEDGED: {},
    AttemptState.FAILED: {AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED},
    AttemptState.SUPERSEDED: {AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED},
    AttemptState.DEAD: {AttemptEvent.ACKNOWLEDGED: AttemptState.ACKNOWLEDGED},
}


@pytest.mark.parametrize(("state", "event"), list(product(AttemptState, AttemptEvent)))
def test_every_event_in_every_state_either_moves_the_attempt_or_is_ignored(
    state: AttemptState, event: AttemptEvent
) -> None:
    assert attempt_after(state, event) is ATTEMPT_CELLS[state].get(event)


def test_an_attempt_that_ended_rings_nobody_any_more() -> None:
    ringing = {
        (state, event)
        for (state, event), then in ATTEMPT_TRANSITIONS.items()
        if state not in LIVE and then in LIVE
    }

    assert ringing == set()


def test_an_alarm_covers_another_that_is_no_louder() -> None:
    assert Level.HIGH.covered_by() == (Level.HIGH, Level.IMMINENT)
    assert Level.IMMINENT.covered_by() == (Level.IMMINENT,)
