"""Counselors who chose to answer a child in danger although a rest is due to them.

That is theirs to choose. When nobody in danger waits for them any more, however that came, they
get the rest after all.
"""

from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from hotline.calls.queries import danger_waiting
from hotline.staff.model import PresenceState
from hotline.staff.presence import ANSWERS_DANGER
from hotline.storage.session import Work
from hotline.storage.tables import Presence, Staff

LONGEST_REST = timedelta(hours=2)  # no plan has a longer one


async def volunteers_not_needed(work: Work, *, at: datetime) -> list[str]:
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
    people = (await work.exec(query)).all()
    return [who for who, lines in people if not await danger_waiting(work, lines)]
