"""The lifecycle of a delivery: every cell of its table."""

from itertools import product

import pytest

from hotline.deliveries.model import (
    LIVE,
    TRANSITIONS,
    UNSENT,
    DeliveryEvent,
    DeliveryState,
    delivery_after,
)
from tests.lifecycle import read_lifecycle

LIFECYCLE = read_lifecycle("""
state         claimed     taken      not_taken  unclear  given_up
pending       submitting  -          -          -        -
submitting    -           submitted  pending    unknown  dead
unknown       -           submitted  pending    unknown  dead
submitted     -           -          -          -        -
answered      -           -          -          -        -
delivered     -           -          -          -        -
acknowledged  -           -          -          -        -
failed        -           -          -          -        -
superseded    -           -          -          -        -
dead          -           -          -          -        -

state         answered  delivered  acknowledged  failed  superseded
pending       answered  delivered  acknowledged  failed  superseded
submitting    answered  delivered  acknowledged  failed  superseded
unknown       answered  delivered  acknowledged  failed  superseded
submitted     answered  delivered  acknowledged  failed  superseded
answered      -         -          acknowledged  failed  superseded
delivered     -         -          acknowledged  -       -
acknowledged  -         -          -             -       -
failed        -         -          acknowledged  -       -
superseded    -         -          acknowledged  -       -
dead          -         -          acknowledged  -       -
""")


def test_the_table_says_for_every_state_what_every_event_does() -> None:
    assert set(LIFECYCLE.cells) == set(product(DeliveryState, DeliveryEvent))


@pytest.mark.parametrize(("state", "event", "then"), LIFECYCLE.moves())
def test_a_delivery_moves_as_the_table_says(state: str, event: str, then: str) -> None:
    assert delivery_after(state, DeliveryEvent(event)) == then


@pytest.mark.parametrize(("state", "event"), LIFECYCLE.refusals())
def test_a_delivery_ignores_what_the_table_has_no_way_for(state: str, event: str) -> None:
    assert delivery_after(state, DeliveryEvent(event)) is None


def test_a_delivery_that_ended_reaches_nobody_any_more() -> None:
    reaching = {
        (state, event)
        for (state, event), then in TRANSITIONS.items()
        if state not in LIVE and then in LIVE
    }

    assert reaching == set()


def test_what_is_not_sent_yet_is_live() -> None:
    assert set(UNSENT) < set(LIVE)
