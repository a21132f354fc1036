"""Patience after wrong passwords."""

from datetime import timedelta

import pytest

from hotline.staff.delays import (
    FORGIVEN_AFTER,
    FREE_TRIES,
    LONGEST_WAIT,
    NAMES_KEPT,
    Delays,
    TooManyTries,
    wait_after,
)
from tests.fakes import NOON


def test_the_wait_doubles_and_never_becomes_a_lock() -> None:
    waits = [wait_after(FREE_TRIES - 1 + more).total_seconds() for more in range(7)]

    assert waits == [0, 2, 4, 8, 16, 30, 30]
    assert wait_after(100_000) == LONGEST_WAIT


def test_a_try_that_is_refused_does_not_prolong_the_wait() -> None:
    delays = Delays()
    for _ in range(FREE_TRIES):
        delays.count_try("li", at=NOON)

    for _ in range(50):
        with pytest.raises(TooManyTries):
            delays.count_try("li", at=NOON + timedelta(seconds=1))

    delays.count_try("li", at=NOON + timedelta(seconds=2))


def test_the_right_password_forgives_everything() -> None:
    delays = Delays()
    for _ in range(FREE_TRIES):
        delays.count_try("li", at=NOON)

    delays.forget("li")

    delays.count_try("li", at=NOON)


def test_a_quiet_quarter_of_an_hour_forgives_everything() -> None:
    delays = Delays()
    for minute in range(20):
        delays.count_try("li", at=NOON + timedelta(minutes=minute))
    later = NOON + timedelta(minutes=19) + FORGIVEN_AFTER

    for _ in range(FREE_TRIES):
        delays.count_try("li", at=later)

    with pytest.raises(TooManyTries):
        delays.count_try("li", at=later)


def test_one_names_guesses_slow_nobody_else() -> None:
    delays = Delays()
    for _ in range(FREE_TRIES):
        delays.count_try("li", at=NOON)

    delays.count_try("chen", at=NOON)


def test_invented_names_do_not_fill_the_memory() -> None:
    delays = Delays()

    for number in range(NAMES_KEPT + 10):
        delays.count_try(f"name {number}", at=NOON)

    assert len(delays._tries) == NAMES_KEPT
