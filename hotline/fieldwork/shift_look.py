"""A shift that nobody takes over within half an hour is shown to supervisors, once."""

from datetime import datetime

from sqlmodel import col, select

from hotline.escalations.holders import held_by
from hotline.escalations.progress import lock_escalation
from hotline.escalations.timeline import page_supervisors
from hotline.ports import Clock
from hotline.storage.session import Database, Work
from hotline.storage.tables import ShiftHandover, ShiftItem
from hotline.supervision import RowFaults

NOT_TAKEN = "shift_not_taken"
ROWS_A_LOOK = 50


class ShiftLook:
    """One of possibly several: a row is held while it is told of."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """On these rows, by this clock."""
        self._database, self._clock = database, clock
        self._faults = RowFaults()

    async def tick(self) -> None:
        """One look at everything that is due. One that fails holds up none of the others."""
        now = self._clock.now()
        query = select(ShiftHandover.id).where(col(ShiftHandover.due_at) <= now)
        async with self._database.work() as work:
            due = (await work.exec(query.limit(ROWS_A_LOOK))).all()
        for handover_id in due:
            with self._faults.kept_apart("untaken_shift", handover_id):
                async with self._database.work() as work:
                    await show_shift(work, handover_id, now)


async def show_shift(work: Work, handover_id: str, now: datetime) -> None:
    query = select(ShiftHandover).where(ShiftHandover.id == handover_id)
    held = query.with_for_update(skip_locked=True)
    one = (await work.exec(held)).one_or_none()
    if one is None or one.due_at is None or one.due_at > now:
        return
    one.due_at, one.shown_at = None, now
    theirs = {escalation.id for escalation in await held_by(work, one.from_id)}
    items = select(ShiftItem.escalation_id).where(ShiftItem.handover_id == one.id)
    for escalation_id in (await work.exec(items.order_by(col(ShiftItem.escalation_id)))).all():
        if escalation_id in theirs:
            escalation = await lock_escalation(work, escalation_id)
            page_supervisors(work, escalation, NOT_TAKEN, at=now)
    work.announce("station", one.station_id)
