"""What is looked at again and again: flags without a proposed colour, and what is overdue."""

from datetime import datetime

from hotline.storage.session import Database
from hotline.supervision import RowFaults
from hotline.visits.flagged import look_at_flags
from hotline.visits.overdue import look_at_overdue


async def look_at_visits(database: Database, faults: RowFaults, *, at: datetime) -> None:
    """One look, as often as anybody likes."""
    await look_at_flags(database, faults, at=at)
    await look_at_overdue(database, faults, at=at)
