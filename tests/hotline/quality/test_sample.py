"""The sample of a month: by lot, the same for whoever draws again, and every imminent call."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.i18n.catalog import HERE
from hotline.quality.sample import (
    begin_of,
    digest_of,
    draw,
    end_of,
    month_of,
    owed_of,
    seed_of,
    ticket_of,
)

SEED = seed_of("salt", "2026-03", "youth")
CALLS = st.sets(st.text("abcdef0123456789", min_size=1, max_size=6), max_size=130)


@given(CALLS)
def test_never_fewer_than_five_of_a_hundred_are_drawn_and_never_one_too_many(
    calls: set[str],
) -> None:
    drawn = draw(SEED, calls, ())

    assert len(drawn.by_lot) * 20 >= len(calls)
    assert (len(drawn.by_lot) - 1) * 20 < len(calls) or not calls
    assert len(set(drawn.by_lot)) == len(drawn.by_lot)


@given(CALLS)
def test_those_with_the_lowest_tickets_are_drawn_whatever_a_threshold_would_say(
    calls: set[str],
) -> None:
    drawn = draw(SEED, calls, ())

    chosen = {ticket_of(SEED, call) for call in drawn.by_lot}
    left = {ticket_of(SEED, call) for call in calls - set(drawn.by_lot)}
    assert not chosen or not left or max(chosen) < min(left)


@given(CALLS.map(sorted), st.randoms(use_true_random=False))
def test_whoever_draws_again_in_another_order_finds_the_same(
    calls: list[str], random: Random
) -> None:
    shuffled = random.sample(calls, len(calls))

    assert draw(SEED, shuffled, ()) == draw(SEED, calls, ())


@given(CALLS, st.data())
def test_every_imminent_call_is_in_it(calls: set[str], data: st.DataObject) -> None:
    imminent = data.draw(st.sets(st.sampled_from(sorted(calls)))) if calls else set()

    drawn = draw(SEED, calls, imminent)

    assert imminent <= drawn.calls
    assert drawn.by_lot == draw(SEED, calls, ()).by_lot  # and takes nobody else's place


@given(CALLS, CALLS)
def test_what_was_drawn_from_can_be_proved_afterwards(calls: set[str], others: set[str]) -> None:
    assert (digest_of(calls) == digest_of(others)) == (calls == others)
    assert draw(SEED, calls, ()).digest == digest_of(sorted(calls, reverse=True))


def test_over_many_calls_the_lot_prefers_no_part_of_the_month() -> None:
    calls = [f"{number:05d}" for number in range(2000)]

    early = sum(call < "01000" for call in draw(SEED, calls, ()).by_lot)

    assert 30 <= early <= 70  # of 100; by chance alone outside of that once in 10 000 seeds


def test_another_month_or_line_or_installation_has_another_seed() -> None:
    seeds = {
        seed_of(salt, month, line)
        for salt in ("salt", "other")
        for month in ("2026-03", "2026-04")
        for line in ("youth", "12356")
    }

    assert len(seeds) == 8


def test_parts_that_run_together_are_not_the_same_seed() -> None:
    assert seed_of("a", "bc", "d") != seed_of("ab", "c", "d")


@pytest.mark.parametrize(("calls", "owed"), [(0, 0), (1, 1), (20, 1), (21, 2), (100, 5), (101, 6)])
def test_how_many_are_owed(calls: int, owed: int) -> None:
    assert owed_of(calls) == owed


def test_a_month_begins_at_midnight_here() -> None:
    assert month_of(datetime(2026, 2, 28, 16, 30, tzinfo=UTC)) == "2026-03"
    assert begin_of("2026-12") == datetime(2026, 12, 1, tzinfo=HERE)
    assert end_of("2026-12") == datetime(2027, 1, 1, tzinfo=HERE)
    assert end_of("2026-02") == begin_of("2026-03")
