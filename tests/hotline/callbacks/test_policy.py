"""When a call that we owe is due, and at which hours a phone may ring."""

from datetime import UTC, datetime, timedelta

from hotline.callbacks.model import Why
from hotline.callbacks.policy import first_due, may_ring, next_due
from hotline.i18n.catalog import HERE

EVENING = datetime(2026, 3, 1, 20, 30, tzinfo=HERE)
NIGHT = datetime(2026, 3, 1, 23, 0, tzinfo=HERE)
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=HERE)


def test_a_child_in_danger_is_due_within_a_minute_at_any_hour() -> None:
    assert first_due(Why.DROPPED, "crisis", NIGHT) == NIGHT + timedelta(seconds=60)
    assert may_ring("crisis", promised_at=EVENING, begun=3, at=NIGHT)


def test_a_caller_who_hung_up_late_is_due_in_the_morning() -> None:
    assert first_due(Why.HUNG_UP, "routine", EVENING) == MORNING


def test_who_has_just_asked_is_called_at_night_once() -> None:
    assert may_ring("routine", promised_at=EVENING, begun=0, at=EVENING + timedelta(hours=1))
    assert not may_ring("routine", promised_at=EVENING, begun=1, at=EVENING + timedelta(hours=1))


def test_a_phone_that_rang_in_vain_is_tried_a_day_later_at_another_hour() -> None:
    noon = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

    due = next_due("no_answer", "routine", rang=1, begun=1, at=noon)

    assert due == noon + timedelta(hours=27)


def test_a_phone_that_rang_three_times_in_vain_is_left_in_peace() -> None:
    assert next_due("no_answer", "routine", rang=3, begun=3, at=EVENING) is None


def test_a_phone_that_did_not_ring_is_tried_again_soon() -> None:
    due = next_due("busy", "routine", rang=0, begun=1, at=EVENING)

    assert due == EVENING + timedelta(minutes=5)


def test_in_danger_the_next_counselor_is_asked_at_once() -> None:
    due = next_due("not_dialled", "crisis", rang=0, begun=1, at=NIGHT)

    assert due == NIGHT + timedelta(seconds=1)
