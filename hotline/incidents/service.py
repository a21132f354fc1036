"""A gap of a part: begun, noticed when it lasts, and ended when the part is back."""

from datetime import datetime

import structlog
from sqlalchemy import text
from sqlmodel import col, select

from hotline.incidents.model import Part, is_incident
from hotline.storage.session import Work
from hotline.storage.tables import Incident

log = structlog.get_logger()

TAKE_TURNS = text("select pg_advisory_xact_lock(0x1C1D)")  # of all who note gaps


async def take_turns(work: Work) -> None:
    """Nobody else notes a gap until this unit of work ends."""
    await work.sql(TAKE_TURNS, {})


async def note_away(work: Work, part: Part, *, since: datetime, at: datetime) -> None:
    """A part is away now. `since`: as far as it is known; the first word of it stands."""
    gap = await _open(work, part)
    if gap is None:
        gap = Incident(part=part, began_at=since)
        work.add(gap)
    if gap.noticed_at is None and is_incident(gap.began_at, at):
        gap.noticed_at = at
        _tell(work, gap)


async def note_found(work: Work, part: Part, *, since: datetime, at: datetime) -> None:
    """Something is wrong that must not wait: an incident from now on, once."""
    if await _open(work, part) is None:
        gap = Incident(part=part, began_at=since, noticed_at=at)
        work.add(gap)
        _tell(work, gap)


async def note_back(work: Work, part: Part, *, at: datetime) -> None:
    """A part is there. What was too short for an incident is forgotten."""
    gap = await _open(work, part)
    if gap is None:
        return
    gap.ended_at = at
    if gap.noticed_at is None:
        await work.delete(gap)
    else:
        _tell(work, gap)


async def note_gap(work: Work, part: Part, *, since: datetime, at: datetime) -> None:
    """A part was away and could not be written down meanwhile. Told twice, it is one."""
    known = select(Incident.id).where(Incident.part == part, col(Incident.ended_at) > since)
    if not is_incident(since, at) or (await work.exec(known)).first() is not None:
        return
    gap = Incident(part=part, began_at=since, noticed_at=at, ended_at=at)
    work.add(gap)
    _tell(work, gap)


async def _open(work: Work, part: Part) -> Incident | None:
    query = select(Incident).where(Incident.part == part, col(Incident.ended_at).is_(None))
    return (await work.exec(query)).one_or_none()


def _tell(work: Work, gap: Incident) -> None:
    work.announce("incident", gap.id)
    log.error("incident.changed", part=gap.part, over=gap.ended_at is not None)
