"""Files are erased in time, with proof in the timeline; what no row names is taken off the disk.

The row is written after its file is gone: whoever dies between does it once more.
"""

import asyncio
from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.fieldwork.policy import CASE_LOOKED_AT_EVERY, SWEPT_EVERY
from hotline.fieldwork.shelf import Shelf
from hotline.fieldwork.subjects import FileDeed, Subject, rules_of
from hotline.ports import Clock
from hotline.staff.actor import SYSTEM
from hotline.storage.session import Database, Work
from hotline.storage.tables import Attachment
from hotline.storage.vault import Vault
from hotline.supervision import RowFaults

log = structlog.get_logger()

ROWS_A_LOOK = 20
ERASED = "file_erased"


class FileEraser:
    """One of possibly several: a row is held while its file is erased."""

    def __init__(self, *, database: Database, clock: Clock, vault: Vault, shelf: Shelf) -> None:
        """On this shelf, by this clock."""
        self._database, self._clock = database, clock
        self._vault, self._shelf = vault, shelf
        self._faults = RowFaults()
        self._swept_at: datetime | None = None
        self._unknown: set[str] = set()

    async def tick(self) -> None:
        """One look at everything that is due. One that fails holds up none of the others."""
        now = self._clock.now()
        for file_id in await self._due(now):
            with self._faults.kept_apart("erase_file", file_id):
                await self._erase(file_id, now)
        if self._swept_at is None or not now - self._swept_at < SWEPT_EVERY:
            self._swept_at = now
            await self._sweep()

    async def _due(self, now: datetime) -> list[str]:
        query = select(Attachment.id).where(col(Attachment.due_at) <= now)
        in_order = query.order_by(col(Attachment.due_at)).limit(ROWS_A_LOOK)
        async with self._database.work() as work:
            return list((await work.exec(in_order)).all())

    async def _erase(self, file_id: str, now: datetime) -> None:
        async with self._database.work() as work:
            query = select(Attachment).where(Attachment.id == file_id)
            held = query.with_for_update(skip_locked=True)
            one = (await work.exec(held)).one_or_none()
            if one is None or one.due_at is None or one.due_at > now:
                return
            if await self._is_needed(work, one):
                one.due_at = now + CASE_LOOKED_AT_EVERY
                return
            await asyncio.to_thread(self._shelf.erase, one)
            one.due_at, one.erased_at, one.comment_sealed = None, now, ""
            subject = Subject(one.subject_kind, one.subject_id)
            deed = FileDeed(ERASED, one.id)
            await rules_of(subject).tell(work, self._vault, subject.id, deed, SYSTEM, now)

    async def _is_needed(self, work: Work, one: Attachment) -> bool:
        """What somebody took away is not, unless a hold keeps that as well."""
        subject = Subject(one.subject_kind, one.subject_id)
        rules = rules_of(subject)
        if await rules.is_held(work, subject.id):
            return True
        return one.removed_at is None and await rules.is_open(work, subject.id)

    async def _sweep(self) -> None:
        """What was written for a row that never came: seen twice, an hour apart, it is nobody's."""
        names = await asyncio.to_thread(self._shelf.names)
        query = select(Attachment.path).where(col(Attachment.erased_at).is_(None))
        async with self._database.work() as work:
            known = set((await work.exec(query)).all())
        unknown = names - known
        for path in sorted(unknown & self._unknown):
            log.warning("attachment.nobodys_file")
            await asyncio.to_thread(self._shelf.drop, path)
        self._unknown = unknown - self._unknown
