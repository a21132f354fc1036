"""Sealed sound: what is written is read again, any stretch of it, and nothing else opens."""

import hashlib
import random
from pathlib import Path

import pytest

from hotline.recordings.sealing import PIECE, SEALED_PIECE, SealedFile, SealingFile
from hotline.storage.vault import SealBroken, Vault, make_key

SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 77]


@pytest.fixture
def vault() -> Vault:
    """With a key of its own."""
    return Vault(make_key())


def sound(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311 – the same in every run


def sealed(path: Path, raw: bytes, vault: Vault, *, step: int = 1000) -> SealedFile:
    """The sound, written in small parts."""
    with SealingFile(path, "r1", vault) as file:
        for at in range(0, len(raw), step):
            file.write(raw[at : at + step])
        assert file.finish() == hashlib.sha256(raw).hexdigest()
    return SealedFile(path, "r1", key_id=vault.newest_key, size=len(raw))


def whole(file: SealedFile, vault: Vault, size: int) -> bytes:
    return b"".join(file.read(vault, 0, size))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_again(tmp_path: Path, vault: Vault, size: int) -> None:
    raw = sound(size)

    file = sealed(tmp_path / "sound", raw, vault)

    assert whole(file, vault, size) == raw
    assert file.sha256(vault) == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    ("begin", "end"),
    [(0, 1), (0, PIECE), (PIECE - 1, PIECE + 1), (PIECE, 2 * PIECE), (5, 3 * PIECE + 7),
     (3 * PIECE, 3 * PIECE + 77)],
)  # fmt: skip
def test_any_stretch_is_read(tmp_path: Path, vault: Vault, begin: int, end: int) -> None:
    raw = sound(3 * PIECE + 77)

    file = sealed(tmp_path / "sound", raw, vault, step=PIECE)

    assert b"".join(file.read(vault, begin, end)) == raw[begin:end]


def test_nothing_of_the_sound_can_be_read_on_the_disk(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "below" / "sound"

    sealed(path, b"the child said" * 10_000, vault)

    assert b"the child" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("size", [PIECE, 2 * PIECE, 2 * PIECE + 5])
def test_what_was_cut_off_does_not_open(tmp_path: Path, vault: Vault, size: int) -> None:
    path = tmp_path / "sound"
    sealed(path, sound(size), vault)
    shorter = size - 1 if size <= PIECE else PIECE
    path.write_bytes(path.read_bytes()[: SEALED_PIECE if size > PIECE else -1])

    with pytest.raises(SealBroken):
        SealedFile(path, "r1", key_id=vault.newest_key, size=shorter).sha256(vault)
    with pytest.raises(SealBroken):
        SealedFile(path, "r1", key_id=vault.newest_key, size=size).sha256(vault)


def test_pieces_that_changed_places_do_not_open(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "sound"
    file = sealed(path, sound(3 * PIECE), vault)
    raw = path.read_bytes()
    path.write_bytes(
        raw[SEALED_PIECE : 2 * SEALED_PIECE] + raw[:SEALED_PIECE] + raw[2 * SEALED_PIECE :]
    )

    with pytest.raises(SealBroken):
        file.sha256(vault)


def test_another_recordings_sound_and_another_key_do_not_open(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "sound"
    sealed(path, sound(10), vault)

    with pytest.raises(SealBroken):
        SealedFile(path, "r2", key_id=vault.newest_key, size=10).sha256(vault)
    with pytest.raises(SealBroken):
        SealedFile(path, "r1", key_id=vault.newest_key, size=10).sha256(Vault(make_key()))


def test_a_file_that_was_not_finished_does_not_open(tmp_path: Path, vault: Vault) -> None:
    with SealingFile(tmp_path / "sound", "r1", vault) as file:
        file.write(sound(2 * PIECE))

    with pytest.raises(SealBroken):
        SealedFile(tmp_path / "sound", "r1", key_id=vault.newest_key, size=2 * PIECE).sha256(vault)


def test_after_a_rotation_the_old_key_still_opens_what_it_sealed(tmp_path: Path) -> None:
    old, new = make_key(), make_key()
    before = Vault(old)
    file = sealed(tmp_path / "sound", sound(10), before)

    assert whole(file, Vault(f"{new},{old}"), 10) == sound(10)
