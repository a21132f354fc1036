"""Weekly shifts as quarter hours, and how they are said."""

import pytest

from routing.policy.roster import ALWAYS, HourWords, in_words, moment_in_words, shift, staffed
from tests.routing.policy.people import CHEN, EVERY_DAY, LI, on_duty

WEEKDAYS = range(5)


@pytest.mark.parametrize(
    ("quarters", "said"),
    [
        (ALWAYS, "round the clock"),
        (0, ""),
        (shift(WEEKDAYS, 8 * 60, 16 * 60), "Mon-Fri 08:00-16:00"),
        (shift([0], 0, 24 * 60) | shift([2], 0, 24 * 60), "Mon 00:00-24:00, Wed 00:00-24:00"),
        (shift([5, 6], 9 * 60, 10 * 60), "Sat-Sun 09:00-10:00"),
        (shift([1], 540, 600) | shift([1], 840, 900), "Tue 09:00-10:00 and 14:00-15:00"),
        (shift([6], 22 * 60, 6 * 60), "Mon 00:00-06:00, Sun 22:00-24:00"),
        (shift([3], 8 * 60 + 10, 9 * 60 + 5), "Thu 08:15-09:00"),
        (shift([4], 8 * 60, 8 * 60), "Fri 08:00-24:00, Sat 00:00-08:00"),
    ],
)
def test_hours_are_said_with_like_days_together(quarters: int, said: str) -> None:
    assert in_words(quarters) == said


def test_hours_are_said_in_the_words_of_the_reader() -> None:
    words = HourWords(("一", "二", "三", "四", "五", "六", "日"), "及", "、", "全天候")
    split = shift([0, 1], 540, 600) | shift([0, 1], 840, 900) | shift([4], 0, 60)

    assert in_words(split, words) == "一-二 09:00-10:00及14:00-15:00、五 00:00-01:00"
    assert in_words(ALWAYS, words) == "全天候"
    assert moment_in_words(6 * 96 + 12, words) == "日 03:00"


def test_a_quarter_counts_as_staffed_only_with_so_many_in_it() -> None:
    morning = on_duty(LI, shift(EVERY_DAY, 8 * 60, 14 * 60))
    afternoon = on_duty(CHEN, shift(EVERY_DAY, 12 * 60, 20 * 60))

    assert in_words(staffed([morning, afternoon])) == "Mon-Sun 08:00-20:00"
    assert in_words(staffed([morning, afternoon], 2)) == "Mon-Sun 12:00-14:00"
    assert staffed([morning, afternoon], 3) == 0
    assert staffed([]) == 0


def test_a_shift_shorter_than_a_quarter_staffs_none() -> None:
    assert shift([3], 8 * 60 + 5, 8 * 60 + 10) == 0
