"""Seals files anew with the newest key, each into a file of another name; the row says which holds.

Whoever is killed between file and row leaves a file that nobody names: the sweep takes it away.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlmodel import col, select

from hotline.errors import NoRoom
from hotline.fieldwork.shelf import Shelf, Shelved
from hotline.storage.session import Database
from hotline.storage.tables import Attachment
from hotline.storage.vault import SealBroken, Vault

AT_ONCE = 20


@dataclass(slots=True)
class FilesResealed:
    """What came of it. `broken`: files that are missing or do not open."""

    files: int = 0
    broken: list[str] = field(default_factory=list)


async def reseal_files(
    database: Database, vault: Vault, shelf: Shelf, *, tell: Callable[[str], None]
) -> FilesResealed:
    """All that another key has sealed, one after the other."""
    done, after = FilesResealed(), ""
    while found := await _next(database, vault, after):
        for one in found:
            try:
                new = await asyncio.to_thread(shelf.reseal, one)
            except (OSError, SealBroken, NoRoom):
                done.broken.append(f"attachment {one.id}")
                continue
            settled = await _settle(database, one, new)
            await asyncio.to_thread(_leave_one, shelf, one, new, settled=settled)
            done.files += settled
        after = found[-1].id
        tell(f"attachments: {done.files}")
    return done


async def _next(database: Database, vault: Vault, after: str) -> list[Attachment]:
    query = (
        select(Attachment)
        .where(col(Attachment.erased_at).is_(None), Attachment.key_id != vault.newest_key)
        .where(Attachment.id > after)
        .order_by(col(Attachment.id))
        .limit(AT_ONCE)
    )
    async with database.work() as work:
        return list((await work.exec(query)).all())


async def _settle(database: Database, was: Attachment, new: Shelved) -> bool:
    """Let the row name the new file. False where it was erased meanwhile."""
    async with database.work() as work:
        query = select(Attachment).where(Attachment.id == was.id).with_for_update()
        one = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
        if one is None or one.erased_at is not None or one.path != was.path:
            return False
        one.path, one.key_id = new.path, new.key_id
    return True


def _leave_one(shelf: Shelf, one: Attachment, new: Shelved, *, settled: bool) -> None:
    if settled:
        shelf.leave_only(one.id, new.path)
    else:
        shelf.drop(new.path)
