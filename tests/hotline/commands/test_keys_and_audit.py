"""What the commands say of keys and of the audit, with texts and sounds sealed by an old key."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from hotline.bootstrap import look_at_keys
from hotline.cli import app
from hotline.commands.keys import ONE_AT_A_TIME
from hotline.errors import SettingsError
from hotline.recordings.resealing import reseal_sounds
from hotline.recordings.sealing import PIECE, SealedFile, SealingFile
from hotline.settings import read_settings
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Database
from hotline.storage.tables import Call, CallEntry, CallRecording, Line, Record, Staff
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON

pytestmark = pytest.mark.anyio

OLD, NEW = make_key(), make_key()
SOUND = bytes(range(256)) * 600  # more than two pieces
STORY = "我想回家"


@dataclass
class SealedHouse:
    """A database with a record and a recording of the old key; `keys` changes the setting."""

    database: Database
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def keys(self, keys: str) -> None:
        self.monkeypatch.setenv("HOTLINE_ENCRYPTION_KEYS", keys)

    async def told(self, *words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, list(words))

    async def recording(self) -> CallRecording:
        async with self.database.work() as work:
            return (await work.exec(select(CallRecording))).one()

    async def opens_with(self, keys: str) -> bool:
        one, vault = await self.recording(), Vault(keys)
        async with self.database.work() as work:
            record = (await work.exec(select(Record))).one()
        file = SealedFile(self.folder / one.path, one.id, key_id=one.key_id, size=one.size)
        heard = b"".join(file.read(vault, 0, one.size))
        return heard == SOUND and open_cell(vault, record, "narrative_sealed") == STORY

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*/*"))


@pytest.fixture
async def house(
    database: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> SealedHouse:
    for name, value in (
        ("DATABASE_URL", postgres_url), ("DATA_DIR", str(tmp_path)), ("ENCRYPTION_KEYS", OLD),
        ("SECRET_KEY", "kept for ever and a day"),
    ):  # fmt: skip
        monkeypatch.setenv(f"HOTLINE_{name}", value)
    vault, folder = Vault(OLD), tmp_path / "recordings"
    with SealingFile(folder / "re" / "re1.sealed", "re1", vault) as file:
        file.write(SOUND)
        sha256 = file.finish()
    record = Record(call_id="c", staff_id="li", contact_type="", risk="", disposition="",
                    saved_at=NOON)  # fmt: skip
    record.narrative_sealed = seal_cell(vault, record, "narrative_sealed", STORY)
    rows = (
        Line(id="youth", name="", name_en="", number_shown="12355", duty_phone=""),
        Staff(id="li", username="li", name="Li", password_hash=""),
        Call(id="c", carrier_sid="CA", line_id="youth", state="ended", arrived_at=NOON,
             heard_at=NOON),
        record,
        CallRecording(id="re1", call_id="c", leg_sid="CA", copy_state="deleted", due_at=NOON,
                      created_at=NOON, path="re/re1.sealed", size=len(SOUND), sha256=sha256,
                      key_id=vault.newest_key),
        CallEntry(call_id="c", at=NOON, kind="record.read", staff_id="li"),
    )  # fmt: skip
    async with database.work() as work:
        for row in rows:
            work.add(row)
            await work.flush()
    return SealedHouse(database, folder, monkeypatch)


async def test_after_a_rotation_text_and_sound_open_with_the_new_key_alone(
    house: SealedHouse,
) -> None:
    assert len(SOUND) > 2 * PIECE
    house.keys(f"{NEW},{OLD}")

    done = await house.told("keys", "rotate")

    assert done.exit_code == 0, done.output
    new, old = Vault(NEW).newest_key, Vault(OLD).newest_key
    assert f"1 texts, 1 recordings and 0 files are sealed with {new}." in done.output
    assert "No other key is needed" in done.output
    [file] = house.files()
    assert file.startswith(f"re1.{new}.")
    assert await house.opens_with(NEW)
    assert old not in (await house.told("keys", "status")).output
    again = await house.told("keys", "rotate")
    assert "0 texts, 0 recordings and 0 files" in again.output


async def test_a_sound_that_is_gone_is_named_and_no_key_is_released(house: SealedHouse) -> None:
    house.keys(f"{NEW},{OLD}")
    (house.folder / "re" / "re1.sealed").unlink()

    done = await house.told("keys", "rotate")

    assert done.exit_code == 1
    assert "recording re1" in done.output
    status = (await house.told("keys", "status")).output
    assert f"{Vault(OLD).newest_key}: something is sealed with it" in status


async def test_who_was_killed_between_file_and_row_or_after_it_leaves_nothing_behind(
    house: SealedHouse,
) -> None:
    house.keys(f"{NEW},{OLD}")
    new = Vault(NEW).newest_key
    (house.folder / "re" / f"re1.{new}.sealed").write_bytes(b"half of it")
    await house.told("keys", "rotate")
    assert await house.opens_with(NEW)

    (house.folder / "re" / "re1.sealed").write_bytes(b"the one before")
    await house.told("keys", "rotate")
    assert house.files() == [Path((await house.recording()).path).name]
    assert await house.opens_with(NEW)


async def test_a_recording_that_is_being_erased_is_left_alone(house: SealedHouse) -> None:
    async with house.database.work() as work:
        one = await work.get_one(CallRecording, "re1")
        one.lease_until = NOON.replace(year=2100)
    vault, told = Vault(f"{NEW},{OLD}"), list[str]()

    done = await reseal_sounds(house.database, vault, house.folder, at=NOON, tell=told.append)

    assert (done.files, done.broken, house.files()) == (0, [], ["re1.sealed"])


async def test_without_a_secret_of_its_own_the_last_key_stays(house: SealedHouse) -> None:
    house.keys(f"{NEW},{OLD}")
    house.monkeypatch.delenv("HOTLINE_SECRET_KEY")

    assert "leave it in the list" in (await house.told("keys", "rotate")).output


async def test_a_line_of_the_spool_keeps_its_key_needed(house: SealedHouse) -> None:
    house.keys(f"{NEW},{OLD}")
    spool = read_settings().spool_folder
    spool.mkdir(parents=True)
    (spool / "1-a.spool").write_text(f"0123abcd {Vault(OLD).seal('x', place='spool.entry')}\n")

    done = await house.told("keys", "rotate")

    assert f"Still needed: {Vault(OLD).newest_key}" in done.output


async def test_a_process_refuses_to_start_without_a_needed_key(house: SealedHouse) -> None:
    house.keys(NEW)
    with pytest.raises(SettingsError, match="is not in HOTLINE_ENCRYPTION_KEYS"):
        await look_at_keys(read_settings())
    house.keys(f"{NEW},{OLD}")
    await look_at_keys(read_settings())


async def test_callers_come_first_where_the_database_is_away(house: SealedHouse) -> None:
    house.monkeypatch.setenv("HOTLINE_DATABASE_URL", "postgresql://127.0.0.1:9/nothing")

    await look_at_keys(read_settings())


async def test_the_audit_is_verified_and_a_touched_row_ends_with_1(house: SealedHouse) -> None:
    assert "no sealed row yet. " in (await house.told("audit", "verify")).output
    async with house.database.work() as work:
        entry = (await work.exec(select(CallEntry))).one()
        assert entry.id is not None
    missing = await house.told("audit", "verify", "--head", str(house.folder / "none.jsonl"))

    assert (missing.exit_code, "holds no exported heads" in missing.output) == (1, True)


async def test_only_one_rotation_runs_at_a_time(house: SealedHouse) -> None:
    house.keys(f"{NEW},{OLD}")
    async with await house.database.connect() as other:
        await other.execute("select pg_advisory_lock(%s)", (ONE_AT_A_TIME,))
        refused = await house.told("keys", "rotate")
    done = await house.told("keys", "rotate")

    assert refused.exit_code == 1
    assert "Another `hotline keys rotate` is running" in refused.output
    assert done.exit_code == 0, done.output


async def test_sounds_that_two_seal_anew_at_once_are_still_there(house: SealedHouse) -> None:
    vault, database = Vault(f"{NEW},{OLD}"), house.database

    await asyncio.gather(
        *(
            reseal_sounds(database, vault, house.folder, at=NOON, tell=lambda _: None)
            for _ in range(2)
        )
    )

    one = await house.recording()
    file = SealedFile(house.folder / one.path, one.id, key_id=one.key_id, size=one.size)
    assert b"".join(file.read(vault, 0, one.size)) == SOUND
