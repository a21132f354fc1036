"""Seals the audit's rows in order, shortly after they were written; exports the head; cuts the end.

One look of the dispatcher's loop. Any number may run: whoever holds the head's row seals. What a
look writes, it writes in one transaction, so one that is killed has written nothing.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import text
from sqlmodel import select

from hotline.audit.chain import FIELDS, AuditKeys, Head, cut_sign, link
from hotline.audit.sources import content_of, told_by
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import AuditEntry, AuditHead

log = structlog.get_logger()

CHAIN = "audit"
AT_ONCE = 500
CUT_AT_ONCE = 5000
EXPORT_EVERY = timedelta(minutes=1)
SEALING = ("id", "seq", "key_id", "content", "mac")

IS_ANY = text("select 1 from audit_entry where seq is null limit 1")
# Where rows are sealed and the head is not there, it was taken away: it is not begun anew.
BEGIN = text("""
    insert into audit_head (name, seq, mac, key_id, cut_mac, cut_key_id, cut_sign)
    select :name, 0, '', '', '', '', '' where not exists (select from audit_entry where seq > 0)
    on conflict do nothing
""")
UNSEALED = text(f"""
    select {", ".join(FIELDS)} from audit_entry where seq is null order by id limit :at_once
""")  # noqa: S608 – our own names
SEAL = text("""
    update audit_entry set seq = new.seq, key_id = new.key_id, content = new.content, mac = new.mac
    from unnest(cast(:id as bigint[]), cast(:seq as bigint[]), cast(:key_id as text[]),
                cast(:content as text[]), cast(:mac as text[]))
        as new (id, seq, key_id, content, mac)
    where audit_entry.id = new.id
""")
LAST_OLD = text("""
    select seq, mac from audit_entry where seq > :cut and seq < coalesce(
        (select min(seq) from audit_entry where seq > :cut and seq <= :end and at >= :before),
        :end + 1
    ) order by seq desc limit 1
""")
REMOVE = text("delete from audit_entry where seq <= :cut")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRules:
    """How long rows are kept, and into which folder heads are written; None: only into the log."""

    kept_for: timedelta
    head_dir: Path | None = None


class AuditSealer:
    """Keeps the chain."""

    def __init__(
        self, *, database: Database, clock: Clock, keys: AuditKeys, rules: AuditRules
    ) -> None:
        """`keys`: the first seals."""
        self._database, self._clock = database, clock
        self._keys, self._rules = keys, rules

    async def tick(self) -> None:
        """Seal what was written, let the head leave the house, remove what is too old."""
        while await self.seal() == AT_ONCE:
            log.info("audit.catching_up", rows=AT_ONCE)
        await self._export()
        await self._cut()

    async def seal(self) -> int:
        """Some rows, in the order in which they were written. How many."""
        async with self._database.work() as work:
            if (await work.sql(IS_ANY, {})).first() is None:
                return 0
            await work.sql(BEGIN, {"name": CHAIN})
            head = await _hold_head(work)
            if head is None:
                return 0
            rows = (await work.sql(UNSEALED, {"at_once": AT_ONCE})).mappings().all()
            told = await told_by(work, rows)
            sealed = [self._sealed(head, row, told) for row in rows]
            if sealed:
                await work.sql(SEAL, {name: [one[name] for one in sealed] for name in SEALING})
                head.sealed_at = self._clock.now()
        return len(sealed)

    def _sealed(
        self, head: AuditHead, row: Mapping[Any, Any], told: Mapping[tuple[str, str], str]
    ) -> dict[str, Any]:
        """The columns of a seal; the head is at it then."""
        key = self._keys.newest
        content = content_of(self._keys, key, told.get((row["source"], row["source_id"])))
        seq = head.seq + 1
        mac = link(self._keys, key, row, seq=seq, content=content, before=head.mac)
        head.seq, head.mac, head.key_id = seq, mac, key
        return {"id": row["id"], "seq": seq, "key_id": key, "content": content, "mac": mac}

    async def _export(self) -> None:
        """Each minute in which something was sealed. It counts once it is on the disk."""
        now = self._clock.now()
        async with self._database.work() as work:
            due = await work.get(AuditHead, CHAIN)
            if due is None or not _is_due(due, now):
                return
            head = await _hold_head(work)
            if head is None or not _is_due(head, now):
                return
            told = Head(at=now, seq=head.seq, mac=head.mac, key_id=head.key_id)
            if self._rules.head_dir is not None:
                line = told.signed(self._keys).line()
                await asyncio.to_thread(_append, self._rules.head_dir, line, now)
            head.exported_at, head.exported_seq = now, head.seq
        log.info("audit.head", seq=told.seq, mac=told.mac, key_id=told.key_id)

    async def _cut(self) -> None:
        """Remove whole the rows at the old end whose time is over, and sign where the cut is."""
        now = self._clock.now()
        before = now - self._rules.kept_for
        async with self._database.work() as work:
            seen = await work.get(AuditHead, CHAIN)
            if seen is None or not await _last_old(work, seen, before):
                return
            head = await _hold_head(work)
            if head is None:
                return
            last = await _last_old(work, head, before)
            if last is None:
                return
            head.cut_seq, head.cut_mac = last
            head.cut_at, head.cut_key_id = now, self._keys.newest
            head.cut_sign = cut_sign(
                self._keys, head.cut_key_id, seq=head.cut_seq, mac=head.cut_mac, at=now
            )
            await work.flush()  # the database lets go of what lies below the cut
            await work.sql(REMOVE, {"cut": head.cut_seq})
            work.add(AuditEntry(at=now, kind="audit.cut", subject_id=str(head.cut_seq)))
        log.info("audit.cut", seq=head.cut_seq)


async def _hold_head(work: Work) -> AuditHead | None:
    """The head's row, locked; None where another has it, or it was taken away from the chain."""
    query = select(AuditHead).where(AuditHead.name == CHAIN).with_for_update(skip_locked=True)
    held = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if held is None and await work.get(AuditHead, CHAIN) is None:
        log.error("audit.head_missing")
    return held


def _is_due(head: AuditHead, now: datetime) -> bool:
    if head.exported_seq == head.seq:
        return False
    return head.exported_at is None or not head.exported_at <= now < head.exported_at + EXPORT_EVERY


async def _last_old(work: Work, head: AuditHead, before: datetime) -> tuple[int, str] | None:
    """Number and mac of the last of the next rows at the old end that are all older."""
    values = {"cut": head.cut_seq, "end": head.cut_seq + CUT_AT_ONCE, "before": before}
    found = (await work.sql(LAST_OLD, values)).first()
    return (found.seq, found.mac) if found is not None else None


def _append(folder: Path, line: str, at: datetime) -> None:
    """One file a day. On the disk when it returns. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"audit-heads-{at:%Y-%m-%d}.jsonl").open("a") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
