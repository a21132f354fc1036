"""Alerts as they were equal the alerts as they were seen, whatever became of them since."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from hotline.alerts.acts import hand_alert, note_alert, permitted_alert, take_alert
from hotline.alerts.queries import AlertShown, alerts_now
from hotline.alerts.texts import AlertTexts
from hotline.alerts.then import alerts_then
from hotline.deliveries.model import DeliveryEvent
from hotline.staff.sign_in import SignedIn
from hotline.storage.row_versions import forget_before
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Delivery, FloorAlert, Presence, RowVersion, Staff
from tests.fakes import FakeClock
from tests.hotline.alerts.conftest import AlertScene
from tests.hotline.database_clock import moved_database_clock, set_database_clock
from tests.hotline.switchboard.conftest import a_caller

pytestmark = pytest.mark.anyio

YOUTH = ("youth",)
RULES = (
    {"id": "nobody", "level": "alarm"},
    {"id": "long", "measure": "longest_wait_s", "threshold": 60, "level": "warning"},
)
HE = SignedIn(
    staff_id="he", username="he", name="he", roles=("supervisor",), station_id=None, lines=YOUTH
)
Act = Callable[[Work, FloorAlert, SignedIn, datetime], Awaitable[None]]


async def is_taken(work: Work, alert: FloorAlert, who: SignedIn, at: datetime) -> None:
    """By whoever does it."""
    await take_alert(work, alert, who, at=at)


async def is_noted(work: Work, alert: FloorAlert, who: SignedIn, at: datetime) -> None:
    """With the moment, so that each note is another."""
    await note_alert(work, alert, f"at {at:%H:%M:%S}", who, at=at)


async def is_handed(work: Work, alert: FloorAlert, who: SignedIn, at: datetime) -> None:
    """To sun."""
    await hand_alert(work, alert, "sun", who, reason="", at=at)


class SeenScene(AlertScene):
    """Somebody looks at each moment, and remembers what was shown."""

    seen: dict[datetime, Sequence[AlertShown]]

    async def goes_on(self, after_s: float, act: Act | None = None) -> None:
        """Time passes, whoever leads looks, and he does something with the alarm."""
        await set_database_clock(self.database, self.clock.advance(after_s))
        await self.looks()
        if act is not None:
            async with self.database.work() as work:
                shown = {one.rule: one.id for one in await alerts_now(work, YOUTH)}
                alert = await permitted_alert(work, shown["nobody"], HE)
                await act(work, alert, HE, self.clock.now())
        await self.remembers()

    async def loses_a_text(self) -> None:
        """The one that was asked for last."""
        await set_database_clock(self.database, self.clock.advance(1))
        [text] = await self.all(Delivery)
        async with self.database.work() as work:
            failed = DeliveryEvent.FAILED
            await AlertTexts().told(work, text, failed, at=self.clock.now(), why="error 1")
        await self.remembers()

    async def remembers(self) -> None:
        """What the floor shows now."""
        async with self.database.work() as work:
            self.seen[self.clock.now()] = await alerts_now(work, YOUTH)

    async def then(self, at: datetime) -> Sequence[AlertShown]:
        """What is told of a moment now."""
        async with self.database.work() as work:
            return await alerts_then(work, YOUTH, at=at)


@pytest.fixture
async def seen(database: Database, clock: FakeClock) -> AsyncIterator[SeenScene]:
    """Two rules; of the supervisors he alone has a phone."""
    async with moved_database_clock(database, clock.now()):
        made = SeenScene(database, clock)
        made.seen = {}
        await made.furnish()
        await made.rules(*RULES, pass_on_after_s=60)
        await made.change(Staff, "he", own_phone="15400000011")
        yield made


async def everything_happens(seen: SeenScene) -> None:
    """Two are raised; one is passed on, its text lost, taken, noted, handed on; both clear."""
    await seen.change(Presence, "li", state="paused")
    await seen.add(a_caller("c", queued_at=seen.ago(70)))
    for after_s in (0, 5, 30, 40):
        await seen.goes_on(after_s)
    await seen.loses_a_text()
    for act in (is_taken, is_noted, is_noted, is_handed, is_noted):
        await seen.goes_on(10, act)
    await seen.change(Presence, "li", state="ready")
    await seen.change(Call, "c", state="ended")
    for after_s in (5, 5, 100):
        await seen.goes_on(after_s)


def shown_of(told: Mapping[datetime, Sequence[AlertShown]], of: str) -> set[object]:
    """The values of one field that were ever shown."""
    return {getattr(one, of) for alerts in told.values() for one in alerts}


async def test_alerts_as_they_were_are_the_alerts_as_they_were_seen(seen: SeenScene) -> None:
    await everything_happens(seen)

    for at, shown in seen.seen.items():
        assert await seen.then(at) == shown, at
    assert shown_of(seen.seen, "owner_id") == {"sun", "he"}
    assert shown_of(seen.seen, "unreached") == {"", "not_sent", "no_phone"}
    assert shown_of(seen.seen, "passed_on") == {True, False}
    assert len(shown_of(seen.seen, "note")) == 4
    assert {len(one) for one in seen.seen.values()} >= {0, 1, 2}


async def test_before_anything_was_kept_nothing_stood(seen: SeenScene) -> None:
    await everything_happens(seen)

    assert await seen.then(min(seen.seen) - timedelta(hours=1)) == []


async def test_what_no_moment_needs_any_more_is_forgotten(seen: SeenScene) -> None:
    await everything_happens(seen)
    await seen.change(Presence, "li", state="paused")
    await seen.goes_on(0)
    await seen.change(Presence, "li", state="ready")
    await seen.goes_on(0)  # begun, and never raised

    async with seen.database.work() as work:
        await forget_before(work, seen.clock.now() + timedelta(seconds=1))

    assert "floor_alert" not in {one.kind for one in await seen.all(RowVersion)}
