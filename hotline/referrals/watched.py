"""What an auditor asks of referrals: those whose time passed and nobody pressed on, by index."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.storage.session import Work
from hotline.storage.tables import Referral

AT_MOST = 200


async def left_since(work: Work, *, before: datetime) -> Sequence[tuple[str, datetime]]:
    """Ids with the time at which somebody should have been told; the oldest first."""
    query = (
        select(Referral.id, col(Referral.due_at))
        .where(col(Referral.due_at) < before)
        .order_by(col(Referral.due_at))
        .limit(AT_MOST)
    )
    return [(key, due) for key, due in (await work.exec(query)).all() if due is not None]
