"""`hotline migrate`, `apply` and `staff`: what they do in the database."""

import asyncio
from datetime import datetime
from pathlib import Path

from hotline.clock import SystemClock
from hotline.commands.plan import in_database
from hotline.configuration import versions
from hotline.configuration.load import Configuration, load_folder
from hotline.configuration.service_hours import calendar_warnings
from hotline.configuration.sets import write_files
from hotline.errors import NotFound
from hotline.escalations.webhook_secrets import make_webhook_secret
from hotline.prompts.known import prompts_of
from hotline.prompts.notes import notes_on_prompts
from hotline.settings import read_settings
from hotline.staff.passwords import contacts_without_pin, set_password, set_pin
from hotline.staff.training import look_at_secrets
from hotline.stations.queries import station_gaps
from hotline.storage.migrations import migrate, migrate_down
from hotline.storage.opening import database_of, vault_of

NOTHING = "Nothing to change."
MOST_NAMED = 6


def bring_schema(down: str | None) -> str:
    """Bring the schema to the newest version, or back to an old one. Returns what to say."""
    url = database_of(read_settings()).url
    if down is not None:
        migrate_down(url, down)
        return f"The schema is at {down}."
    migrate(url)
    asyncio.run(in_database(look_at_secrets))
    return "The schema is up to date."


def apply_folder(folder: Path) -> list[str]:
    """Apply a folder. Returns what changed, the warnings, and what nobody has recorded yet."""
    wanted, at = load_folder(folder), SystemClock().now()
    told = asyncio.run(in_database(lambda work: versions.apply_folder(work, folder, at=at)))
    without = asyncio.run(in_database(contacts_without_pin))
    prompts = prompts_of(read_settings())
    notes = asyncio.run(in_database(lambda work: notes_on_prompts(work, prompts)))
    return [*(told or [NOTHING]), *_warnings(wanted, at), *_first(without), *notes]


def _first(without: list[str]) -> list[str]:
    """A new tree has hundreds of contacts without a PIN: the rest is counted."""
    more = len(without) - MOST_NAMED
    rest = f"{more} more contacts have no PIN: `hotline stations check` names them."
    return [*without[:MOST_NAMED], *([rest] if more > 0 else [])]


def preview_folder(folder: Path) -> list[str]:
    """What applying a folder would change, and the warnings. Nothing is changed."""
    wanted, at = load_folder(folder), SystemClock().now()
    told = asyncio.run(in_database(lambda work: versions.differences_of(work, wanted, at=at)))
    return [*(told or [NOTHING]), *_warnings(wanted, at)]


def _warnings(wanted: Configuration, at: datetime) -> list[str]:
    return [*wanted.warnings, *calendar_warnings(wanted.lines, wanted.calendar, at=at)]


def export_folder(folder: Path) -> str:
    """Write what is in force as files. Returns what to say. Raises `NotFound`."""
    newest = asyncio.run(in_database(versions.newest_version))
    if newest is None:
        raise NotFound("No configuration is kept yet: begin with `hotline apply DIR`.")
    write_files(newest.files, folder)
    return f"Version {newest.number} is written to {folder}: {len(newest.files)} files."


def give_password(username: str, new: str) -> None:
    """Set somebody's password. Raises `NotFound` or `Invalid`."""
    asyncio.run(in_database(lambda work: set_password(work, username, new)))


def gaps_of_stations() -> list[str]:
    """What is missing in the tree of stations, a sentence each."""
    at = SystemClock().now()
    return [gap.said for gap in asyncio.run(in_database(lambda work: station_gaps(work, at)))]


def give_pin(station: str, number: int, new: str) -> str:
    """Set a contact's PIN. Returns the contact's name. Raises `NotFound` or `Invalid`."""
    return asyncio.run(in_database(lambda work: set_pin(work, station, number, new)))


def make_secret(station: str, number: int) -> str:
    """A new secret for the webhook of a contact. Raises `NotFound`."""
    vault = vault_of(read_settings())
    return asyncio.run(in_database(lambda work: make_webhook_secret(work, vault, station, number)))
