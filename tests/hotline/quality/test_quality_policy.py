"""When supervision is due, and when a certificate counts no more."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hotline.i18n.catalog import HERE
from hotline.quality.policy import (
    IMMINENT_REVIEW_WITHIN,
    MONTHLY,
    NEW_FOR,
    WEEKLY,
    ends_at,
    ends_soon,
    is_lapsed,
    review_due,
    supervision_due,
)

AT = datetime(2026, 11, 30, 4, tzinfo=UTC)


def before(**long: int) -> datetime:
    return AT - timedelta(**long)


def test_new_staff_are_due_a_week_after_their_first_talk_then_every_week() -> None:
    first = supervision_due(before(days=3), None, AT)
    later = supervision_due(before(days=30), before(days=7), AT)

    assert first is not None
    assert (first.due_at, first.every) == (before(days=3) + WEEKLY, WEEKLY)
    assert not first.is_overdue(AT)
    assert later is not None
    assert later.is_overdue(AT)


def test_whoever_is_not_new_is_due_once_a_month() -> None:
    due = supervision_due(AT - NEW_FOR, before(days=29), AT)

    assert due is not None
    assert (due.due_at, due.every) == (before(days=29) + MONTHLY, MONTHLY)
    assert due.is_soon(AT)
    assert not due.is_overdue(AT)


def test_nothing_is_due_to_whoever_has_not_begun() -> None:
    assert supervision_due(None, None, AT) is None


def test_a_certificate_counts_through_its_last_day_here() -> None:
    assert ends_at(date(2026, 11, 30)) == datetime(2026, 12, 1, tzinfo=HERE)
    assert not is_lapsed([date(2026, 11, 30)], AT)
    assert is_lapsed([date(2026, 11, 30)], datetime(2026, 11, 30, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kept", "lapsed"),
    [
        ([], False),
        ([date(2026, 11, 29)], True),
        ([date(2026, 11, 29), date(2027, 1, 1)], False),
        ([date(2026, 11, 29), None], False),
    ],
)
def test_only_who_has_certificates_that_have_all_ended_has_lost_it(
    kept: list[date | None], *, lapsed: bool
) -> None:
    assert is_lapsed(kept, AT) is lapsed


@pytest.mark.parametrize(("days", "warned"), [(31, False), (29, True), (0, True), (-5, True)])
def test_an_end_is_told_thirty_days_before(days: int, *, warned: bool) -> None:
    last = AT.astimezone(HERE).date() + timedelta(days=days)

    assert ends_soon(last, AT) is warned
    assert not ends_soon(None, AT)


def test_a_call_in_imminent_danger_is_reviewed_first() -> None:
    assert review_due(AT, imminent=True) == AT + IMMINENT_REVIEW_WITHIN
    assert review_due(AT, imminent=False) > review_due(AT, imminent=True)
