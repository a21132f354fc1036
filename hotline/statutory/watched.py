"""What an auditor asks of reports: those that are late and that nobody was told of."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.storage.session import Work
from hotline.storage.tables import StatutoryReport

AT_MOST = 200  # more say nothing that these do not say


async def untold_since(work: Work, *, before: datetime) -> Sequence[tuple[str, datetime]]:
    """Ids of what nobody pressed on, with the deadline that was missed; the oldest first."""
    due = col(StatutoryReport.next_due_at)
    query = select(StatutoryReport.id, due).where(due < before).order_by(due).limit(AT_MOST)
    return [(key, at) for key, at in (await work.exec(query)).all() if at is not None]
