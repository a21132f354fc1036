"""The database that the settings name."""

from hotline.errors import SettingsError
from hotline.settings import Settings
from hotline.storage.session import Database


def database_of(settings: Settings) -> Database:
    """The database of the settings. Raises `SettingsError` where none is named."""
    if not settings.database_url:
        raise SettingsError(
            "HOTLINE_DATABASE_URL is not set. Set it, or start everything with `hotline up`,"
            " which brings a PostgreSQL of its own."
        )
    return Database(settings.database_url)
