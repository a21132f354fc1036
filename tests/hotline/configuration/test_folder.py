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


def second_line(folder: Path, *, numbers: str, default: str = "false") -> None:
    """One more line, with these numbers."""
    text = (folder / "lines.yaml").read_text(encoding="utf-8")
    text += f"""  - id: second
    name: 第二
    name_en: Second
    numbers: {numbers}
    default: {default}  # SECOND
    number_shown: "12338"
    station: gz-tianhe
    languages: [cmn]
    flow: flows/youth-12355.yaml
"""
    (folder / "lines.yaml").write_text(text, encoding="utf-8")


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
        of_line = select(PhoneNumber.number).where(PhoneNumber.line_id == "youth-12355")
        numbers = (await work.exec(of_line)).all()
        contacts = (await work.exec(select(StationContact))).all()
        people = (await work.exec(select(Staff))).all()
        presences = (await work.exec(select(Presence))).all()

    assert line.station_id == "gz-tianhe"
    assert sorted(numbers) == ["+862000000050", "+862012355", "12355"]
    assert {contact.pin_hash for contact in contacts} == {""}
    assert {person.password_hash for person in people} == {""}
    assert len(presences) == len(people)


@pytest.mark.anyio
async def test_numbers_are_kept_in_one_form_however_the_files_write_them(
    database: Database, clock: FakeClock, folder: Path
) -> None:
    spoil(folder, "lines.yaml", '"020-12355"', '"０２０ 12355", "sip:+862012355@trunk.example"')
    spoil(folder, "lines.yaml", 'duty_phone: "02000000010"', 'duty_phone: "tel:020-0000-0010"')
    spoil(folder, "staff.yaml", 'own_phone: "15400000301"', 'own_phone: "154 0000 0301"')

    async with database.work() as work:
        await apply(work, load_folder(folder), at=clock.now())

    async with database.work() as work:
        of_line = select(PhoneNumber.number).where(PhoneNumber.line_id == "youth-12355")
        numbers = (await work.exec(of_line)).all()
        duty_phone = (await work.get_one(Line, "youth-12355")).duty_phone
        own_phones = (await work.exec(select(Staff.own_phone).where(Staff.own_phone != ""))).all()
        phones = (await work.exec(select(StationContact.phone))).all()
    assert sorted(numbers) == ["+862000000050", "+862012355", "12355"]
    assert (duty_phone, own_phones) == ("+862000000010", ["+8615400000301"])
    assert all(phone.startswith("+86") for phone in phones)


def test_one_number_in_two_spellings_cannot_belong_to_two_lines(folder: Path) -> None:
    second_line(folder, numbers='["+8612355"]')

    with pytest.raises(ConfigError, match="12355 already belongs to line youth-12355"):
        load_folder(folder)


def test_only_one_line_can_be_the_default(folder: Path) -> None:
    second_line(folder, numbers='["12399"]', default="true")

    with pytest.raises(ConfigError, match="line youth-12355 is the default already") as told:
        load_folder(folder)

    assert str(told.value).startswith(f"lines.yaml:{line_of(folder, 'lines.yaml', 'SECOND')}: ")


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
        ("lines.yaml", '"020-12355"', '"ask the operator"', "operator", "a telephone number of"),
        ("lines.yaml", '"020-12355"', "02012355", "02012355]", "a telephone number of"),
        ("lines.yaml", "[CN]", "[China]", "[China]", "a country in two capital letters"),
        ("stations.yaml", "parent: gz-city", "parent: gz-tianhe", "gz-tianhe", "lead back"),
        ("stations.yaml", '02"}', '02", pin: "1230"}', 'pin: "1230"', "hotline stations pin"),
        (
            "staff.yaml",
            "roles: [officer]",
            "roles: [officer]\n    password: x",
            "password: x",
            "hotline staff password",
        ),
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


@pytest.mark.anyio
async def test_a_line_keeps_whom_it_rings_when_nobody_takes_a_caller(
    database: Database, clock: FakeClock, folder: Path
) -> None:
    spoil(folder, "lines.yaml", "own_phones_s: 40", "own_phones_s: 30")

    async with database.work() as work:
        await apply(work, load_folder(folder), at=clock.now())
    async with database.work() as work:
        line = await work.get_one(Line, "youth-12355")
        query = select(Staff.username).where(Staff.rings_off_duty)
        may_be_rung = (await work.exec(query)).all()

    assert line.supervisor_phone == "+862000000011"
    assert line.alarm["danger"]["own_phones_s"] == 30
    assert may_be_rung == ["lin"]


def test_a_line_that_would_ring_nobody_is_told_by_file_and_line(folder: Path) -> None:
    spoil(folder, "lines.yaml", 'duty_phone: "02000000010"', "")
    spoil(folder, "lines.yaml", 'supervisor_phone: "02000000011"', "")
    spoil(folder, "staff.yaml", "rings_off_duty: true", "")

    before = load_folder(GUANGDONG).warnings
    told = load_folder(folder).warnings

    (added,) = [one for one in told if one not in before]
    assert added.startswith("lines.yaml:")
    assert "no phone rings for a child in danger" in added


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("lines.yaml", "pause_s: 30", "pause_s: 1", "pause_s"),
        ("lines.yaml", "any_line_s: 20", "any_line_s: soon", "any_line_s"),
        ("staff.yaml", 'own_phone: "15400000301"', "", "own_phone"),
    ],
)
def test_an_alarm_that_cannot_be_is_refused(
    folder: Path, name: str, old: str, new: str, told: str
) -> None:
    spoil(folder, name, old, new)

    with pytest.raises(ConfigError) as refused:
        load_folder(folder)

    assert name in refused.value.public
    assert told in refused.value.public


def test_two_accounts_whose_names_differ_in_case_or_width_only_are_refused(folder: Path) -> None:
    spoil(folder, "staff.yaml", "username: chen", "username: Ｌi")

    with pytest.raises(ConfigError, match="li stands here a second time"):
        load_folder(folder)
