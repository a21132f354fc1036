"""Whatever happens in whatever order: none that is open is without a deadline, and it ends in the
two ways only, by a person. The clock goes on, and sometimes back."""

import random
from collections.abc import Awaitable, Callable

import pytest

from hotline.errors import HotlineError
from hotline.statutory.acts import accepted, answered, none_yet, not_reportable
from hotline.statutory.phones import late_report_answered, late_report_heard
from hotline.storage.session import Work
from hotline.storage.tables import Delivery, StatutoryReport
from tests.hotline.statutory.conftest import HE, LI, SUN, ReportScene

pytestmark = pytest.mark.anyio
STEPS = 40
OWED = {"open", "reported"}
ENDS = {"answered": "feedback_at", "not_reportable": "ended_at"}


class ReportWalk:
    """One walk through everything that can happen."""

    def __init__(self, scene: ReportScene, seed: int) -> None:
        self.scene = scene
        self.random = random.Random(seed)  # noqa: S311 – a walk, not a secret

    async def step(self) -> None:
        """One thing happens; what is refused changes nothing."""
        things = (self._suspects, self._reports, self._waives, self._asks, self._hears, self._time)
        try:
            await self.random.choice(things)()
        except HotlineError:
            return

    async def _report_id(self) -> str:
        rows: list[StatutoryReport] = await self.scene.all(StatutoryReport)
        return self.random.choice(rows).id if rows else "none"

    async def _suspects(self) -> None:
        code = self.random.choice(["missing", "abandoned", "violence"])
        call = self.random.choice(["call", "other"])
        await self.scene.suspects(code, by=self.random.choice([LI, HE]), call=call)

    async def _reports(self) -> None:
        if self.random.random() < 0.4:
            await self.scene.reports(await self._report_id())

    async def _waives(self) -> None:
        by, report_id = self.random.choice([HE, SUN]), await self._report_id()
        if self.random.random() < 0.3:
            async with self.scene.work() as work:
                await not_reportable(work, self.scene.act(by), report_id, "not a child")

    async def _asks(self) -> None:
        report_id, act = await self._report_id(), self.scene.act()
        on = self.scene.now().date()
        ways: tuple[Callable[[Work], Awaitable[object]], ...] = (
            lambda work: none_yet(work, act, report_id),
            lambda work: accepted(work, act, report_id, on),
            lambda work: answered(work, act, report_id, "an answer"),
        )
        async with self.scene.work() as work:
            await self.random.choice(ways)(work)

    async def _hears(self) -> None:
        rows: list[Delivery] = await self.scene.all(Delivery)
        if rows:
            delivery = self.random.choice(rows)
            async with self.scene.work() as work:
                await late_report_answered(work, delivery.id, at=self.scene.now())
            async with self.scene.work() as work:
                await late_report_heard(work, delivery.id, "1", at=self.scene.now())

    async def _time(self) -> None:
        seconds = self.random.choice([30, 60, 600, 900, 1800, 86400, 3 * 86400, -3600])
        await self.scene.passes(seconds)


@pytest.mark.parametrize("seed", range(4))
async def test_any_walk_keeps_the_promise(scene: ReportScene, seed: int) -> None:
    await scene.add(scene.call("other"))
    walk = ReportWalk(scene, seed)
    ended: dict[str, str] = {}

    for _ in range(STEPS):
        await walk.step()
        for row in await scene.all(StatutoryReport):
            assert (row.next_due_at is not None) == (row.state in OWED), row
            if row.id in ended:
                assert row.state == ended[row.id], "what ended stays ended"
            if row.state in ENDS:
                ended[row.id] = row.state
                assert getattr(row, ENDS[row.state]) is not None
                assert row.ended_by.startswith("staff:"), "only a person ends one"
            if row.state in ("reported", "answered"):
                assert row.agency
                assert row.reported_at
                assert row.reported_by.startswith("staff:")

    cases = [row.case_id for row in await scene.all(StatutoryReport) if row.state == "open"]
    assert len(cases) == len(set(cases)), "one open report for each case"
