"""A real line does not start with the secrets of the demo."""

import pytest

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.errors import Invalid, NotFound, SettingsError
from hotline.staff.passwords import (
    contacts_without_pin,
    hash_pin,
    password_fits,
    pin_fits,
    set_password,
    set_pin,
)
from hotline.staff.training import (
    PASSWORD,
    PINS,
    give_training_secrets,
    look_at_secrets,
    refuse_training_secrets,
)
from hotline.storage.session import Database
from hotline.storage.tables import Staff, Station, StationContact
from tests.fakes import FakeClock
from tests.harness.prepare import GUANGDONG

pytestmark = pytest.mark.anyio


@pytest.fixture
async def small(database: Database) -> Database:
    """One account and one contact, without secrets."""
    async with database.work() as work:
        work.add(Station(id="s", name="站", name_en="S", division="44", phone="02000000001"))
        work.add(Staff(id="li", username="li", name="Li", password_hash=""))
        await work.flush()
        contact = StationContact(
            id="c", station_id="s", rank=0, name="值班", phone="02000000002", pin_hash=""
        )
        work.add(contact)
    return database


async def refusal(database: Database) -> str:
    async with database.work() as work:
        try:
            await refuse_training_secrets(work)
        except SettingsError as fault:
            return fault.public
    return ""


async def test_the_shipped_files_give_nobody_a_secret(database: Database, clock: FakeClock) -> None:
    async with database.work() as work:
        await apply(work, load_folder(GUANGDONG), at=clock.now())

    assert await refusal(database) == ""


async def test_accounts_and_contacts_of_the_demo_are_named_one_sentence_each(
    small: Database,
) -> None:
    async with small.work() as work:
        await give_training_secrets(work)

    assert (await refusal(small)).splitlines() == [
        "The account li has a password of the demo: set another with `hotline staff password li`.",
        "Contact 1 of station s has a PIN of the demo: set another with"
        " `hotline stations pin s 1`.",
    ]


@pytest.mark.parametrize("pin", PINS.values())
async def test_every_pin_that_was_ever_shipped_is_found_after_an_update(
    small: Database, pin: str
) -> None:
    async with small.work() as work:
        (await work.get_one(StationContact, "c")).pin_hash = await hash_pin(pin)
    async with small.work() as work:
        await look_at_secrets(work)

    assert "Contact 1 of station s has a PIN of the demo" in await refusal(small)


async def test_secrets_that_people_chose_before_an_update_are_good(small: Database) -> None:
    async with small.work() as work:
        (await work.get_one(StationContact, "c")).pin_hash = await hash_pin("482913")
    async with small.work() as work:
        await look_at_secrets(work)

    assert await refusal(small) == ""


async def test_what_people_set_themselves_is_good_at_once(small: Database) -> None:
    async with small.work() as work:
        await give_training_secrets(work)
    async with small.work() as work:
        await set_password(work, "li", "correct horse battery")
        name = await set_pin(work, "s", 1, "482913")

    async with small.work() as work:
        li, contact = await work.get_one(Staff, "li"), await work.get_one(StationContact, "c")
    assert name == "值班"
    assert await refusal(small) == ""
    assert not await password_fits(PASSWORD, li.password_hash)
    assert await pin_fits("482913", contact.pin_hash)


async def test_the_demos_own_secrets_cannot_be_set(small: Database) -> None:
    async with small.work() as work:
        with pytest.raises(Invalid):
            await set_password(work, "li", PASSWORD)
        with pytest.raises(Invalid):
            await set_pin(work, "s", 1, "1230")


async def test_a_contact_that_is_not_there_is_told(small: Database) -> None:
    async with small.work() as work:
        with pytest.raises(NotFound, match="no contact 2 of a station s"):
            await set_pin(work, "s", 2, "482913")


async def test_a_contact_without_a_pin_is_told_since_it_cannot_acknowledge(
    small: Database,
) -> None:
    async with small.work() as work:
        (said,) = await contacts_without_pin(work)

    assert said.startswith("Contact 1 of station s has no PIN and cannot acknowledge")
