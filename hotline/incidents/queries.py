"""Incidents as people read them, each with the calls that it touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, or_, select

from hotline.calls.model import Direction, Outcome
from hotline.storage.session import Work
from hotline.storage.tables import Call, Incident

LISTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentNow:
    """`ended_at`: null while it goes on. Callers who were on a line in that time: `touched`.

    Of these, `talked` with a counselor, `duty_phone` with the duty phone, `hung_up` before anybody.
    """

    id: str
    part: str
    began_at: datetime
    noticed_at: datetime
    ended_at: datetime | None
    touched: int
    talked: int
    duty_phone: int
    hung_up: int


async def list_incidents(work: Work, *, at: datetime) -> list[IncidentNow]:
    """All there were, the newest first."""
    query = select(Incident).where(col(Incident.noticed_at).is_not(None))
    query = query.order_by(col(Incident.began_at).desc()).limit(LISTED)
    return [await _now(work, one, at=at) for one in (await work.exec(query)).all()]


async def open_incidents(work: Work) -> Sequence[Incident]:
    """Those that go on, the oldest first."""
    going_on = col(Incident.ended_at).is_(None), col(Incident.noticed_at).is_not(None)
    query = select(Incident).where(*going_on).order_by(col(Incident.began_at))
    return (await work.exec(query)).all()


async def _now(work: Work, one: Incident, *, at: datetime) -> IncidentNow:
    until = one.ended_at or at
    query = select(col(Call.outcome), func.count()).group_by(col(Call.outcome))
    query = query.where(
        Call.direction == Direction.IN,
        col(Call.arrived_at) < until,
        or_(col(Call.ended_at).is_(None), col(Call.ended_at) > one.began_at),
    )
    ended = dict((await work.exec(query)).all())
    return IncidentNow(
        id=one.id,
        part=one.part,
        began_at=one.began_at,
        noticed_at=one.noticed_at or one.began_at,
        ended_at=one.ended_at,
        touched=sum(ended.values()),
        talked=ended.get(Outcome.TALKED, 0),
        duty_phone=ended.get(Outcome.DUTY_PHONE, 0),
        hung_up=ended.get(Outcome.HUNG_UP, 0),
    )
