"""What is looked at each minute: certificates that end, lots that are published and drawn."""

from datetime import datetime, timedelta

from hotline.quality.certificates import make_lapse_true, people_to_look_at
from hotline.quality.drawing import add_imminent, draw_month, months_to_draw, publish_seeds
from hotline.storage.session import Database
from hotline.supervision import Rhythm, RowFaults

EVERY = timedelta(minutes=1)


class QualityLook:
    """By the time in the rows: a look that was missed is made at the next one."""

    def __init__(self, database: Database, faults: RowFaults) -> None:
        """Looks at once when it is first asked to."""
        self._database = database
        self._faults = faults
        self._rhythm = Rhythm(EVERY)

    async def look(self, *, at: datetime) -> None:
        """At most once a minute; one that fails holds up none of the others."""
        if not self._rhythm.is_time(at):
            return
        await self._certificates(at)
        await self._lots(at)

    async def _certificates(self, at: datetime) -> None:
        with self._faults.kept_apart("certificates"):
            async with self._database.work() as work:
                people = await people_to_look_at(work)
            for staff_id in people:
                with self._faults.kept_apart("certificate", staff_id):
                    async with self._database.work() as work:
                        await make_lapse_true(work, staff_id, at=at)

    async def _lots(self, at: datetime) -> None:
        for step in (publish_seeds, add_imminent):
            with self._faults.kept_apart(step.__name__):
                async with self._database.work() as work:
                    await step(work, at=at)
        with self._faults.kept_apart("months_to_draw"):
            async with self._database.work() as work:
                months = await months_to_draw(work, at=at)
            for month_id in months:
                with self._faults.kept_apart("draw_month", month_id):
                    async with self._database.work() as work:
                        await draw_month(work, month_id, at=at)
