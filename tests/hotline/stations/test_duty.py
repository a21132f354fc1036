"""Whom of a station to ring at a moment: by its roster, and everybody in the end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.lines.hours import SHANGHAI, OpenSpan
from hotline.stations.duty import DayOff, DutyRules, DutyShift, has_duty, is_there, on_duty

EVERY_DAY = frozenset(range(7))
MONDAY = date(2026, 11, 30)
DAY = OpenSpan(EVERY_DAY, 8 * 60, 20 * 60)
NIGHT = OpenSpan(EVERY_DAY, 20 * 60, 8 * 60)
TEAM = ("chief", "day", "night", "spare")


def at(hour: int, minute: int = 0, *, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def rules(*more: DutyShift, off: tuple[DayOff, ...] = (), handover: int = 0) -> DutyRules:
    week = (DutyShift(DAY, "day", ("spare",)), DutyShift(NIGHT, "night", ("chief",)))
    return DutyRules(TEAM, (*week, *more), off, timedelta(minutes=handover))


@pytest.mark.parametrize(
    ("moment", "order"),
    [
        (at(7, 59), ("night", "chief", "day", "spare")),
        (at(8), ("day", "spare", "chief", "night")),
        (at(19, 59), ("day", "spare", "chief", "night")),
        (at(20), ("night", "chief", "day", "spare")),
        (at(0), ("night", "chief", "day", "spare")),
        (at(2), ("night", "chief", "day", "spare")),
    ],
)
def test_who_has_the_duty_is_rung_first_then_the_deputy_then_the_others_by_rank(
    moment: datetime, order: tuple[str, ...]
) -> None:
    assert on_duty(rules(), moment) == order


def test_a_station_without_a_roster_is_rung_by_rank() -> None:
    assert on_duty(DutyRules(TEAM), at(3)) == TEAM


def test_a_night_that_began_on_sunday_lasts_into_a_monday_that_has_none() -> None:
    sundays = DutyRules(TEAM, (DutyShift(OpenSpan(frozenset({6}), 1320, 360), "night"),))

    assert on_duty(sundays, at(5, 59))[0] == "night"
    assert on_duty(sundays, at(6))[0] == "chief"
    assert on_duty(sundays, at(23))[0] == "chief"


def test_a_date_goes_before_the_week_for_as_long_as_its_shift_lasts() -> None:
    festival = DutyShift(OpenSpan(frozenset(), 9 * 60, 12 * 60), "chief", ("night",), day=MONDAY)

    assert on_duty(rules(festival), at(8, 59))[0] == "day"
    assert on_duty(rules(festival), at(9))[:2] == ("chief", "night")
    assert on_duty(rules(festival), at(12))[0] == "day"
    assert on_duty(rules(festival), at(9, day=date(2026, 12, 1)))[0] == "day"


def test_a_date_past_midnight_counts_on_the_morning_after() -> None:
    festival = DutyShift(OpenSpan(frozenset(), 20 * 60, 8 * 60), "spare", day=MONDAY)

    assert on_duty(rules(festival), at(7, 59, day=date(2026, 12, 1)))[0] == "spare"
    assert on_duty(rules(festival), at(7, 59))[0] == "night"


def test_who_has_the_day_off_is_rung_last_and_the_deputy_in_their_place() -> None:
    away = rules(off=(DayOff(MONDAY, "day"),))

    assert on_duty(away, at(10)) == ("spare", "chief", "night", "day")


def test_a_night_is_not_begun_on_a_day_off_nor_come_back_to_after_midnight() -> None:
    away = rules(off=(DayOff(MONDAY, "night"),))

    assert on_duty(away, at(23)) == ("chief", "day", "spare", "night")
    assert on_duty(away, at(2, day=date(2026, 12, 1)))[0] == "chief"


def test_where_all_are_away_all_are_rung_all_the_same() -> None:
    away = rules(off=tuple(DayOff(MONDAY, one) for one in TEAM))

    assert sorted(on_duty(away, at(10))) == sorted(TEAM)


def test_who_has_just_handed_over_comes_before_those_who_had_no_duty() -> None:
    handing = rules(handover=15)

    assert on_duty(handing, at(8, 14)) == ("day", "spare", "night", "chief")
    assert on_duty(handing, at(8, 15)) == ("day", "spare", "chief", "night")


def test_a_contact_who_left_has_no_duty_any_more() -> None:
    left = DutyRules(("day",), (DutyShift(NIGHT, "night"), DutyShift(DAY, "day")))

    assert on_duty(left, at(2)) == ("day",)
    assert not has_duty(left, at(2))
    assert has_duty(left, at(9))


@pytest.mark.parametrize(("hour", "there"), [(7, False), (9, True), (18, True), (21, False)])
def test_a_station_is_there_in_its_hours_and_while_somebody_has_the_duty(
    hour: int, *, there: bool
) -> None:
    evening = DutyShift(OpenSpan(EVERY_DAY, 17 * 60, 20 * 60), "day")
    office = (OpenSpan(frozenset(range(5)), 8 * 60, 17 * 60),)

    assert is_there(DutyRules(TEAM, (evening,), hours=office), at(hour)) is there


def test_without_hours_a_station_is_there_round_the_clock() -> None:
    assert is_there(DutyRules(TEAM), at(3))


# ── whatever a roster says ──────────────────────────────────────────────────────────────────────

NAMES = st.sampled_from([*TEAM, "left"])
MINUTES = st.integers(0, 1439)
DATES = st.dates(date(2026, 11, 27), date(2026, 12, 3))


@st.composite
def shifts(draw: st.DrawFn) -> DutyShift:
    day = draw(st.none() | DATES)
    span = OpenSpan(frozenset(draw(st.sets(st.integers(0, 6)))), draw(MINUTES), draw(MINUTES))
    return DutyShift(span, draw(NAMES), tuple(draw(st.lists(NAMES, max_size=3))), day)


ROSTERS = st.builds(
    DutyRules,
    contacts=st.permutations(TEAM).map(tuple),
    shifts=st.lists(shifts(), max_size=5).map(tuple),
    off=st.lists(st.builds(DayOff, DATES, NAMES), max_size=4).map(tuple),
    handover=st.integers(0, 120).map(lambda minutes: timedelta(minutes=minutes)),
)
MOMENTS = st.integers(0, 4 * 24 * 60).map(
    lambda minutes: datetime(2026, 11, 28, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)
EXAMPLES = settings(max_examples=80, deadline=None, derandomize=True, database=None)


@EXAMPLES
@given(ROSTERS, MOMENTS)
def test_every_contact_is_rung_exactly_once_and_nobody_else(
    roster: DutyRules, moment: datetime
) -> None:
    assert sorted(on_duty(roster, moment)) == sorted(roster.contacts)


@EXAMPLES
@given(ROSTERS, MOMENTS)
def test_nobody_with_the_day_off_is_rung_before_somebody_without(
    roster: DutyRules, moment: datetime
) -> None:
    away = {one.contact for one in roster.off if one.day == moment.date()}

    order = [one in away for one in on_duty(roster, moment)]

    assert order == sorted(order)


@EXAMPLES
@given(ROSTERS, MOMENTS)
def test_the_clock_of_the_machine_does_not_matter(roster: DutyRules, moment: datetime) -> None:
    assert on_duty(roster, moment) == on_duty(roster, moment.astimezone(UTC))


@EXAMPLES
@given(ROSTERS, MOMENTS, NAMES)
def test_a_shift_of_the_date_that_runs_is_always_heard_first(
    roster: DutyRules, moment: datetime, name: str
) -> None:
    minute = moment.hour * 60 + moment.minute
    span = OpenSpan(frozenset(), minute, minute + 1)
    today = DutyShift(span, name, day=moment.date())
    weekly = tuple(one for one in roster.shifts if one.day is None)
    off = tuple(one for one in roster.off if one.contact != name)
    asked = DutyRules(roster.contacts, (*weekly, today), off)

    assert name == "left" or on_duty(asked, moment)[0] == name
