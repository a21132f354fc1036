"""What is piped in is taken as it was meant; what cannot work is said in one sentence."""

import asyncio

import pytest
from typer.testing import CliRunner, Result

from hotline.cli import app
from hotline.staff.passwords import password_fits, pin_fits
from hotline.staff.training import give_training_secrets
from hotline.storage.session import Database
from hotline.storage.tables import Staff, Station, StationContact
from hotline.storage.vault import make_key

GOOD, PIN = "correct horse battery", "482913"


@pytest.fixture
async def installed(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Database:
    """An account and a contact in the database that the commands find in their settings."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_url)
    async with database.work() as work:
        work.add(Station(id="s", name="站", name_en="S", division="44", phone="02000000001"))
        work.add(Staff(id="li", username="li", name="Li", password_hash=""))
        await work.flush()
        contact = StationContact(
            id="c", station_id="s", rank=0, name="值班", phone="02000000002", pin_hash=""
        )
        work.add(contact)
    return database


async def told(*words: str, piped: str = "") -> Result:
    """A command has an event loop of its own: here it runs beside the test's."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(words), input=piped)


@pytest.mark.anyio
@pytest.mark.parametrize("piped", [GOOD, f"{GOOD}\n", f"{GOOD}\r\n", f"\ufeff{GOOD}\r\n"], ids=repr)
async def test_a_piped_password_is_what_stands_in_its_line(installed: Database, piped: str) -> None:
    done = await told("staff", "password", "li", piped=piped)

    async with installed.work() as work:
        li = await work.get_one(Staff, "li")
    assert done.output == "The password of li is set.\n"
    assert await password_fits(GOOD, li.password_hash)


@pytest.mark.anyio
async def test_a_secret_for_a_webhook_is_shown_once_and_kept_sealed(
    installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_ENCRYPTION_KEYS", make_key())
    async with installed.work() as work:
        (await work.get_one(StationContact, "c")).webhook_url = "https://station.test/x"

    done = await told("stations", "webhook-secret", "s", "1")

    secret = done.output.strip()
    async with installed.work() as work:
        kept = (await work.get_one(StationContact, "c")).webhook_secret_sealed
    assert len(secret) > 40
    assert kept
    assert secret not in kept


@pytest.mark.anyio
async def test_a_pin_is_set_for_the_contact_that_was_meant(installed: Database) -> None:
    done = await told("stations", "pin", "s", "1", piped=f"{PIN}\r\n")

    async with installed.work() as work:
        contact = await work.get_one(StationContact, "c")
    assert done.output == "The PIN of 值班 (s) is set.\n"
    assert await pin_fits(PIN, contact.pin_hash)


@pytest.mark.anyio
@pytest.mark.usefixtures("installed")
async def test_the_gaps_of_the_stations_end_with_a_one_and_say_what_to_do() -> None:
    done = await told("stations", "check")

    assert done.exit_code == 1
    assert "广州市天河区 (440106) has no station" in done.output
    assert "set one with `hotline stations pin s 1`" in done.output


@pytest.mark.anyio
async def test_a_weak_password_is_refused_in_one_sentence(installed: Database) -> None:
    done = await told("staff", "password", "li", piped="hotline-demo\n")

    assert done.exit_code == 1
    assert "too easy to guess" in done.output


@pytest.mark.anyio
async def test_a_real_line_does_not_serve_with_the_secrets_of_the_demo(
    installed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_PUBLIC_URL", "https://hotline.example")
    async with installed.work() as work:
        await give_training_secrets(work)

    done = await told("serve")

    assert done.exit_code == 1
    assert "The account li has a password of the demo" in done.output
    assert "`hotline stations pin s 1`" in done.output


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgres://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("postgresql://nobody@127.0.0.1:port/none", "a port that is no number"),
        ("{server}/nowhere", "There is no such database"),
        ("{server}/postgres", "run `hotline migrate`"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_without_a_trace(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    server = postgres_url.rpartition("/")[0].replace("postgresql+psycopg", "postgres")
    monkeypatch.setenv("HOTLINE_DATABASE_URL", url.format(server=server))

    done = CliRunner().invoke(app, ["staff", "password", "li"], input=GOOD)

    assert done.exit_code == 1
    assert says in done.output
    assert len(done.output.splitlines()) == 1


def test_a_schema_cannot_be_brought_to_a_database_that_is_not_there(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{postgres_url.rpartition('/')[0]}/nowhere"
    monkeypatch.setenv("HOTLINE_DATABASE_URL", url)

    done = CliRunner().invoke(app, ["migrate"])

    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert "There is no such database" in done.output
