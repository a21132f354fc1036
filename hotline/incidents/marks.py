"""Since when the database is away: a mark on the local disk, which outlives our processes."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

NAME = "database_away_since"


class AwayMark:
    """One for all web processes of a machine. Every call waits for the disk."""

    def __init__(self, folder: Path) -> None:
        """`folder`: where the spool lies; made where it is not there."""
        self._folder, self._path = folder, folder / NAME

    def begin(self, at: datetime) -> None:
        """It is away; who said so first is believed. Raises `OSError`."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError), self._path.open("x") as file:
            file.write(at.isoformat())

    def since(self) -> datetime | None:
        """None: it was not away, or what is written is torn."""
        try:
            return datetime.fromisoformat(self._path.read_text())
        except (OSError, ValueError):
            return None

    def end(self) -> None:
        """It is back, and that is written down. Raises `OSError`."""
        self._path.unlink(missing_ok=True)
