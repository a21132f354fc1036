"""`hotline keys`: everything sealed anew with the newest key, and which keys are still needed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from hotline.clock import SystemClock
from hotline.commands.plan import in_database
from hotline.errors import HotlineError
from hotline.fieldwork.resealing import reseal_files
from hotline.fieldwork.shelf import Shelf
from hotline.lines.known_file import KnownLinesFile
from hotline.recordings.resealing import reseal_sounds
from hotline.settings import Settings, read_settings
from hotline.storage.needed_keys import all_keys_in_use, release_keys
from hotline.storage.opening import database_of, vault_of
from hotline.storage.resealing import reseal_cells
from hotline.storage.session import Database
from hotline.storage.vault import Vault

KNOWN_LINES = "known_lines"
SHOWN = 20


ONE_AT_A_TIME = 0x6B657973  # the advisory lock of whoever seals anew


class NotAllResealed(HotlineError):
    """Something does not open with the keys that there are."""


class RotatesAlready(HotlineError):
    """Another process seals everything anew at this moment."""


def say_keys() -> list[str]:
    """One line for each key that something is sealed with, or that the setting holds."""
    settings = read_settings()
    vault = vault_of(settings)
    in_use = asyncio.run(in_database(all_keys_in_use)) | keys_in_files(settings)
    known = [vault.newest_key, *sorted(in_use - {vault.newest_key})]
    return [_said_of(vault, key_id, used=key_id in in_use) for key_id in known]


def _said_of(vault: Vault, key_id: str, *, used: bool) -> str:
    if key_id == vault.newest_key:
        return f"{key_id}: seals"
    there = "" if vault.has_key(key_id) else ", and is not in HOTLINE_ENCRYPTION_KEYS"
    return f"{key_id}: something is sealed with it{there}" if used else f"{key_id}: not needed"


def rotate_keys(*, tell: Callable[[str], None]) -> str:
    """Returns what to say. Raises `NotAllResealed`, `RotatesAlready`."""
    settings = read_settings()
    return asyncio.run(_rotate_alone(settings, database_of(settings), tell))


async def _rotate_alone(settings: Settings, database: Database, tell: Callable[[str], None]) -> str:
    """The lock goes with its connection, however this ends."""
    try:
        async with await database.connect() as connection:
            asked = await connection.execute("select pg_try_advisory_lock(%s)", (ONE_AT_A_TIME,))
            if await asked.fetchone() != (True,):
                raise RotatesAlready(
                    "Another `hotline keys rotate` is running on this database. Wait for it, or"
                    " end it, and run this again: it goes on with what is left."
                )
            return await _rotate(settings, database, tell)
    finally:
        await database.close()


async def _rotate(settings: Settings, database: Database, tell: Callable[[str], None]) -> str:
    vault, clock = vault_of(settings), SystemClock()
    cells = await reseal_cells(database, vault, tell=tell)
    folder = settings.recordings_dir
    sounds = await reseal_sounds(database, vault, folder, at=clock.now(), tell=tell)
    shelf = Shelf(settings.attachments_dir, vault)
    files = await reseal_files(database, vault, shelf, tell=tell)
    reseal_file(settings.data_dir / KNOWN_LINES, vault)
    _refuse_broken([*cells.broken, *sounds.broken, *files.broken])
    async with database.work() as work:
        left = await all_keys_in_use(work)
        await release_keys(work, left | {vault.newest_key}, at=clock.now())
    left |= keys_in_files(settings)
    done = (
        f"{cells.cells} texts, {sounds.files} recordings and {files.files} files are sealed with"
        f" {vault.newest_key}."
    )
    return " ".join([done, _what_next(settings, vault, left - {vault.newest_key})])


def _refuse_broken(broken: list[str]) -> None:
    if broken:
        more = f" and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
        raise NotAllResealed(
            f"{len(broken)} do not open, so take no key out: {'; '.join(broken[:SHOWN])}{more}."
            " Bring back their key, or their file, from the backup, and run this again."
        )


def _what_next(settings: Settings, vault: Vault, left: set[str]) -> str:
    if left:
        return (
            f"Still needed: {', '.join(sorted(left))}. A process may run with older settings, or"
            " the spool of this machine is not empty: restart it, and run this again."
        )
    if not settings.secret_key and not vault.is_alone:
        return (
            "The last key also recognises numbers, since HOTLINE_SECRET_KEY is not set: leave it"
            " in the list, and take out only those between."
        )
    return "No other key is needed: take them out of HOTLINE_ENCRYPTION_KEYS, and restart."


def keys_in_files(settings: Settings) -> set[str]:
    """Of this machine's spool: a web process stores what lies there."""
    lines = [
        line
        for path in settings.spool_folder.glob("*")
        if path.suffix in (".spool", ".damaged", ".lines")
        for line in path.read_text("utf-8", "replace").splitlines()
    ]
    parts = [line.partition(" ")[2].split(".") for line in lines]
    return {part[1] for part in parts if len(part) == len(("version", "key", "body"))}


def reseal_file(path: Path, vault: Vault) -> None:
    """The lines as they were last read: one sealed text, replaced as a whole."""
    if path.is_file():
        file = KnownLinesFile(path, vault)
        lines = file.read()
        if lines:
            file.write(lines)
