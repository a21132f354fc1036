"""What could not be stored, on the local disk: it outlives this process.

One file a process, appended and flushed to the disk, a record a line: checksum, then the request,
sealed since it holds numbers. A file belongs to whoever holds its lock; one that nobody holds was
left by a process that died, and whoever finds it takes over what is in it. The last line of such a
file may be torn: it is left out, and so is any other that is damaged.
"""

import fcntl
import json
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from hotline.storage.vault import SealBroken, Vault

log = structlog.get_logger()

PLACE = "spool.entry"
ENDING = ".spool"
GIVEN_UP = "given_up.lines"  # what the database refused for good, kept for people to look at
DAMAGED = ".damaged"  # a file with whole lines that could not be read
MOST_BYTES = 64 * 1024 * 1024
MOST_FILES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolEntry:
    """One request that the carrier signed and nobody could store.

    `name`: an entry of the same name is the same thing. `at`: when it came. `danger`: it says so,
    and is stored before all others.
    """

    name: str
    at: datetime
    danger: bool
    path: str
    query: str
    body: bytes = field(repr=False)  # holds numbers

    @property
    def rank(self) -> tuple[bool, datetime]:
        """The order in which entries are stored."""
        return not self.danger, self.at


class Spool:
    """The file of this process, and those that others left behind. Every call waits for the disk.

    Not to be called from two threads at once.
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        """`folder`: one for all web processes of this machine; made where it is not there."""
        self._folder, self._vault = folder, vault
        self._file: int | None = None
        self._path = folder
        self._torn = False

    def append(self, entries: Iterable[SpoolEntry]) -> None:
        """On the disk when this returns. Raises `OSError`: it is full, or cannot be written."""
        raw = "".join(map(self._line, entries)).encode()
        file = self.open()
        if os.fstat(file).st_size + len(raw) > MOST_BYTES:
            raise OSError("the spool is full")
        raw, self._torn = b"\n" * self._torn + raw, True
        while raw:
            raw = raw[os.write(file, raw) :]
        os.fsync(file)
        self._torn = False

    def open(self) -> int:
        """Our own file, locked. Raises `OSError`."""
        while self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / f"{os.getpid()}-{secrets.token_hex(4)}{ENDING}"
            self._file, self._path = _locked(path, os.O_CREAT | os.O_EXCL), path
            _flush_folder(self._folder)
        return self._file

    def empty(self) -> None:
        """Everything in our file is stored."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            self._torn = False

    def give_up(self, entry: SpoolEntry) -> None:
        """Keep apart what can never be stored. Raises `OSError`."""
        with (self._folder / GIVEN_UP).open("a") as file:
            file.write(self._line(entry))

    @property
    def has_leftovers(self) -> bool:
        """Something waits for people to look at it."""
        return (self._folder / GIVEN_UP).exists() or any(self._folder.glob(f"*{DAMAGED}"))

    def take_over(self) -> list[SpoolEntry]:
        """What dead processes left; from now on in our own file. Raises `OSError`."""
        found: list[SpoolEntry] = []
        for path in sorted(self._folder.glob(f"*{ENDING}"))[:MOST_FILES]:
            if path == self._path:
                continue
            file = _locked(path)
            if file is not None:
                try:
                    found += self._take(path, file)
                finally:
                    os.close(file)
        return found

    def _take(self, path: Path, file: int) -> list[SpoolEntry]:
        """Into our file first, and only then away with theirs: a crash between leaves it twice."""
        raw = path.read_bytes()
        entries = list(self.read(raw))
        if entries:
            self.append(entries)
            log.warning("spool.taken_over", entries=len(entries))
        if len(entries) < raw.count(b"\n"):  # perhaps another key opens the rest
            path.replace(path.with_name(path.name + DAMAGED))
        path.unlink(missing_ok=True)
        return entries

    def close(self, *, keep: bool) -> None:
        """`keep`: something in it is not stored, and the next process takes it over."""
        if self._file is not None:
            if not keep:
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    # ── lines ───────────────────────────────────────────────────────────────────────────────

    def read(self, raw: bytes) -> Iterator[SpoolEntry]:
        """The entries of a file, but for lines that are torn, damaged or sealed for others."""
        for line in raw.split(b"\n"):
            entry = self._entry(line)
            if entry is not None:
                yield entry
            elif line:
                log.error("spool.line_damaged", length=len(line))

    def _line(self, entry: SpoolEntry) -> str:
        said = {
            "name": entry.name,
            "at": entry.at.isoformat(),
            "danger": entry.danger,
            "path": entry.path,
            "query": entry.query,
            "body": entry.body.decode("latin-1"),
        }
        sealed = self._vault.seal(json.dumps(said), place=PLACE)
        return f"{zlib.crc32(sealed.encode()):08x} {sealed}\n"

    def _entry(self, line: bytes) -> SpoolEntry | None:
        checksum, _, sealed = line.partition(b" ")
        if checksum != f"{zlib.crc32(sealed):08x}".encode():
            return None
        try:
            said = json.loads(self._vault.open(sealed.decode(), place=PLACE))
            at, body = datetime.fromisoformat(said.pop("at")), said.pop("body").encode("latin-1")
            return SpoolEntry(at=at, body=body, **said)
        except (SealBroken, ValueError, KeyError, TypeError):
            return None


def _locked(path: Path, how: int = 0) -> int | None:
    """Opened and locked; None where somebody else holds it, or it has just gone."""
    with suppress(FileNotFoundError):
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | how, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.stat(path).st_ino == os.fstat(file).st_ino:  # noqa: PTH116 – by number, as its pair
                return file
        except BlockingIOError:
            log.debug("spool.held", path=path.name)
        except FileNotFoundError:  # its owner ended in order meanwhile
            log.debug("spool.gone", path=path.name)
        os.close(file)
    return None


def _flush_folder(folder: Path) -> None:
    """The name of a new file is in its folder, which is flushed by itself."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
