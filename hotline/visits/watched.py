"""What an auditor asks of visits: whatever is overdue and was not told when it should have been."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.storage.session import Work
from hotline.storage.tables import VisitPlan
from hotline.visits.overdue import to_tell

AT_MOST = 200  # more say nothing that these do not say


async def untold_since(work: Work, *, before: datetime) -> Sequence[tuple[str, datetime]]:
    """Ids of cases, with the moment at which somebody should have been told; the oldest first."""
    untold = to_tell(before).where(col(VisitPlan.tell_at) <= before).limit(AT_MOST)
    query = select(VisitPlan.case_id, VisitPlan.tell_at).where(col(VisitPlan.case_id).in_(untold))
    return (await work.exec(query.order_by(col(VisitPlan.tell_at)))).all()
