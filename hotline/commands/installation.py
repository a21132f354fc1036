"""`hotline migrate`, `apply` and `staff`: what they do in the database."""

import asyncio
from pathlib import Path

from hotline.clock import SystemClock
from hotline.commands.plan import in_database
from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.settings import read_settings
from hotline.staff.passwords import contacts_without_pin, set_password, set_pin
from hotline.staff.training import look_at_secrets
from hotline.storage.migrations import migrate, migrate_down
from hotline.storage.opening import database_of


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
    """Apply a folder. Returns what changed, and the warnings."""
    wanted, at = load_folder(folder), SystemClock().now()
    told = asyncio.run(in_database(lambda work: apply(work, wanted, at=at)))
    without = asyncio.run(in_database(contacts_without_pin))
    return [*(told or ["Nothing to change."]), *wanted.warnings, *without]


def give_password(username: str, new: str) -> None:
    """Set somebody's password. Raises `NotFound` or `Invalid`."""
    asyncio.run(in_database(lambda work: set_password(work, username, new)))


def give_pin(station: str, number: int, new: str) -> str:
    """Set a contact's PIN. Returns the contact's name. Raises `NotFound` or `Invalid`."""
    return asyncio.run(in_database(lambda work: set_pin(work, station, number, new)))
