"""Hours, holidays and partners in the files: kept, warned about, refused by file and line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.configuration.service_hours import calendar_warnings
from hotline.errors import ConfigError
from hotline.lines.hours import is_open
from hotline.storage.session import Database
from hotline.storage.tables import Line
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import GUANGDONG, copied

IN_ADVENT = datetime(2028, 12, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real configuration, to be spoiled."""
    return copied(tmp_path)


def spoil(folder: Path, old: str, new: str) -> None:
    file = folder / "lines.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.anyio
async def test_six_lines_keep_what_they_are_for_their_hours_and_who_takes_over(
    database: Database, clock: FakeClock
) -> None:
    wanted = load_folder(GUANGDONG)

    async with database.work() as work:
        await apply(work, wanted, at=clock.now())
    async with database.work() as work:
        again = await apply(work, wanted, at=clock.now())
        lines = {one.id: await work.get_one(Line, one.id) for one in wanted.lines}

    new_year = datetime(2026, 2, 17, 2, 0, tzinfo=UTC)
    assert again == []
    assert {line.kind for line in lines.values()} == {
        "youth", "mental_health", "women_children", "legal", "civil_affairs", "child_protection",
    }  # fmt: skip
    assert all(line.overflow and line.duty_phone for line in lines.values())
    assert {one for one, line in lines.items() if is_open(line, at=new_year)} == {
        "youth-12355", "mental-12356", "legal-12348", "child-protection",
    }  # fmt: skip


def test_every_line_has_counselors_and_a_supervisor() -> None:
    wanted = load_folder(GUANGDONG)

    for line in wanted.lines:
        roles = [set(one.roles) for one in wanted.staff if line.id in one.lines]
        assert sum("counselor" in one for one in roles) >= 2, line.id
        assert any("supervisor" in one for one in roles), line.id


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('from: "06:00", to: "24:00"', 'from: "07:00", to: "24:00"', "mental-12356 is served 17"),
        ("    kind: youth ", "    holidays: closed\n    kind: youth ", "youth-12355 is served 0"),
    ],
)
def test_a_line_that_is_closed_too_long_for_its_kind_is_told(
    folder: Path, old: str, new: str, told: str
) -> None:
    spoil(folder, old, new)

    (warned,) = set(load_folder(folder).warnings) - set(load_folder(GUANGDONG).warnings)

    assert warned.startswith("lines.yaml:")
    assert told in warned


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("line: child-protection}", "line: elders}", "line elders is not in this file"),
        ("line: child-protection}", "line: women-12338}", "take over from itself"),
        ('number: "02000000032"', 'number: "12338"', "a number of ours"),
        ('number: "02000000032"', 'number: ""', "leads to one place"),
        ("holidays: as_sunday", "holidays: sometimes", "`sometimes` cannot stand here"),
        ('date: "2027-02-05"', 'date: "2027-02-30"', "a date such as"),
        ("is: holiday", "is: feast", "`feast` cannot stand here"),
        (
            "is: holiday, reason: 除夕}",
            "is: holiday, reason: 除夕}\n  - {date: 2027-02-05, is: closed, reason: 再一次}",
            "2027-02-05 stands here a second time",
        ),
        ("reason: 除夕}", "reason: 除夕, lines: [elders]}", "line elders is not in this file"),
    ],
)
def test_hours_that_cannot_be_are_refused(folder: Path, old: str, new: str, told: str) -> None:
    spoil(folder, old, new)

    with pytest.raises(ConfigError) as refused:
        load_folder(folder)

    assert refused.value.public.startswith("lines.yaml:")
    assert told in refused.value.public


def test_a_year_whose_worked_weekends_nobody_knows_is_told_before_it_begins(folder: Path) -> None:
    spoil(folder, '"2027-02-05", is: holiday', '"2029-02-10", is: working_day')
    real, told_there = load_folder(GUANGDONG), load_folder(folder)

    warned = list(calendar_warnings(real.lines, real.calendar, at=IN_ADVENT))
    after = list(calendar_warnings(told_there.lines, told_there.calendar, at=IN_ADVENT))

    assert [year for year in ("2028", "2029") if any(year in one for one in warned)] == [
        "2028",
        "2029",
    ]
    assert not any("2029" in one for one in after)
