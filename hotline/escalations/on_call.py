"""Which phones tell the supervisors of a line, in the order in which they are rung."""

from datetime import datetime

from sqlmodel import col, select

from hotline.roster.duty import DutySource, on_duty
from hotline.staff.model import Role
from hotline.storage.session import Work
from hotline.storage.tables import Line, Staff


async def supervisor_phones(work: Work, line: Line, *, at: datetime) -> list[str]:
    """The line's own, then supervisors on duty, then those at home; last the duty phone."""
    query = (
        select(Staff)
        .where(col(Staff.active), col(Staff.roles).contains([Role.SUPERVISOR]))
        .where(col(Staff.lines).contains([line.id]), Staff.own_phone != "")
        .order_by(col(Staff.id))
    )
    there = await _on_duty(work, at)
    found = sorted((await work.exec(query)).all(), key=lambda one: one.id not in there)
    phones = [line.supervisor_phone, *(one.own_phone for one in found), line.duty_phone]
    return list(dict.fromkeys(filter(None, phones)))


async def _on_duty(work: Work, at: datetime) -> frozenset[str]:
    """By the roster, or their weekly hours. Who has neither may be anywhere."""
    planned = await on_duty(work, at)
    return frozenset(one.staff_id for one in planned if one.source is not DutySource.NO_HOURS)
