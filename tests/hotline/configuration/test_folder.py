"""A configuration folder: good ones are applied once, bad ones are refused by file and line."""

import shutil
from pathlib import Path

import pytest
from sqlmodel import select

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.storage.session import Database
from hotline.storage.tables import Line, PhoneNumber, Presence, Staff, StationContact
from tests.fakes import FakeClock

GUANGDONG = Path(__file__).parents[3] / "deploy" / "guangdong"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real configuration, to be spoiled."""
    return Path(shutil.copytree(GUANGDONG, tmp_path / "guangdong"))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.mark.anyio
async def test_the_second_time_nothing_changes(database: Database, clock: FakeClock) -> None:
    wanted = load_folder(GUANGDONG)
    async with database.work() as work:
        first = await apply(work, wanted, at=clock.now())

    async with database.work() as work:
        second = await apply(work, wanted, at=clock.now())

    assert "line youth-12355: added" in first
    assert second == []


@pytest.mark.anyio
async def test_lines_numbers_contacts_and_people_are_there_afterwards(
    database: Database, clock: FakeClock
) -> None:
    async with database.work() as work:
        await apply(work, load_folder(GUANGDONG), at=clock.now())

    async with database.work() as work:
        line = await work.get_one(Line, "youth-12355")
        numbers = (await work.exec(select(PhoneNumber.number))).all()
        contacts = (await work.exec(select(StationContact))).all()
        people = (await work.exec(select(Staff))).all()
        presences = (await work.exec(select(Presence))).all()

    assert line.station_id == "gz-tianhe"
    assert "12355" in numbers
    assert all("1232" not in contact.pin_hash for contact in contacts)
    assert len(presences) == len(people)


@pytest.mark.anyio
async def test_whoever_left_the_files_is_switched_off(
    database: Database, clock: FakeClock, folder: Path
) -> None:
    async with database.work() as work:
        await apply(work, load_folder(folder), at=clock.now())
    spoil(folder, "staff.yaml", "username: chen", "username: chen_two")

    async with database.work() as work:
        told = await apply(work, load_folder(folder), at=clock.now())

    assert sorted(told) == ["staff chen: switched off", "staff chen_two: added"]


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "says"),
    [
        ("lines.yaml", "station: gz-tianhe", "station: nowhere", "nowhere", "not in stations.yaml"),
        ("lines.yaml", "number_shown", "numbr_shown", "numbr_shown", "numbr_shown"),
        ("stations.yaml", "parent: gz-city", "parent: gz-tianhe", "gz-tianhe", "lead back"),
        ("stations.yaml", 'pin: "1232"', 'pin: "12"', 'pin: "12"', "pin"),
        ("staff.yaml", "lines: [youth-12355]", "lines: [elders]", "elders", "not in lines.yaml"),
        ("staff.yaml", "username: chen", "username: li", "username: li", "second time"),
        ("flows/youth-12355.yaml", "silence: ", "silense: ", "silense: ", "silense"),
    ],
)
def test_a_fault_is_told_with_its_file(
    folder: Path, name: str, old: str, new: str, at: str, says: str
) -> None:
    spoil(folder, name, old, new)
    assert line_of(folder, name, at) > 0

    with pytest.raises(ConfigError) as told:
        load_folder(folder)

    assert f"{name}:" in str(told.value)
    assert says in str(told.value)


def test_a_fault_is_told_with_its_line(folder: Path) -> None:
    spoil(folder, "lines.yaml", "station: gz-tianhe", "station: nowhere")
    line = line_of(folder, "lines.yaml", "nowhere")

    with pytest.raises(ConfigError) as told:
        load_folder(folder)

    assert str(told.value).startswith(f"lines.yaml:{line}: ")


def test_a_file_that_is_no_yaml_is_told_with_the_line_where_reading_stopped(folder: Path) -> None:
    (folder / "lines.yaml").write_text("lines:\n  - id: [\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"^lines\.yaml:\d+: this is not YAML"):
        load_folder(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "staff.yaml").unlink()

    with pytest.raises(ConfigError, match=r"staff\.yaml: there is no such file"):
        load_folder(folder)


def test_two_accounts_whose_names_differ_in_case_or_width_only_are_refused(folder: Path) -> None:
    spoil(folder, "staff.yaml", "username: chen", "username: Ｌi")

    with pytest.raises(ConfigError, match="li stands here a second time"):
        load_folder(folder)
