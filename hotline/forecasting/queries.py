"""How many callers came to a line, in each quarter hour. Reads only."""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, func, or_, select

from hotline.calls.model import Direction
from hotline.storage.session import Work
from hotline.storage.tables import Call

QUARTER_HOUR = timedelta(minutes=15)
ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)  # quarter hours begin alike in every zone of ours
IN_THE_FLOW = timedelta(hours=1)  # the longest from the first ring to the queue


async def arrivals(
    work: Work, line_id: str, *, since: datetime, until: datetime
) -> dict[datetime, int]:
    """Callers who reached the queue, by the beginning of the quarter hour; without those of none.

    Who was handed to another line is counted where they had called: there they were waited for.
    """
    quarter = func.date_bin(QUARTER_HOUR, Call.queued_at, ORIGIN).label("quarter")
    called = or_(
        (col(Call.line_id) == line_id) & col(Call.overflowed_from).in_(("", line_id)),
        col(Call.overflowed_from) == line_id,
    )
    query = (
        select(quarter, func.count())
        .where(col(Call.arrived_at) >= since - IN_THE_FLOW, col(Call.arrived_at) < until)
        .where(col(Call.queued_at) >= since, col(Call.queued_at) < until)
        .where(Call.direction == Direction.IN, called)
        .group_by(quarter)
    )
    return dict((await work.exec(query)).all())
