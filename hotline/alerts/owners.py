"""Whose an alert is: a supervisor of its line, whoever is on duty first. Reads only."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.roster.duty import DutySource, on_duty
from hotline.staff.model import Role
from hotline.staff.revocation import works_for
from hotline.storage.session import Work
from hotline.storage.tables import Staff, StaffSession

SEEN_WITHIN = timedelta(minutes=30)


async def supervisors_of(work: Work, line_id: str) -> Sequence[Staff]:
    """Everybody who may take an alert of this line, by name."""
    query = (
        select(Staff)
        .where(col(Staff.active), col(Staff.roles).contains([Role.SUPERVISOR]))
        .where(works_for([line_id]))
        .order_by(col(Staff.name), col(Staff.id))
    )
    return (await work.exec(query)).all()


async def who_should_take(
    work: Work, line_id: str, *, at: datetime, but: Collection[str] = ()
) -> Staff | None:
    """Of whom the roster says that they are there, then of whom a browser says so, then anybody."""
    found = [one for one in await supervisors_of(work, line_id) if one.id not in but]
    if not found:
        return None
    planned = {
        one.staff_id
        for one in await on_duty(work, at)
        if one.source is not DutySource.NO_HOURS and line_id in one.lines
    }
    seen = await _seen_lately(work, at)
    return min(found, key=lambda one: (one.id not in planned, one.id not in seen, one.id))


async def _seen_lately(work: Work, at: datetime) -> frozenset[str]:
    query = select(StaffSession.staff_id).where(
        col(StaffSession.expires_at) > at, col(StaffSession.seen_at) >= at - SEEN_WITHIN
    )
    return frozenset((await work.exec(query.distinct())).all())
