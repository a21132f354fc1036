"""Schema changes, up and down. `hotline migrate` runs them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

# Two processes that start together must not migrate together.
MIGRATION_LOCK = 4_812_355_001


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


def migrate(url: str, to: str = "head") -> None:
    """Bring the schema to a version: `head` is the newest."""
    command.upgrade(_config(url), to)


def migrate_down(url: str, to: str = "base") -> None:
    """Take the schema back to a version: `base` is the empty database."""
    command.downgrade(_config(url), to)


def needed_version() -> str | None:
    """The version of the schema that this program needs."""
    return ScriptDirectory.from_config(_config("")).get_current_head()
