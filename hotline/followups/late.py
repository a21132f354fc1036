"""Whoever is not called in time: a supervisor is told, once for each call of a sequence.

By the time in the rows: a look that was missed is made at the next one, by whoever leads then.
"""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.followups.model import LIVE
from hotline.followups.service import tell
from hotline.storage.session import Database, Work
from hotline.storage.tables import FollowUp
from hotline.supervision import RowFaults

MOST_AT_ONCE = 100


async def look_at_late(database: Database, faults: RowFaults, *, at: datetime) -> None:
    """Tell of each that has become late. One that fails holds up none of the others."""
    async with database.work() as work:
        late = list((await work.exec(_late(at).limit(MOST_AT_ONCE))).all())
    for follow_up_id in late:
        with faults.kept_apart("late_follow_up", follow_up_id):
            async with database.work() as work:
                await _tell_of(work, follow_up_id, at=at)


async def _tell_of(work: Work, follow_up_id: str, *, at: datetime) -> None:
    query = select(FollowUp).where(FollowUp.id == follow_up_id, col(FollowUp.id).in_(_late(at)))
    found = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
    if found is not None:
        found.late_told_at = at
        tell(work, found, "follow_up.late", at=at)


def _late(at: datetime) -> SelectOfScalar[str]:
    return (
        select(FollowUp.id)
        .where(col(FollowUp.state).in_(LIVE), col(FollowUp.late_at) <= at)
        .where(col(FollowUp.late_told_at).is_(None))
        .order_by(col(FollowUp.late_at))
    )
