"""Hands out recordings whose sound must be fetched, deleted or erased: to a worker, else to itself.

Needs no leader; the rows hold the truth, and the queue only makes workers look sooner.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, or_, select

from hotline.background import BackgroundJobs
from hotline.ports import Clock, JobQueue
from hotline.recordings.keeping import OPEN, Keeper
from hotline.recordings.policy import PATIENCE
from hotline.storage.session import Database
from hotline.storage.tables import CallRecording

KEEP = "keep_recording"
ROWS_A_LOOK = 50


class Collector:
    """One of possibly several."""

    def __init__(self, *, database: Database, keeper: Keeper, jobs: JobQueue, clock: Clock) -> None:
        """`keeper` does what no worker takes, one after the other."""
        self._database = database
        self._keeper = keeper
        self._jobs = jobs
        self._clock = clock
        self._nudged: set[tuple[str, int]] = set()
        self.working = BackgroundJobs(at_once=1)

    async def tick(self) -> None:
        """One look at everything that is due."""
        now = self._clock.now()
        due = await self._read_due(now)
        self._nudged &= {(recording_id, fence) for recording_id, fence, _ in due}
        for recording_id, fence, due_at in due:
            if now - due_at >= PATIENCE or not await self._nudge(recording_id, fence):
                self.working.start(f"keep:{recording_id}", self._keeper.keep(recording_id))

    async def stop(self) -> None:
        """End what is under way: whoever comes next does it again."""
        await self.working.stop()

    async def _read_due(self, now: datetime) -> Sequence[tuple[str, int, datetime]]:
        query = (
            select(CallRecording.id, CallRecording.fence, CallRecording.due_at)
            .where(col(CallRecording.copy_state).in_(OPEN), col(CallRecording.due_at) <= now)
            .where(
                or_(col(CallRecording.lease_until).is_(None), col(CallRecording.lease_until) <= now)
            )
            .order_by(col(CallRecording.due_at))
            .limit(ROWS_A_LOOK)
        )
        async with self._database.work() as work:
            return (await work.exec(query)).all()

    async def _nudge(self, recording_id: str, fence: int) -> bool:
        """Once for each try. False where nobody can have heard it."""
        if (recording_id, fence) in self._nudged:
            return True
        if not await self._jobs.wake(KEEP, recording_id):
            return False
        self._nudged.add((recording_id, fence))
        return True
