"""Whom to ring next, and by when."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotline.escalations.model import EscalationState
from hotline.escalations.policy import (
    ACCEPT_WITHIN,
    ACK_WITHIN,
    REPORT_WITHIN,
    REVIEW_WITHIN,
    ROUND_PAUSE,
    ChainPosition,
    ChainStep,
    chain_of,
    clamped,
    hastened,
    longest_wait,
    step_after,
    step_now,
    turn_after,
    turn_again,
    walk_along,
    with_kept_times,
)
from tests.fakes import NOON

CHAIN = (
    ChainStep("duty", "district", timedelta(seconds=60)),
    ChainStep("head", "district"),
    ChainStep("city", "city"),
)
WALK = walk_along(CHAIN)


def test_the_first_contact_is_rung_first_and_has_its_own_time() -> None:
    turn = step_now(WALK, ChainPosition(0, 0), NOON)

    assert turn.ring == CHAIN[:1]
    assert turn.due_at == NOON + timedelta(seconds=60)
    assert not turn.exhausted


def test_after_each_contact_comes_the_next() -> None:
    turn = step_after(WALK, ChainPosition(0, 0), NOON)

    assert (turn.ring, turn.place) == (CHAIN[1:2], ChainPosition(1, 0))
    assert turn.due_at == NOON + ACK_WITHIN
    assert not turn.exhausted


def test_after_the_last_contact_the_next_round_begins_at_the_top() -> None:
    turn = step_after(WALK, ChainPosition(2, 0), NOON)

    assert (turn.ring, turn.place) == (CHAIN[:1], ChainPosition(0, 1))
    assert turn.exhausted


def test_a_chain_of_nobody_still_has_a_deadline() -> None:
    first, later = (
        step_now(walk_along(()), ChainPosition(0, 0), NOON),
        step_after(walk_along(()), ChainPosition(0, 0), NOON),
    )

    assert (first.ring, first.exhausted, first.due_at) == ((), True, NOON + ACK_WITHIN)
    assert (later.ring, later.exhausted, later.place) == ((), True, ChainPosition(0, 1))


def test_a_snapshot_gives_back_the_chain_it_was_made_from() -> None:
    assert chain_of([step.plain() for step in CHAIN]) == CHAIN


def test_each_state_has_a_time_of_its_own() -> None:
    waits = [longest_wait(state, WALK, ChainPosition(0, 0)) for state in list(EscalationState)[:4]]

    assert waits == [timedelta(seconds=60), ACCEPT_WITHIN, REPORT_WITHIN, REVIEW_WITHIN]


def test_when_nobody_of_a_step_can_be_reached_the_next_comes_at_once() -> None:
    assert hastened(WALK, ChainPosition(0, 0), NOON + ACK_WITHIN, NOON) == NOON


def test_a_chain_that_fails_to_its_end_pauses_before_the_next_round() -> None:
    assert hastened(WALK, ChainPosition(2, 0), NOON + ACK_WITHIN, NOON) == NOON + ROUND_PAUSE


def test_haste_never_puts_a_deadline_off() -> None:
    soon = NOON + timedelta(seconds=1)

    assert hastened(WALK, ChainPosition(2, 0), soon, NOON) == soon


@given(st.timedeltas(min_value=-timedelta(days=3), max_value=timedelta(days=3)))
def test_a_clock_that_jumps_delays_by_no_more_than_one_step(jump: timedelta) -> None:
    due_at = clamped(NOON + jump, ACK_WITHIN, NOON)

    assert due_at <= NOON + ACK_WITHIN
    assert due_at <= NOON + jump


@given(length=st.integers(0, 5), turns=st.integers(1, 30))
def test_a_walk_through_any_chain_rings_everybody_in_turn_and_never_ends(
    length: int, turns: int
) -> None:
    chain = tuple(ChainStep(f"contact {number}", "s") for number in range(length))
    place, rung, at = ChainPosition(0, 0), [], NOON
    turn = step_now(walk_along(chain), place, at)

    for _ in range(turns):
        rung.append(turn.ring)
        assert turn.due_at > at
        at = turn.due_at
        turn = step_after(walk_along(chain), turn.place, at)

    expected = [(chain[n % length],) if chain else () for n in range(turns)]
    assert rung == expected


HERE = ChainPosition(1, 0)
NEW = ChainStep("new", "district")


def test_who_left_the_roster_is_followed_by_whoever_has_their_place() -> None:
    roster = (CHAIN[0], NEW, CHAIN[2])

    assert turn_after(WALK, walk_along(roster), HERE, NOON).ring == (NEW,)
    assert turn_again(WALK, walk_along(roster), HERE, NOON).ring == (NEW,)


def test_who_is_still_there_is_followed_by_the_next_wherever_they_stand_now() -> None:
    roster = (NEW, CHAIN[0], CHAIN[1], CHAIN[2])

    turn, again = (
        turn_after(WALK, walk_along(roster), HERE, NOON),
        turn_again(WALK, walk_along(roster), HERE, NOON),
    )

    assert (turn.ring, turn.place) == (CHAIN[2:], ChainPosition(3, 0))
    assert (again.ring, again.place) == (CHAIN[1:2], ChainPosition(2, 0))


def test_where_the_last_of_the_chain_have_left_the_next_round_begins() -> None:
    turn = turn_after(WALK, walk_along(CHAIN[:1]), HERE, NOON)

    assert (turn.ring, turn.place, turn.exhausted) == (CHAIN[:1], ChainPosition(0, 1), True)


def test_a_roster_of_nobody_still_has_a_deadline() -> None:
    turn = turn_after(WALK, walk_along(()), HERE, NOON)

    assert (turn.ring, turn.place.round, turn.exhausted) == ((), 1, True)
    assert turn.due_at == NOON + ACK_WITHIN


def test_the_times_stay_those_of_the_start_and_the_people_do_not() -> None:
    roster = (ChainStep("duty", "district"), NEW)

    assert with_kept_times(roster, CHAIN) == (CHAIN[0], NEW)
