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


def test_the_pause_before_another_try_grows_to_a_limit() -> None:
    longest = [back_off("ffff" + "0" * 20, tries).total_seconds() for tries in range(1, 7)]

    assert longest == [1, 2, 4, 8, 8, 8]


def test_two_deliveries_do_not_return_to_the_carrier_together() -> None:
    assert back_off("0" * 24, 1) == timedelta(seconds=0.5)
    assert back_off("8" * 24, 1) > back_off("0" * 24, 1)


def test_a_live_sender_is_not_taken_for_dead() -> None:
    assert LEASE.total_seconds() > DIAL_WITHIN_S


def test_a_doubtful_delivery_is_looked_into_before_it_is_sent_anew() -> None:
    assert LOOK_EVERY < RESEND_AFTER < LEASE
    assert LEASE + timedelta(seconds=LOOK_WITHIN_S) < timedelta(seconds=30)
