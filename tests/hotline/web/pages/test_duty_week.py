"""The week of a station's duty, as it is drawn."""

from datetime import date, datetime

from hotline.lines.hours import SHANGHAI, OpenSpan
from hotline.stations.duty import DayOff, DutyRules, DutyShift
from hotline.web.pages.duty_week import duty_week

EVERY_DAY = frozenset(range(7))
MONDAY = datetime(2026, 11, 30, 15, 20, tzinfo=SHANGHAI)
RULES = DutyRules(
    ("day", "night"),
    (
        DutyShift(OpenSpan(EVERY_DAY, 8 * 60, 20 * 60), "day"),
        DutyShift(OpenSpan(EVERY_DAY, 22 * 60, 8 * 60), "night"),
    ),
)


def test_the_week_begins_today_and_a_night_is_drawn_on_both_its_days() -> None:
    week = duty_week(RULES, MONDAY)

    assert [day.name for day in week] == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert [(bar.contact, bar.text) for bar in week[0].bars] == [
        ("night", "00:00–08:00"),
        ("day", "08:00–20:00"),
        ("night", "22:00–24:00"),
    ]


def test_bars_fill_the_day_in_percent_and_people_differ_in_shade() -> None:
    first, second, last = duty_week(RULES, MONDAY)[3].bars

    assert (first.left, first.width) == (0, 100 / 3)
    assert last.left + last.width == 100
    assert first.shade == last.shade != second.shade


def test_a_date_and_a_day_off_are_drawn_on_their_day_alone() -> None:
    festival = DutyShift(OpenSpan(frozenset(), 8 * 60, 12 * 60), "night", day=date(2026, 12, 2))
    rules = DutyRules(
        RULES.contacts, (*RULES.shifts, festival), (DayOff(date(2026, 12, 3), "day"),)
    )

    week = duty_week(rules, MONDAY)

    assert [bar.contact for bar in week[1].bars] == ["night", "day", "night"]
    assert [bar.text for bar in week[2].bars] == ["00:00–12:00", "12:00–20:00", "22:00–24:00"]
    assert "day" not in [bar.contact for bar in week[3].bars]


def test_without_a_roster_nothing_is_drawn() -> None:
    assert duty_week(DutyRules(("day",)), MONDAY) == []
