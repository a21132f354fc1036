"""The lifecycle of an escalation: every cell of its table."""

from itertools import product

import pytest

from hotline.errors import IllegalMove
from hotline.escalations.model import (
    TRANSITIONS,
    EscalationEvent,
    EscalationState,
    Level,
    after,
)
from tests.lifecycle import read_lifecycle

UNCLOSED = [state for state in EscalationState if state is not EscalationState.CLOSED]
ANSWERED_FOR = [state for state in UNCLOSED if state is not EscalationState.OPEN]


LIFECYCLE = read_lifecycle("""
state         acknowledged  accepted  reported  given_back  overdue  closed
open          acknowledged  -         -         -           open     closed
acknowledged  -             accepted  -         open        open     closed
accepted      -             -         reported  open        open     closed
reported      -             -         reported  open        open     closed
closed        -             -         -         -           -        -

state         handed_to  reminded      rung  opened_again
open          open       -             open  -
acknowledged  open       acknowledged  -     -
accepted      open       accepted      -     -
reported      open       reported      -     -
closed        -          -             -     open

state         on_the_way  contact_made
open          -           -
acknowledged  -           -
accepted      accepted    accepted
reported      reported    reported
closed        -           -
""")


def test_the_table_says_for_every_state_what_every_event_does() -> None:
    assert set(LIFECYCLE.cells) == set(product(EscalationState, EscalationEvent))


@pytest.mark.parametrize(("state", "event", "then"), LIFECYCLE.moves())
def test_an_escalation_moves_as_the_table_says(state: str, event: str, then: str) -> None:
    assert after(state, EscalationEvent(event)) == then


@pytest.mark.parametrize(("state", "event"), LIFECYCLE.refusals())
def test_an_escalation_stays_where_the_table_has_no_way_on(state: str, event: str) -> None:
    with pytest.raises(IllegalMove):
        after(state, EscalationEvent(event))


@pytest.mark.parametrize("event", [e for e in EscalationEvent if e is not EscalationEvent.CLOSED])
@pytest.mark.parametrize("state", UNCLOSED)
def test_nothing_but_a_person_who_closes_ends_an_escalation(
    state: EscalationState, event: EscalationEvent
) -> None:
    assert TRANSITIONS.get((state, event)) is not EscalationState.CLOSED


@pytest.mark.parametrize("state", UNCLOSED)
def test_a_person_may_close_from_everywhere(state: EscalationState) -> None:
    assert after(state, EscalationEvent.CLOSED) is EscalationState.CLOSED


@pytest.mark.parametrize(
    "event", [EscalationEvent.OVERDUE, EscalationEvent.GIVEN_BACK, EscalationEvent.HANDED_TO]
)
@pytest.mark.parametrize("state", ANSWERED_FOR)
def test_silence_a_return_and_a_hand_over_open_the_escalation_again(
    state: EscalationState, event: EscalationEvent
) -> None:
    assert after(state, event) is EscalationState.OPEN


@pytest.mark.parametrize("state", ANSWERED_FOR)
def test_what_is_answered_for_is_not_acknowledged_twice(state: EscalationState) -> None:
    with pytest.raises(IllegalMove):
        after(state, EscalationEvent.ACKNOWLEDGED)


@pytest.mark.parametrize(
    "event", [e for e in EscalationEvent if e is not EscalationEvent.OPENED_AGAIN]
)
def test_a_closed_escalation_stays_closed_until_a_person_opens_it(event: EscalationEvent) -> None:
    with pytest.raises(IllegalMove):
        after(EscalationState.CLOSED, event)


@pytest.mark.parametrize("state", UNCLOSED)
def test_what_is_not_closed_cannot_be_opened_again(state: EscalationState) -> None:
    with pytest.raises(IllegalMove):
        after(state, EscalationEvent.OPENED_AGAIN)


def test_an_alarm_covers_another_that_is_no_louder() -> None:
    assert Level.HIGH.covered_by() == (Level.HIGH, Level.IMMINENT)
    assert Level.IMMINENT.covered_by() == (Level.IMMINENT,)
