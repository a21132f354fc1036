"""Whoever raised a flag hears at once what the station does about it, until they have read it.

Of each escalation the newest act of others: a counselor who was away reads one line and not seven.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, union
from sqlalchemy import select as core_select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlmodel import col, or_, select

from hotline.escalations.queries import names_of
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Call, CrisisFlag, Escalation, EscalationEntry, StationNewsRead

TOLD = (
    "escalation.acknowledged",
    "escalation.accepted",
    "escalation.given_back",
    "escalation.on_the_way",
    "escalation.contact_made",
    "escalation.reported",
    "escalation.closed",
)

NEWS_FOR = timedelta(hours=24)  # older than that it is found on the escalation's page
STILL_TOLD = timedelta(days=30)  # so long after the call a counselor hears how it goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNews:
    """What a station did last. `by`: who, by name. `entry_id`: up to where it is told here."""

    escalation_id: str
    number: str
    kind: str
    by: str
    at: datetime
    entry_id: int
    facts: Mapping[str, Any]


async def tell_who_flagged(work: Work, escalation: Escalation) -> None:
    """News for the desks of whoever had the call or raised a flag of it."""
    query = (
        select(CrisisFlag.raised_by, Call.counselor_id)
        .join(Call, col(Call.id) == col(CrisisFlag.call_id))
        .where(CrisisFlag.escalation_id == escalation.id)
    )
    people = {one for pair in (await work.exec(query)).all() for one in pair if one is not None}
    for staff_id in sorted(people):
        work.announce("notice", staff_id)


async def station_news(work: Work, staff_id: str, *, since: datetime) -> list[StationNews]:
    """What they have not read, the oldest first. What they did themselves is no news."""
    told, read = EscalationEntry, StationNewsRead
    query = (
        select(told, Escalation.number)
        .join(Escalation, col(Escalation.id) == col(told.escalation_id))
        .join(
            read,
            (col(read.escalation_id) == col(told.escalation_id)) & (read.staff_id == staff_id),
            isouter=True,
        )
        .where(col(told.escalation_id).in_(_theirs(staff_id, since=since - STILL_TOLD)))
        .where(col(told.kind).in_(TOLD), told.at > since, told.actor != f"staff:{staff_id}")
        .where(or_(col(read.entry_id).is_(None), col(told.id) > col(read.entry_id)))
        .ext(distinct_on(col(told.escalation_id)))
        .order_by(col(told.escalation_id), col(told.id).desc())
    )
    found = (await work.exec(query)).all()
    names = await names_of(work, (Actor.parse(entry.actor) for entry, _ in found))
    news = [_news(entry, number, names) for entry, number in found]
    return sorted(news, key=lambda one: one.entry_id)


def _theirs(staff_id: str, *, since: datetime) -> CompoundSelect[tuple[str]]:
    """The escalations of flags that they raised, and of calls that were theirs."""
    raised = core_select(col(CrisisFlag.escalation_id)).where(
        col(CrisisFlag.raised_by) == staff_id, col(CrisisFlag.created_at) > since
    )
    had = (
        core_select(col(Escalation.id))
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .where(col(Call.counselor_id) == staff_id, col(Call.joined_at) > since)
    )
    return union(raised, had)


def _news(entry: EscalationEntry, number: str, names: Mapping[str, str]) -> StationNews:
    return StationNews(
        escalation_id=entry.escalation_id,
        number=number,
        kind=entry.kind,
        by=names.get(entry.actor, ""),
        at=entry.at,
        entry_id=entry.id or 0,
        facts=entry.facts,
    )


async def read_station_news(
    work: Work, escalation_id: str, staff_id: str, *, seen: int, at: datetime
) -> None:
    """They have read it up to here. What came later, they have not; again: fine."""
    table = StationNewsRead
    adding = insert(table).values(
        staff_id=staff_id, escalation_id=escalation_id, entry_id=seen, at=at
    )
    later = {"entry_id": adding.excluded.entry_id, "at": adding.excluded.at}
    await work.exec(
        adding.on_conflict_do_update(
            index_elements=["staff_id", "escalation_id"],
            set_=later,
            where=col(table.entry_id) < adding.excluded.entry_id,
        )
    )
    work.announce("notice", staff_id)
