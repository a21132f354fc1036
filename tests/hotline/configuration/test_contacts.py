"""Contacts of a station are known again by an id of their own, else by their phone."""

from pathlib import Path

import pytest
import yaml
from sqlmodel import select

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.storage.session import Database
from hotline.storage.tables import StationContact
from tests.fakes import NOON
from tests.hotline.configuration.conftest import GUANGDONG, copied

pytestmark = pytest.mark.anyio

LAST = {"name": "值班", "phone": "+862000000202"}


def with_contacts(folder: Path, *contacts: dict[str, str]) -> Path:
    """The folder, with these contacts at the station that has two."""
    file = folder / "stations.yaml"
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    [station] = [one for one in data["stations"] if one["id"] == "gz-tianhe"]
    station["contacts"] = list(contacts)
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


async def applied(database: Database, folder: Path) -> list[str]:
    async with database.work() as work:
        told = await apply(work, load_folder(folder), at=NOON)
    return [line for line in told if line.startswith("station gz-tianhe:")]


async def contacts(database: Database) -> dict[str, StationContact]:
    """Those who are rung, by their key."""
    async with database.work() as work:
        query = select(StationContact).where(
            StationContact.station_id == "gz-tianhe", StationContact.active
        )
        return {one.key: one for one in (await work.exec(query)).all()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real configuration."""
    return copied(tmp_path)


async def test_two_contacts_of_one_name_are_two_and_stay_the_same_two(
    database: Database, folder: Path
) -> None:
    with_contacts(folder, LAST, {**LAST, "phone": "02000000203"})
    await applied(database, folder)
    first = await contacts(database)

    told = await applied(database, folder)

    assert told == []
    assert {key: one.id for key, one in (await contacts(database)).items()} == {
        key: one.id for key, one in first.items()
    }
    assert len(first) == 2


async def test_a_contact_who_is_called_otherwise_is_the_same_contact(
    database: Database, folder: Path
) -> None:
    await applied(database, with_contacts(folder, LAST))
    before = await contacts(database)

    await applied(database, with_contacts(folder, {**LAST, "name": "夜班"}))

    after = await contacts(database)
    assert after[LAST["phone"]].id == before[LAST["phone"]].id
    assert after[LAST["phone"]].name == "夜班"


async def test_a_contact_of_the_same_name_with_another_phone_is_somebody_else(
    database: Database, folder: Path
) -> None:
    await applied(database, with_contacts(folder, LAST))
    before = await contacts(database)

    await applied(database, with_contacts(folder, {**LAST, "phone": "02000000299"}))

    [after] = (await contacts(database)).values()
    assert after.id != before[LAST["phone"]].id


async def test_a_contact_with_an_id_is_the_same_with_another_phone(
    database: Database, folder: Path
) -> None:
    await applied(database, with_contacts(folder, LAST | {"id": "duty"}))
    before = await contacts(database)

    moved = LAST | {"id": "duty", "name": "夜班", "phone": "02000000299"}
    await applied(database, with_contacts(folder, moved))

    after = await contacts(database)
    assert (after["duty"].id, after["duty"].phone) == (before["duty"].id, "+862000000299")


async def test_an_id_that_is_given_later_makes_nobody_new(database: Database, folder: Path) -> None:
    await applied(database, with_contacts(folder, LAST))
    before = await contacts(database)

    await applied(database, with_contacts(folder, LAST | {"id": "duty"}))

    assert (await contacts(database))["duty"].id == before[LAST["phone"]].id


@pytest.mark.parametrize(
    "second",
    [{"id": "duty", "phone": "02000000299"}, {"phone": "+862000000202"}],
    ids=["the same id", "the same phone and no id"],
)
async def test_a_second_contact_who_could_be_the_first_is_refused(
    folder: Path, second: dict[str, str]
) -> None:
    first = LAST | {"id": "duty"} if "id" in second else LAST
    with_contacts(folder, first, LAST | second)

    with pytest.raises(ConfigError, match=r"stations\.yaml:\d+: a second contact"):
        load_folder(folder)


async def test_the_real_files_are_applied_as_before(database: Database) -> None:
    await applied(database, GUANGDONG)

    assert len(await contacts(database)) == 2
