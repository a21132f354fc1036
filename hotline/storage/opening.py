"""The database that the settings name, and the vault of their keys."""

from hotline.errors import SettingsError
from hotline.settings import Settings
from hotline.storage.connection import Bounds
from hotline.storage.session import Database
from hotline.storage.vault import Vault

AUDIT_BOUNDS = Bounds(answer_s=2.5)  # the server itself ends a statement at 0.8 of it
COMMAND_BOUNDS = Bounds(answer_s=300.0)  # somebody watches, and may press Ctrl-C


def database_of(settings: Settings) -> Database:
    """The database of the settings, for a command. Raises `SettingsError` where none is named."""
    return patient_database(_database_url(settings))


def patient_database(url: str) -> Database:
    """The same at an address of ours, for what is prepared before anything serves."""
    return Database(url, bounds=COMMAND_BOUNDS)


def serving_database(settings: Settings, *, breaks: bool = True, pool_size: int = 10) -> Database:
    """The same for a process that serves, and must not wait. `breaks`: see `Database`."""
    bounds = Bounds(answer_s=settings.database_answer_s)
    url = _database_url(settings)
    return Database(url, pool_size=pool_size, bounds=bounds, breaks=breaks)


def auditing_database(settings: Settings) -> Database:
    """One that watches the others: two connections, a statement of two seconds, nothing refused."""
    return Database(_database_url(settings), pool_size=1, bounds=AUDIT_BOUNDS, breaks=False)


def vault_of(settings: Settings) -> Vault:
    """Seals and opens what must not be read from a stolen disk. Raises `SettingsError`."""
    return Vault(settings.encryption_keys, index_secret=settings.secret_key)


def _database_url(settings: Settings) -> str:
    if not settings.database_url:
        raise SettingsError(
            "HOTLINE_DATABASE_URL is not set. Set it, or start everything with `hotline up`,"
            " which brings a PostgreSQL of its own."
        )
    return settings.database_url
