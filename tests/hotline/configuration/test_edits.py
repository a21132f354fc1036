"""Single values are changed in a file's text: all else stays as somebody wrote it."""

import yaml

from hotline.configuration.edits import set_calendar, set_fields

LINES = """\
# ours
calendar:
  - {date: 2027-02-05, is: holiday, reason: 除夕}   # from the notice
  - {date: "2027-03-08", is: closed, reason: training, lines: [legal]}

lines:
  - id: youth    # the first
    numbers: ["12355"]   # dialled
    duty_phone: "02000000010"
    recording: {when: never, keep_days: 30}
    hours:
      - {days: [mon], from: "08:00", to: "12:00"}
      # in the afternoon
      - {days: [mon], from: "14:00", to: "18:00"}

  # The second.
  - {id: legal, numbers: ["12348"]}
"""


def test_only_the_changed_value_is_written_anew() -> None:
    text = set_fields(LINES, "lines", "youth", {"numbers": ["12355", "12356"]})

    assert text == LINES.replace('["12355"]', "['12355', '12356']")


def test_what_is_the_same_changes_nothing() -> None:
    text = set_fields(LINES, "lines", "youth", {"numbers": ["12355"], "recording.keep_days": 30})

    assert text == LINES


def test_a_time_is_written_so_that_it_is_read_as_one() -> None:
    hours = [{"days": ["sat"], "from": "12:30", "to": "17:30"}]

    text = set_fields(LINES, "lines", "youth", {"hours": hours})

    assert yaml.safe_load(text)["lines"][0]["hours"] == hours
    assert "  # The second.\n" in text


def test_nothing_takes_the_name_away() -> None:
    text = set_fields(LINES, "lines", "youth", {"duty_phone": None, "hours": None})

    assert set(yaml.safe_load(text)["lines"][0]) == {"id", "numbers", "recording"}
    assert "# The second." in text


def test_a_part_keeps_what_was_not_changed_of_it() -> None:
    text = set_fields(LINES, "lines", "youth", {"recording.keep_days": 60})

    assert yaml.safe_load(text)["lines"][0]["recording"] == {"when": "never", "keep_days": 60}


def test_an_entry_on_one_line_stays_on_one() -> None:
    text = set_fields(LINES, "lines", "legal", {"duty_phone": "02000000011"})

    assert text.splitlines()[-1] == "  - {id: legal, numbers: ['12348'], duty_phone: '02000000011'}"


def test_an_entry_that_is_new_goes_to_the_end() -> None:
    text = set_fields("staff:\n  - username: li\n", "staff", "wu", {"skills.languages": {"cmn": 5}})

    assert yaml.safe_load(text)["staff"][1] == {
        "username": "wu",
        "skills": {"languages": {"cmn": 5}},
    }


def test_dates_of_other_lines_are_not_touched() -> None:
    day = {"date": "2027-02-05", "is": "holiday", "reason": "除夕", "lines": None}
    new = {"date": "2027-06-01", "is": "closed", "reason": "moving", "lines": ["youth"]}

    same = set_calendar(LINES, "youth", [day])
    text = set_calendar(LINES, "youth", [new])

    assert same == LINES
    assert [one["reason"] for one in yaml.safe_load(text)["calendar"]] == ["training", "moving"]
