"""Stations in several files, and rosters that contradict themselves."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline.configuration.apply import apply
from hotline.configuration.edits import entries_of, file_with, set_fields
from hotline.configuration.load import load_folder
from hotline.configuration.sets import read_files
from hotline.errors import ConfigError
from hotline.storage.session import Database
from hotline.storage.tables import Station
from tests.fakes import NOON
from tests.hotline.configuration.conftest import GUANGDONG, copied

pytestmark = pytest.mark.anyio

WEEKEND: dict[str, Any] = {"days": ["sat", "sun"], "from": "08:00", "to": "20:00"}
DATE: dict[str, Any] = {"date": "2027-02-06", "from": "08:00", "to": "20:00"}
DAY, NIGHT = {"contact": "day"}, {"contact": "night"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real configuration."""
    return copied(tmp_path)


def with_roster(folder: Path, **roster: Any) -> Path:
    """Shenzhen's center has this roster."""
    file = folder / "stations" / "shenzhen.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    data["stations"][0] |= {"duty": [], **roster}
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_folder(folder)
    return caught.value.public


def test_every_city_has_its_file_and_every_station_is_read() -> None:
    stations = load_folder(GUANGDONG).stations

    assert len(list((GUANGDONG / "stations").glob("*.yaml"))) == 21
    assert len(stations) > 190
    assert len({one.id for one in stations}) == len(stations)


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ({"duty": [WEEKEND | {"contact": "nobody"}]}, "shenzhen has no contact nobody: write"),
        ({"duty": [WEEKEND | DAY | {"deputies": ["x"]}]}, "shenzhen has no contact x: write"),
        ({"days_off": [{"date": "2027-02-06", "contact": "x"}]}, "shenzhen has no contact x"),
        ({"duty": [WEEKEND | DAY | {"to": "08:00"}]}, "from 08:00 to 08:00 has no length"),
        ({"duty_dates": [DATE | DAY | {"to": "08:00"}]}, "from 08:00 to 08:00 has no length"),
        ({"duty": [WEEKEND | DAY | {"deputies": ["day"]}]}, "somebody stands here twice"),
        ({"duty": [WEEKEND | DAY] * 2}, "day has another shift at the same time"),
        ({"duty_dates": [DATE | DAY] * 2}, "day has another shift at the same time"),
        (
            {"duty_dates": [DATE | DAY], "days_off": [{"date": "2027-02-06", **DAY}]},
            "day has the day off on 2027-02-06",
        ),
    ],
)
def test_a_wrong_roster_is_refused_by_file_and_line(
    folder: Path, roster: dict[str, Any], said: str
) -> None:
    told = refusal(with_roster(folder, **roster))

    assert said in told
    assert told.startswith("stations/shenzhen.yaml:")
    assert int(told.split(":")[1]) > 2


def test_a_night_that_runs_into_the_next_shift_of_the_same_person_is_refused(folder: Path) -> None:
    sunday = {"days": ["sun"], "from": "22:00", "to": "08:10", **NIGHT}
    monday = {"days": ["mon"], "from": "08:00", "to": "12:00", **NIGHT}

    assert "night has another shift" in refusal(with_roster(folder, duty=[sunday, monday]))


def test_two_people_may_have_the_duty_at_once_and_shifts_may_meet(folder: Path) -> None:
    later = WEEKEND | {"from": "20:00", "to": "08:00"} | DAY

    load_folder(with_roster(folder, duty=[WEEKEND | DAY, WEEKEND | NIGHT, later]))


def test_two_stations_that_take_what_comes_in_for_one_place_are_refused(folder: Path) -> None:
    told = refusal(with_roster(folder, division="440100"))

    assert "gz-city takes what comes in for 440100 already" in told


def test_an_account_that_is_no_officers_is_refused(folder: Path) -> None:
    contacts = [{"name": "日班", "phone": "02000300011", "account": "li"}]

    assert "li is no officer in staff.yaml" in refusal(with_roster(folder, contacts=contacts))


def test_a_station_that_stands_in_two_files_is_refused(folder: Path) -> None:
    assert "gz-tianhe stands here a second time" in refusal(with_roster(folder, id="gz-tianhe"))


def test_all_files_with_faults_are_told(folder: Path) -> None:
    for name in ("stations.yaml", "stations/foshan.yaml"):
        (folder / name).write_text("stations: [{id: a}]", encoding="utf-8")

    told = {line.split(":")[0] for line in refusal(folder).splitlines()}

    assert told == {"stations.yaml", "stations/foshan.yaml"}


async def test_a_roster_comes_into_the_row_by_the_keys_of_its_contacts(
    database: Database, folder: Path
) -> None:
    contacts = [{"id": "day", "name": "日班", "phone": "02000300011"}]
    shift = WEEKEND | {"contact": "020 0030 0011"}
    with_roster(folder, contacts=contacts, duty=[shift], handover_min=20, duty_dates=[DATE | DAY])
    async with database.work() as work:
        await apply(work, load_folder(folder), at=NOON)

    async with database.work() as work:
        row = await work.get_one(Station, "shenzhen")
        again = await apply(work, load_folder(folder), at=NOON)

    assert row.duty == {
        "weekly": [WEEKEND | DAY],
        "dates": [DATE | DAY],
        "handover_min": 20,
    }
    assert row.intake
    assert again == []


def test_a_form_writes_into_the_file_in_which_the_station_stands() -> None:
    files = read_files(GUANGDONG)

    path = file_with(files, "stations", "shenzhen-luohu")
    text = set_fields(files[path], "stations", "shenzhen-luohu", {"handover_min": 10})

    assert path == "stations/shenzhen.yaml"
    [entry] = [
        one
        for one in entries_of({**files, path: text}, "stations")
        if one["id"] == "shenzhen-luohu"
    ]
    assert entry["handover_min"] == 10
    assert file_with(files, "stations", "new") == "stations.yaml"
    assert file_with(files, "staff", "li") == "staff.yaml"
