"""What callers call about, and from where, that became more than it used to be: out of rows.

Whole local days alone, up to yesterday; counted in the database, by the index of arrivals.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import col, func, select

from hotline.calls.model import Direction
from hotline.i18n.catalog import HERE, midnight_before
from hotline.reports.change_point import NEEDED, ChangePoint, change_point
from hotline.stations.divisions import DIGITS
from hotline.storage.session import Work
from hotline.storage.tables import Call, Record


class ChangeKind(StrEnum):
    """What is counted by."""

    TOPIC = "topic"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Increase:
    """`key`: a top level of topics, or a division of six digits."""

    kind: ChangeKind
    key: str
    point: ChangePoint


Series = dict[tuple[ChangeKind, str], dict[date, int]]


async def read_changes(work: Work, lines: Collection[str], *, at: datetime) -> list[Increase]:
    """Of these lines, the clearest first."""
    today = midnight_before(at)
    begun = await _begun(work, lines)
    if begun is None:
        return []
    series = await _series(work, lines, today - NEEDED - timedelta(days=1), today)
    until, first = (today - timedelta(days=1)).date(), begun.astimezone(HERE).date()
    points = ((key, change_point(one, begun=first, until=until)) for key, one in series.items())
    found = [Increase(kind=kind, key=key, point=it) for (kind, key), it in points if it is not None]
    return sorted(found, key=lambda one: (-one.point.score, one.key))


async def _begun(work: Work, lines: Collection[str]) -> datetime | None:
    query = select(Call.arrived_at).where(col(Call.line_id).in_(lines))
    return (await work.exec(query.order_by(col(Call.arrived_at)).limit(1))).first()


async def _series(work: Work, lines: Collection[str], since: datetime, until: datetime) -> Series:
    """By day, of each thing; a call about two finer things of one topic is counted once in it."""
    of_time = (
        col(Call.line_id).in_(lines),
        Call.direction == Direction.IN,
        col(Call.arrived_at) >= since,
        col(Call.arrived_at) < until,
    )
    day = func.date(func.timezone("Asia/Shanghai", Call.arrived_at)).label("day")
    topic = func.split_part(func.jsonb_array_elements_text(Record.topics), ".", 1).label("key")
    joined = select(day, topic, Call.id).join(Record, col(Record.call_id) == col(Call.id))
    place = func.left(Call.place_code, DIGITS).label("key")
    placed = select(day, place, Call.id).where(col(Call.place_code) != "")
    found: Series = defaultdict(dict)
    for kind, query in ((ChangeKind.TOPIC, joined), (ChangeKind.PLACE, placed)):
        of_kind = query.where(*of_time).subquery().c
        number: Any = func.count(of_kind.id.distinct())
        counted = select(of_kind.day, of_kind.key, number).group_by(of_kind.day, of_kind.key)
        for on, key, calls in (await work.exec(counted)).all():
            found[kind, key][on] = calls
    return found
