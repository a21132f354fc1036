"""Periods are whole local days, follow each other without a gap, and are cut into parts."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.i18n.catalog import HERE
from hotline.reports.periods import Period, PeriodKind, newest_told

KINDS = st.sampled_from(list(PeriodKind))
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
PARTS = {PeriodKind.DAY: (24, 24), PeriodKind.WEEK: (7, 7), PeriodKind.MONTH: (28, 31),
         PeriodKind.YEAR: (12, 12)}  # fmt: skip


@given(KINDS, DAYS)
def test_a_day_lies_in_its_period_and_in_no_other(kind: PeriodKind, day: date) -> None:
    period = Period.around(kind, day)

    assert period.first <= day < period.end
    assert period.before.end == period.first
    assert period.after.first == period.end


@given(KINDS, DAYS)
def test_every_moment_of_it_lies_in_the_part_that_began_last(kind: PeriodKind, day: date) -> None:
    period = Period.around(kind, day)
    parts = period.parts

    assert PARTS[kind][0] <= len(parts) <= PARTS[kind][1]
    for number, at in enumerate(parts):
        assert period.part_of(at) == number
        following = parts[number + 1] if number + 1 < len(parts) else period.until
        assert period.part_of(following - timedelta(seconds=1)) == number


@pytest.mark.parametrize(
    ("kind", "name", "first"),
    [
        ("day", "2026-11-30", date(2026, 11, 30)),
        ("week", "2026-11-30", date(2026, 11, 30)),
        ("month", "2026-11", date(2026, 11, 1)),
        ("year", "2026", date(2026, 1, 1)),
    ],
)
def test_a_period_is_named_as_people_write_it(kind: str, name: str, first: date) -> None:
    period = Period.around(PeriodKind(kind), date(2026, 11, 30))

    assert (period.name, period.first) == (name, first)
    assert period.since.isoformat() == f"{first}T00:00:00+08:00"


def test_a_year_has_its_twelve_months_and_a_month_its_days() -> None:
    year = Period.around(PeriodKind.YEAR, date(2024, 6, 1))

    assert [one.first.month for one in year.months] == list(range(1, 13))
    assert sum(len(one.days) for one in year.months) == len(year.days) == 366


@pytest.mark.parametrize(
    ("kind", "at", "newest"),
    [
        (PeriodKind.DAY, "2026-03-02T07:59", "2026-02-28"),
        (PeriodKind.DAY, "2026-03-02T08:00", "2026-03-01"),
        (PeriodKind.WEEK, "2026-03-02T08:00", "2026-02-23"),
        (PeriodKind.MONTH, "2026-03-04T07:59", "2026-01"),
        (PeriodKind.MONTH, "2026-03-04T08:00", "2026-02"),
        (PeriodKind.YEAR, "2026-01-04T08:00", "2025"),
    ],
)
def test_people_are_told_in_the_morning_of_what_is_over_or_closed(
    kind: PeriodKind, at: str, newest: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=HERE)

    assert newest_told(kind, moment).name == newest
