"""The lines as they were last read, on the local disk, for a start without a database.

Sealed, since it holds the numbers of duty phones, and replaced as a whole or not at all.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import structlog

from hotline.storage.vault import SealBroken, Vault

log = structlog.get_logger()

PLACE = "known_lines.file"


class KnownLinesFile:
    """One file. Reading never raises: what cannot be read is as if it were not there."""

    def __init__(self, path: Path, vault: Vault) -> None:
        """`path`: its folder is made where it is not there."""
        self._path, self._vault = path, vault

    def read(self) -> dict[str, dict[str, object]]:
        """What was written last, by number."""
        try:
            sealed = self._path.read_text()
            found = json.loads(self._vault.open(sealed, place=PLACE))
        except FileNotFoundError:
            return {}
        except (OSError, SealBroken, ValueError) as fault:
            log.warning("lines.file_not_read", error=type(fault).__name__)
            return {}
        return dict(found)

    def write(self, lines: Mapping[str, Mapping[str, object]]) -> None:
        """On the disk when this returns. Raises `OSError`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(f".{os.getpid()}.part")
        part.touch(mode=0o600)
        with part.open("w") as file:
            file.write(self._vault.seal(json.dumps(lines), place=PLACE))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
