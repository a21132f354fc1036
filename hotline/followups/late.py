"""Whoever is not called in time: a supervisor is told, once for each call of a sequence.

Whose number is found to be of a guardian who is suspected of the harm is not called at all: a
supervisor decides how they are reached. By the time in the rows: a look that was missed is made at
the next one, by whoever leads then.
"""

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.followups.attempts import ask_supervisor
from hotline.followups.model import LIVE, FollowUpState
from hotline.followups.service import tell
from hotline.handovers.guardians import blocked_numbers
from hotline.storage.session import Database, Work
from hotline.storage.tables import FollowUp
from hotline.supervision import RowFaults

MOST_AT_ONCE = 100


async def look_at_late(database: Database, faults: RowFaults, *, at: datetime) -> None:
    """Tell of each that has become late. One that fails holds up none of the others."""
    async with database.work() as work:
        late = list((await work.exec(_late(at).limit(MOST_AT_ONCE))).all())
        blocked = list((await work.exec(_blocked().limit(MOST_AT_ONCE))).all())
    for follow_up_id in blocked:
        with faults.kept_apart("blocked_follow_up", follow_up_id):
            async with database.work() as work:
                await _ask_of(work, follow_up_id, at=at)
    for follow_up_id in late:
        with faults.kept_apart("late_follow_up", follow_up_id):
            async with database.work() as work:
                await _tell_of(work, follow_up_id, at=at)


async def _ask_of(work: Work, follow_up_id: str, *, at: datetime) -> None:
    """Nobody may ring there: only a supervisor can say how it goes on."""
    query = select(FollowUp).where(FollowUp.id == follow_up_id, col(FollowUp.id).in_(_blocked()))
    found = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
    if found is not None:
        await ask_supervisor(work, found, at=at)


async def _tell_of(work: Work, follow_up_id: str, *, at: datetime) -> None:
    query = select(FollowUp).where(FollowUp.id == follow_up_id, col(FollowUp.id).in_(_late(at)))
    found = (await work.exec(query.with_for_update(skip_locked=True))).one_or_none()
    if found is not None:
        found.late_told_at = at
        tell(work, found, "follow_up.late", at=at)


def _blocked() -> SelectOfScalar[str]:
    return select(FollowUp.id).where(
        FollowUp.state == FollowUpState.RUNNING, col(FollowUp.from_index).in_(blocked_numbers())
    )


def _late(at: datetime) -> SelectOfScalar[str]:
    return (
        select(FollowUp.id)
        .where(col(FollowUp.state).in_(LIVE), col(FollowUp.late_at) <= at)
        .where(col(FollowUp.late_told_at).is_(None))
        .order_by(col(FollowUp.late_at))
    )
