"""What to look at first in a stretch of the past: flags, and waits of more than a minute."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from hotline.calls.model import Urgency
from hotline.storage.session import Work
from hotline.storage.tables import Call, CrisisFlag, Escalation

LONG = timedelta(seconds=60)  # as long as a routine caller was promised to wait at most
BEFORE = timedelta(hours=6)  # who came in so long before and still waits is found no more
MOST = 500


class MarkKind(StrEnum):
    """What happened."""

    FLAG = "flag"
    LONG_WAIT = "long_wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMark:
    """One moment. `says`: of a flag the escalation's number, of a wait the masked one.

    A wait stands where it became longer than `LONG`; `lasted`: how long it was in the end.
    """

    at: datetime
    kind: MarkKind
    says: str
    urgent: bool
    lasted: timedelta | None = None


async def past_marks(
    work: Work, of: Collection[str], *, since: datetime, until: datetime
) -> list[PastMark]:
    """Of these lines in a stretch, in the order of time; the first `MOST` of each kind."""
    found = await _flags(work, of, since, until) + await _waits(work, of, since, until)
    return sorted(found, key=lambda one: (one.at, one.kind))


async def _flags(
    work: Work, of: Collection[str], since: datetime, until: datetime
) -> list[PastMark]:
    query = (
        select(CrisisFlag.created_at, CrisisFlag.escalation_id)
        .join(Call, col(Call.id) == col(CrisisFlag.call_id))
        .where(col(CrisisFlag.created_at).between(since, until), col(Call.line_id).in_(of))
        .order_by(col(CrisisFlag.created_at))
        .limit(MOST)
    )
    flags = (await work.exec(query)).all()
    ids = {escalation_id for _, escalation_id in flags}
    numbers = select(Escalation.id, Escalation.number).where(col(Escalation.id).in_(ids))
    told = dict((await work.exec(numbers)).all())
    return [
        PastMark(at=at, kind=MarkKind.FLAG, says=told[escalation_id], urgent=True)
        for at, escalation_id in flags
    ]


async def _waits(
    work: Work, of: Collection[str], since: datetime, until: datetime
) -> list[PastMark]:
    """From the queue to who took them, or to their end; of a second wait the first alone."""
    over: ColumnElement[datetime | None] = func.coalesce(
        Call.accepted_at, Call.left_at, Call.ended_at, until
    )
    query = (
        select(Call.queued_at, over, Call.from_masked, Call.urgency)
        .where(col(Call.arrived_at).between(since - BEFORE, until), col(Call.line_id).in_(of))
        .where(over - col(Call.queued_at) > LONG)
        .where((col(Call.queued_at) + LONG).between(since, until))
        .order_by(col(Call.queued_at))
        .limit(MOST)
    )
    return [
        PastMark(
            at=queued + LONG,
            kind=MarkKind.LONG_WAIT,
            says=masked,
            urgent=urgency == Urgency.CRISIS,
            lasted=ended - queued,
        )
        for queued, ended, masked, urgency in (await work.exec(query)).all()
        if queued is not None and ended is not None
    ]
