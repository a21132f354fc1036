"""Seals the sound of recordings anew with the newest key, each into a file of another name.

The row says which file holds. So a recording can be played at any moment, and whoever is killed
between file and row leaves a file that the next one writes again, or takes away.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from sqlmodel import col, select

from hotline.recordings.model import CopyState
from hotline.recordings.sealing import SealedFile, SealingFile
from hotline.recordings.service import hold_recording
from hotline.storage.session import Database
from hotline.storage.tables import CallRecording
from hotline.storage.vault import SealBroken, Vault

AT_ONCE = 20
KEPT = (CopyState.FETCHED, CopyState.DELETED)


@dataclass(slots=True)
class SoundsResealed:
    """What came of it. `broken`: recordings whose file is missing or does not open."""

    files: int = 0
    broken: list[str] = field(default_factory=list)


async def reseal_sounds(
    database: Database, vault: Vault, folder: Path, *, at: datetime, tell: Callable[[str], None]
) -> SoundsResealed:
    """All files that lie below the folder, one after the other."""
    done, after = SoundsResealed(), ""
    while found := await _next(database, vault, after):
        for one in found:
            try:
                new = await asyncio.to_thread(_rewrite, vault, folder, one)
            except (OSError, SealBroken):
                done.broken.append(f"recording {one.id}")
                continue
            settled = await _settle(database, vault, folder, one, new=new, at=at)
            await asyncio.to_thread(_leave_only, new if settled else None, new)
            done.files += settled
        after = found[-1].id
        tell(f"recordings: {done.files}")
    await _sweep(database, folder)
    return done


async def _next(database: Database, vault: Vault, after: str) -> list[CallRecording]:
    query = (
        select(CallRecording)
        .where(col(CallRecording.copy_state).in_(KEPT), CallRecording.path != "")
        .where(CallRecording.key_id != vault.newest_key, CallRecording.id > after)
        .order_by(col(CallRecording.id))
        .limit(AT_ONCE)
    )
    async with database.work() as work:
        return list((await work.exec(query)).all())


def _rewrite(vault: Vault, folder: Path, one: CallRecording) -> Path:
    """The file beside the old one; read again before it counts. Raises `OSError`, `SealBroken`."""
    old = SealedFile(folder / one.path, one.id, key_id=one.key_id, size=one.size)
    # Of this run alone: what another run has written may be what the row names by now.
    name = f"{one.id}.{vault.newest_key}.{token_hex(4)}.sealed"
    new = (folder / one.path).with_name(name)
    with SealingFile(new, one.id, vault) as file:
        for piece in old.read(vault, 0, one.size):
            file.write(piece)
        sha256 = file.finish()
    if sha256 != one.sha256:
        new.unlink()
        raise SealBroken
    return new


async def _settle(
    database: Database, vault: Vault, folder: Path, was: CallRecording, *, new: Path, at: datetime
) -> bool:
    """Let the row name the new file. False where it was erased meanwhile, or is about to be."""
    async with database.work() as work:
        held = await hold_recording(work, was.id)
        one = held[1] if held is not None else None
        leased = one is not None and one.lease_until is not None and one.lease_until > at
        if one is None or leased or one.copy_state not in KEPT or one.path != was.path:
            return False
        one.path, one.key_id = new.relative_to(folder).as_posix(), vault.newest_key
    return True


def _leave_only(kept: Path | None, new: Path) -> None:
    """Of the files of a recording. None: all but what was just written."""
    if kept is None:
        new.unlink(missing_ok=True)
        return
    for file in kept.parent.glob(f"{kept.name.partition('.')[0]}.*sealed"):
        if file != kept:
            file.unlink(missing_ok=True)


async def _sweep(database: Database, folder: Path) -> None:
    """Where one was killed after the row was written, the file before it is still there."""
    files = await asyncio.to_thread(lambda: sorted(folder.glob("??/*.sealed")))
    names = Counter(file.name.partition(".")[0] for file in files)
    twice = [name for name, times in names.items() if times > 1]
    query = select(CallRecording.path).where(
        col(CallRecording.id).in_(twice), CallRecording.path != ""
    )
    async with database.work() as work:
        paths = (await work.exec(query)).all()
    for path in paths:
        if folder / path in files:
            await asyncio.to_thread(_leave_only, folder / path, folder / path)
