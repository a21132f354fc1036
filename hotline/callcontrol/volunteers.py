"""Counselors who chose to answer a child in danger although a rest is due to them.

That is theirs to choose. When nobody in danger waits for them any more, however that came, they
get the rest after all.
"""

from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from hotline.calls.queries import danger_waiting
from hotline.staff.model import PresenceState
from hotline.staff.presence import ANSWERS_DANGER, rest_after_all
from hotline.storage.session import Work
from hotline.storage.tables import Presence, Staff

LONGEST_REST = timedelta(hours=2)  # no plan has a longer one


async def let_volunteers_rest(work: Work, *, at: datetime) -> None:
    """Of a volunteer whose offer was withdrawn only the crisis call behind them tells."""
    query = (
        select(Presence.staff_id, Staff.lines)
        .where(Presence.staff_id == Staff.id, Presence.state == PresenceState.READY)
        .where(
            or_(
                col(Presence.reason) == ANSWERS_DANGER,
                col(Presence.crisis_ended_at) > at - LONGEST_REST,
            )
        )
        .order_by(col(Presence.staff_id))
    )
    for staff_id, lines in (await work.exec(query)).all():
        if not await danger_waiting(work, lines):
            await rest_after_all(work, staff_id, at=at)
