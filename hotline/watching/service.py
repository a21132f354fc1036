"""What was found is kept: once, until it is gone; and who pressed the key."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.incidents.model import Part
from hotline.incidents.service import note_back, note_found, take_turns
from hotline.ports import LegStatus
from hotline.storage.session import Work
from hotline.storage.tables import Beat, WatchFinding, WatchPage
from hotline.watching.model import RULES, DatedSuspect, FindingKind

log = structlog.get_logger()

OURS = frozenset(rule.part for rule in RULES.values() if rule.part is not None)
KEY_HEARD = "1"


async def keep_findings(
    work: Work, found: Sequence[DatedSuspect], *, at: datetime
) -> Mapping[FindingKind, datetime]:
    """Begin what is new, end what is gone. Since when each kind is known that somebody is rung for.

    Each opens the incident of its part, and the last one to go ends it.
    """
    await take_turns(work)
    standing = {(one.kind, one.row_id): one for one in await open_findings(work)}
    now = {(one.kind, one.row_id): one for one in found}
    for key in standing.keys() - now.keys():
        standing[key].gone_at = at
        _tell(work, standing[key])
    for key in now.keys() - standing.keys():
        standing[key] = _begin(work, now[key], at=at)
    kept = [standing[key] for key in now]
    await _keep_incidents(work, kept, at=at)
    return _rung_for(kept)


async def open_findings(work: Work) -> Sequence[WatchFinding]:
    """Those that go on, the oldest first."""
    query = select(WatchFinding).where(col(WatchFinding.gone_at).is_(None))
    return (await work.exec(query.order_by(col(WatchFinding.since)))).all()


async def note_database_was_away(work: Work, *, since: datetime, at: datetime) -> None:
    """It could not be written down meanwhile."""
    kind = FindingKind.DATABASE_AWAY
    work.add(WatchFinding(kind=kind, since=since, found_at=since, gone_at=at))


async def beat(work: Work, name: str, *, at: datetime) -> None:
    """A part of the watch came to its end."""
    row = insert(Beat).values(name=name, at=at)
    await work.exec(row.on_conflict_do_update(index_elements=["name"], set_={"at": at}))


async def page_heard(work: Work, page_id: str, digits: str, *, at: datetime) -> bool:
    """Whether the key was pressed. Late counts; twice is once."""
    page = await _lock_page(work, page_id)
    if page is None or digits != KEY_HEARD:
        return False
    page.acknowledged_at = page.acknowledged_at or at
    work.announce("incident", page_id)
    log.info("watch.heard", page_id=page_id)
    return True


async def page_ended(work: Work, page_id: str, status: LegStatus, *, at: datetime) -> None:
    """The call is over: without a key the next phone need not wait."""
    page = await _lock_page(work, page_id) if status.over else None
    if page is not None:
        page.ended_at = page.ended_at or at


async def _lock_page(work: Work, page_id: str) -> WatchPage | None:
    query = select(WatchPage).where(WatchPage.id == page_id).with_for_update()
    return (await work.exec(query)).one_or_none()


def _begin(work: Work, one: DatedSuspect, *, at: datetime) -> WatchFinding:
    row = WatchFinding(kind=one.kind, row_id=one.row_id, since=one.since, found_at=at)
    work.add(row)
    _tell(work, row)
    return row


def _tell(work: Work, row: WatchFinding) -> None:
    work.announce("incident", row.id)
    log.error("watch.finding", kind=row.kind, row_id=row.row_id, over=row.gone_at is not None)


async def _keep_incidents(work: Work, kept: Iterable[WatchFinding], *, at: datetime) -> None:
    since: dict[Part, datetime] = {}
    for one in kept:
        part = RULES[FindingKind(one.kind)].part
        if part is not None:
            since[part] = min(since.get(part, one.since), one.since)
    for part in OURS:
        if part in since:
            await note_found(work, part, since=since[part], at=at)
        else:
            await note_back(work, part, at=at)


def _rung_for(kept: Collection[WatchFinding]) -> dict[FindingKind, datetime]:
    known: dict[FindingKind, datetime] = {}
    for one in kept:
        kind = FindingKind(one.kind)
        if RULES[kind].rings:
            known[kind] = min(known.get(kind, one.found_at), one.found_at)
    return known
