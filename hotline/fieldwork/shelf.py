"""Where files lie, sealed as the sound of recordings is. Every call waits for the disk."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from hotline.errors import NoRoom
from hotline.recordings.sealing import SealedFile, SealingFile
from hotline.storage.tables import Attachment
from hotline.storage.vault import SealBroken, Vault

WHAT = "attachment.file"


@dataclass(frozen=True, slots=True)
class Shelved:
    """What a row says of its file."""

    path: str
    size: int
    sha256: str
    key_id: str


class Shelf:
    """One folder for all processes of ours."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        """Made where it is not there."""
        self._folder, self._vault = folder, vault

    def put(self, file_id: str, raw: bytes) -> Shelved:
        """Whole or not at all, and on the disk when this returns. Raises `NoRoom`.

        Of each try of its own: what another try has written may be what a row names.
        """
        name = f"{file_id}.{token_hex(4)}.sealed"
        path = self._folder / file_id[:2] / name
        part = path.with_suffix(".part")
        try:
            with SealingFile(part, file_id, self._vault, what=WHAT) as file:
                file.write(raw)
                sha256, size = file.finish(), file.size
            part.replace(path)
            _flush(path.parent)
        except OSError as fault:
            part.unlink(missing_ok=True)
            raise NoRoom from fault
        where = path.relative_to(self._folder).as_posix()
        return Shelved(where, size, sha256, self._vault.newest_key)

    def read(self, one: Attachment, begin: int, end: int) -> bytes:
        """A stretch of it. Raises `OSError`, `SealBroken`."""
        return b"".join(self._pieces(one, begin, end))

    def reseal(self, one: Attachment) -> Shelved:
        """Beside the old one, with the newest key. Raises `OSError`, `SealBroken`, `NoRoom`."""
        raw = self.read(one, 0, one.size)
        new = self.put(one.id, raw)
        if new.sha256 != one.sha256:
            (self._folder / new.path).unlink(missing_ok=True)
            raise SealBroken
        return new

    def erase(self, one: Attachment) -> None:
        """All that was ever written of it."""
        for file in (self._folder / one.id[:2]).glob(f"{one.id}.*"):
            file.unlink(missing_ok=True)

    def leave_only(self, file_id: str, path: str) -> None:
        """Of all that was written of it, what the row names."""
        for file in (self._folder / file_id[:2]).glob(f"{file_id}.*"):
            if file != self._folder / path:
                file.unlink(missing_ok=True)

    def names(self) -> set[str]:
        """Every file there is, by its path below the folder."""
        return {one.relative_to(self._folder).as_posix() for one in self._folder.glob("??/*")}

    def drop(self, path: str) -> None:
        """What no row names."""
        (self._folder / path).unlink(missing_ok=True)

    def _pieces(self, one: Attachment, begin: int, end: int) -> Iterator[bytes]:
        path = self._folder / one.path
        file = SealedFile(path, one.id, key_id=one.key_id, size=one.size, what=WHAT)
        return file.read(self._vault, begin, end)


def _flush(folder: Path) -> None:
    """The name, too, is on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
