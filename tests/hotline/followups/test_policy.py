"""When somebody is called again, and at which hours: the rules by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline.followups.model import FollowUpEvent, FollowUpState, TryOutcome, state_after
from hotline.followups.policy import (
    WhyNotNow,
    days_for,
    due,
    next_try,
    outcome_of,
    rules,
    why_not_now,
)
from hotline.i18n.catalog import HERE

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=HERE)
ALL_DAY = (8, 21)
DAY = timedelta(days=1)


def test_danger_is_followed_for_a_year_and_a_moderate_risk_by_choice() -> None:
    assert days_for("imminent") == days_for("high") == (1, 7, 30, 90, 365)
    assert days_for("moderate") == (90, 365)


def test_the_first_is_due_in_a_day_and_late_after_two() -> None:
    assert due(MORNING, (1, 7), 0) == (MORNING + DAY, MORNING + 2 * DAY)


def test_a_later_one_is_late_a_day_after_it_is_due() -> None:
    assert due(MORNING, (1, 7), 1) == (MORNING + 7 * DAY, MORNING + 8 * DAY)


def test_the_next_try_is_proposed_in_another_part_of_the_day() -> None:
    afternoon = next_try(MORNING + rules().apart, [MORNING], ALL_DAY)
    evening = next_try(afternoon + rules().apart, [MORNING, afternoon], ALL_DAY)

    assert [one.astimezone(HERE).hour for one in (afternoon, evening)] == [12, 17]


def test_five_tries_are_at_five_hours_of_the_day() -> None:
    tried: list[datetime] = []
    after = MORNING
    for _ in range(rules().most_tries):
        tried.append(next_try(after, tried, ALL_DAY))
        after = tried[-1] + rules().apart

    assert len({one.astimezone(HERE).hour for one in tried}) == rules().most_tries
    assert tried == sorted(tried)


def test_what_falls_into_the_night_is_proposed_for_the_morning() -> None:
    night = datetime(2026, 3, 2, 23, 30, tzinfo=HERE)

    assert next_try(night, (), ALL_DAY) == datetime(2026, 3, 3, 8, 0, tzinfo=HERE)


def test_only_the_hour_that_is_safe_is_proposed_however_often_it_was_tried() -> None:
    first = next_try(MORNING, (), (16, 17))
    second = next_try(first + rules().apart, [first], (16, 17))

    assert [one.astimezone(HERE).hour for one in (first, second)] == [16, 16]
    assert second - first == DAY


@pytest.mark.parametrize(
    ("consent", "at", "rang_at", "why"),
    [
        ("", MORNING, None, WhyNotNow.NO_CONSENT),
        ("refused", MORNING, None, WhyNotNow.NO_CONSENT),
        ("withdrawn", MORNING, None, WhyNotNow.NO_CONSENT),
        ("agreed", MORNING, None, None),
        ("agreed", MORNING.replace(hour=22), None, WhyNotNow.OUT_OF_HOURS),
        ("decided", MORNING.replace(hour=22), None, None),
        ("agreed", MORNING, MORNING - timedelta(minutes=59), WhyNotNow.JUST_RUNG),
        ("agreed", MORNING, MORNING - timedelta(minutes=60), None),
        ("agreed", MORNING, MORNING + timedelta(days=1), None),  # the clock was set back
    ],
)
def test_nobody_is_called_against_their_will_or_at_an_unsafe_hour(
    consent: str, at: datetime, rang_at: datetime | None, why: WhyNotNow | None
) -> None:
    assert why_not_now(consent, ALL_DAY, rang_at, at=at.astimezone(UTC)) == why


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("no_answer", TryOutcome.NOBODY),
        ("mailbox", TryOutcome.NOBODY),
        ("busy", TryOutcome.BUSY),
        ("failed", TryOutcome.NOT_RUNG),
        ("not_dialled", TryOutcome.NOT_RUNG),
        ("counselor_gone", TryOutcome.NOT_RUNG),
        ("given_up", TryOutcome.NOT_RUNG),
    ],
)
def test_only_a_phone_that_can_have_rung_uses_up_a_try(step: str, outcome: TryOutcome) -> None:
    assert outcome_of(step) is outcome


@pytest.mark.parametrize("state", list(FollowUpState))
def test_nothing_ends_while_somebody_is_called_and_nothing_begins_after_the_end(
    state: FollowUpState,
) -> None:
    over = (FollowUpState.STOPPED, FollowUpState.FINISHED)
    stops = state_after(state, FollowUpEvent.STOPPED)

    assert (stops is None) == (state in (*over, FollowUpState.IN_HAND))
    assert state not in over or not any(state_after(state, event) for event in FollowUpEvent)


def test_only_one_may_have_it_in_hand() -> None:
    can_begin = [one for one in FollowUpState if state_after(one, FollowUpEvent.BEGUN)]

    assert can_begin == [FollowUpState.RUNNING]
