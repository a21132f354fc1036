"""What supervisors want, made true again each second: diverted queues, skills for a shift."""

from datetime import datetime

from hotline.directing.lines import follow_diversions
from hotline.directing.shift_skills import end_shift_skills
from hotline.storage.session import Database
from hotline.supervision import RowFaults


async def look_at_directions(database: Database, faults: RowFaults, *, at: datetime) -> None:
    """Each look by itself: one that fails holds up neither the other nor routing."""
    for look in (follow_diversions, end_shift_skills):
        with faults.kept_apart(look.__name__):
            async with database.work() as work:
                await look(work, at=at)
