"""Which phones tell the supervisors of a line, in the order in which they are rung."""

from datetime import datetime

from sqlmodel import col, select

from hotline.lines.hours import served_hours
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
    found = sorted((await work.exec(query)).all(), key=lambda one: not _is_on_duty(one, at))
    phones = [line.supervisor_phone, *(one.own_phone for one in found), line.duty_phone]
    return list(dict.fromkeys(filter(None, phones)))


def _is_on_duty(one: Staff, at: datetime) -> bool:
    """By their shifts. Who has none may be anywhere."""
    return bool(one.shifts) and served_hours(one.shifts, holidays="as_usual").open_at(at)
