"""How often to try, and how long to wait."""

from datetime import timedelta

from hotline.deliveries.policy import (
    DIAL_WITHIN_S,
    LEASE,
    LOOK_EVERY,
    LOOK_WITHIN_S,
    RESEND_AFTER,
    back_off,
)

DELIVERIES = [f"{number:024x}" for number in range(200)]


def test_the_pause_before_another_try_is_drawn_below_a_limit_that_doubles_to_eight_seconds() -> (
    None
):
    longest = [
        max(back_off(one, tries).total_seconds() for one in DELIVERIES) for tries in range(1, 9)
    ]

    for found, limit in zip(longest, [0.5, 1, 2, 4, 8, 8, 8, 8], strict=True):
        assert limit * 0.9 < found <= limit


def test_deliveries_that_failed_together_do_not_return_together() -> None:
    pauses = [back_off(one, 5).total_seconds() for one in DELIVERIES]

    assert len(set(pauses)) == len(pauses)
    assert 3 < sum(pauses) / len(pauses) < 5


def test_a_pause_after_very_many_tries_is_no_longer_than_any() -> None:
    assert back_off(DELIVERIES[0], 10_000) <= timedelta(seconds=8)


def test_a_live_sender_is_not_taken_for_dead() -> None:
    assert LEASE.total_seconds() > DIAL_WITHIN_S


def test_a_doubtful_delivery_is_looked_into_before_it_is_sent_anew() -> None:
    assert LOOK_EVERY < RESEND_AFTER < LEASE
    assert LEASE + timedelta(seconds=LOOK_WITHIN_S) < timedelta(seconds=30)
