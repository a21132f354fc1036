"""A file as it lies on the disk, sound above all: pieces of one size, each sealed by itself.

A piece is bound to what it is of and its place in it, and the last one says that it is the last:
what was swapped, moved, or cut off does not open. Any stretch is read without reading the rest.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from hotline.storage.vault import NONCE_BYTES, SealBroken, Vault

PIECE = 64 * 1024  # of sound
TAG_BYTES = 16
SEALED_PIECE = NONCE_BYTES + PIECE + TAG_BYTES


SOUND = "recording.sound"


def place_of(recording_id: str, index: int, *, last: bool, what: str = SOUND) -> str:
    """What a piece is bound to."""
    return f"{what}.{recording_id}.{index}.{'last' if last else 'more'}"


class SealingFile:
    """Takes sound in as it comes, and never holds more than a piece of it."""

    def __init__(self, path: Path, recording_id: str, vault: Vault, *, what: str = SOUND) -> None:
        """Nothing of what stood at `path` before is left. `what`: of which kind of row it is."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        os.fchmod(self._file.fileno(), 0o600)
        self._recording_id, self._vault, self._what = recording_id, vault, what
        self._left = bytearray()
        self._hash = hashlib.sha256()
        self._pieces = 0
        self.size = 0

    def __enter__(self) -> Self:
        """Closed at the end of the block, whatever happens in it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Without `finish`, what lies there does not open."""
        self._file.close()

    def write(self, raw: bytes) -> None:
        """The next of the sound. A full piece is sealed once it is known that more follows."""
        self._hash.update(raw)
        self.size += len(raw)
        self._left += raw
        while len(self._left) > PIECE:
            self._seal(bytes(self._left[:PIECE]), last=False)
            del self._left[:PIECE]

    def finish(self) -> str:
        """That was all. The SHA-256 of the sound; what was written is on the disk by then."""
        self._seal(bytes(self._left), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._hash.hexdigest()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        place = place_of(self._recording_id, self._pieces, last=last, what=self._what)
        self._file.write(self._vault.seal_bytes(piece, place=place))
        self._pieces += 1


class SealedFile:
    """Sound that lies sealed on the disk."""

    def __init__(
        self, path: Path, recording_id: str, *, key_id: str, size: int, what: str = SOUND
    ) -> None:
        """`size`: of what was sealed, in bytes."""
        self._path, self._recording_id, self._what = path, recording_id, what
        self._key_id, self._size = key_id, size

    def read(self, vault: Vault, begin: int, end: int) -> Iterator[bytes]:
        """The sound from byte `begin` up to, and without, `end`. Raises `SealBroken`."""
        with self._path.open("rb") as file:
            for index in range(begin // PIECE, max(begin, end - 1) // PIECE + 1):
                file.seek(index * SEALED_PIECE)
                opened = self._open(vault, file.read(SEALED_PIECE), index)
                first = index * PIECE
                yield opened[max(0, begin - first) : end - first]

    def sha256(self, vault: Vault) -> str:
        """Of all of it, read anew. Raises `SealBroken` where a part is missing or not ours."""
        whole = hashlib.sha256()
        for piece in self.read(vault, 0, self._size):
            whole.update(piece)
        return whole.hexdigest()

    def _open(self, vault: Vault, sealed: bytes, index: int) -> bytes:
        last = (index + 1) * PIECE >= self._size
        place = place_of(self._recording_id, index, last=last, what=self._what)
        opened = vault.open_bytes(sealed, key_id=self._key_id, place=place)
        if len(opened) != min(PIECE, self._size - index * PIECE):
            raise SealBroken
        return opened
