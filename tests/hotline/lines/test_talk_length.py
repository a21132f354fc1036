"""After how long a counselor is reminded of the time."""

import pytest

from hotline.lines.talk_length import TalkLengthFile, talk_length_of
from hotline.storage.tables import Line


@pytest.mark.parametrize(
    ("minutes", "in_danger", "reached", "is_long"),
    [
        (49, False, 0, False),
        (50, False, 50, False),
        (60, False, 60, True),
        (200, False, 60, True),
        (60, True, 0, False),
        (90, True, 90, True),
    ],
)
def test_the_defaults_give_a_caller_in_danger_more_time(
    *, minutes: float, in_danger: bool, reached: int, is_long: bool
) -> None:
    rule = TalkLengthFile()

    assert rule.reached(minutes, in_danger=in_danger) == reached
    assert rule.is_long(minutes, in_danger=in_danger) is is_long


def test_a_line_may_have_its_own_times_or_none() -> None:
    line = Line(id="a", name="", name_en="", number_shown="", talk_length={"minutes": []})

    rule = talk_length_of(line)

    assert not rule.is_long(500, in_danger=False)
    assert rule.reached(500, in_danger=False) == 0
    assert rule.is_long(90, in_danger=True)


def test_what_cannot_be_read_leaves_the_defaults() -> None:
    line = Line(id="a", name="", name_en="", number_shown="", talk_length={"minutes": "soon"})

    assert talk_length_of(line).minutes == [50, 60]
