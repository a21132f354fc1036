"""What crosses a rule is raised once, has an owner, goes to the next one, and is kept."""

import asyncio

import pytest

from hotline.alerts.look import keep_alerts
from hotline.storage.tables import (
    Call,
    FloorAlert,
    Line,
    LineDiversion,
    Presence,
    Staff,
    SupervisorAct,
)
from tests.fakes import NOON
from tests.hotline.alerts.conftest import AlertScene
from tests.hotline.switchboard.conftest import a_caller

pytestmark = pytest.mark.anyio


async def nobody_is_ready(floor: AlertScene) -> list[FloorAlert]:
    """For long enough."""
    await floor.change(Presence, "li", state="paused")
    await floor.looks()
    return await floor.looks(5)


async def test_an_alert_belongs_to_the_supervisor_who_is_there_and_clears_by_itself(
    floor: AlertScene,
) -> None:
    await floor.rules()
    assert await floor.looks() == []

    [raised] = await nobody_is_ready(floor)
    await floor.change(Presence, "li", state="ready")
    [cleared] = await floor.looks(5)
    assert (raised.owner_id, raised.level, raised.cleared_at) == ("sun", "alarm", None)
    assert cleared.cleared_at == floor.clock.now()
    await floor.change(Presence, "li", state="paused")
    await floor.looks(5)
    assert len(await floor.looks(5)) == 2, "what is over stays, and the next one is another"


async def test_two_who_look_at_once_raise_one_alert(floor: AlertScene) -> None:
    waits = {"id": "long_wait", "measure": "longest_wait_s", "threshold": 60}
    await floor.rules(waits)
    await floor.add(a_caller("c", queued_at=floor.ago(90)))

    async def looks() -> None:
        async with floor.database.work() as work:
            await keep_alerts(work, at=floor.clock.now())

    await asyncio.gather(looks(), looks(), looks())

    assert len(await floor.all(FloorAlert)) == 1


async def test_an_alarm_that_nobody_takes_goes_to_the_next_supervisor_once(
    floor: AlertScene,
) -> None:
    await floor.rules(pass_on_after_s=60)
    await nobody_is_ready(floor)

    [waiting] = await floor.looks(59)
    [passed] = await floor.looks(1)
    [later] = await floor.looks(600)

    assert (waiting.owner_id, waiting.passed_at) == ("sun", None)
    assert (passed.owner_id, later.owner_id) == ("he", "he")
    assert later.passed_at == passed.passed_at
    assert (waiting.was_passed_on, later.was_passed_on) == (False, True)


async def test_with_nobody_to_pass_it_on_to_it_is_anybodys(floor: AlertScene) -> None:
    await floor.change(Staff, "he", active=False)
    await floor.rules(pass_on_after_s=60)
    await nobody_is_ready(floor)

    [passed] = await floor.looks(60)

    assert passed.owner_id is None
    assert passed.passed_at is not None


async def test_the_worst_that_was_seen_while_it_stood_is_kept(floor: AlertScene) -> None:
    waits = {"measure": "longest_wait_s", "threshold": 60, "hold_s": 10}
    await floor.rules(waits)
    await floor.add(a_caller("c", queued_at=floor.ago(60)))
    for after_s in (0, 10, 30):
        await floor.looks(after_s)
    await floor.change(Call, "c", queued_at=floor.ago(20))
    await floor.looks()
    await floor.change(Call, "c", queued_at=floor.ago(130))

    [back] = await floor.looks(5)
    await floor.change(Call, "c", state="ended")
    await floor.looks()
    [over] = await floor.looks(10)

    assert (over.value, back.worst, over.worst) == (70, 135, 135)
    assert over.cleared_at == floor.clock.now()


async def test_of_a_share_the_lowest_is_the_worst(floor: AlertScene) -> None:
    share = {"measure": "service_level_15s", "threshold": 70, "least_calls": 1}
    await floor.rules(share)
    late, in_time = floor.ago(60), floor.ago(30)
    await floor.add(
        a_caller("a", queued_at=late, joined_at=late, state="ended"),
        a_caller("b", queued_at=late, joined_at=in_time, state="ended"),
    )
    [raised] = await floor.looks()
    await floor.add(a_caller("c", queued_at=late, joined_at=in_time, state="ended"))

    [worse] = await floor.looks(5)

    assert (raised.value, raised.worst) == (50, 50)
    assert worse.worst == pytest.approx(33.3, abs=0.1)


async def test_what_somebody_has_taken_stays_theirs(floor: AlertScene) -> None:
    await floor.rules(pass_on_after_s=60)
    [raised] = await nobody_is_ready(floor)
    taken = {"acknowledged_by": "sun", "acknowledged_at": floor.clock.now()}
    await floor.change(FloorAlert, raised.id, **taken)

    [later] = await floor.looks(600)

    assert (later.owner_id, later.passed_at) == ("sun", None)


async def test_a_line_shows_who_waits_and_who_has_not_moved_on(floor: AlertScene) -> None:
    await floor.add(
        a_caller("long", queued_at=floor.ago(70)),
        a_caller("danger", queued_at=floor.ago(20), urgency="crisis"),
        a_caller("over", queued_at=floor.ago(900), state="ended"),
    )
    await floor.change(Presence, "li", state="wrapping_up", since=floor.ago(40))

    shows = await floor.shows()

    assert (shows.waits_since, shows.danger_since) == (floor.ago(70), floor.ago(20))
    assert (shows.stale_since, shows.nobody_ready) == (floor.ago(40), True)
    await floor.change(Presence, "li", state="paused", back_at=floor.ago(-60))
    assert (await floor.shows()).stale_since == floor.ago(-60), "a pause has its end"


async def test_nobody_need_be_ready_on_a_line_that_is_closed_or_served_elsewhere(
    floor: AlertScene,
) -> None:
    await floor.change(Presence, "li", state="paused")
    at_night = [{"days": ["mon"], "from": "02:00", "to": "03:00"}]

    await floor.change(Line, "youth", hours=at_night)
    closed = await floor.shows()
    await floor.change(Line, "youth", hours=[])
    act = SupervisorAct(id="act", group_id="act", by_id="he", at=NOON, kind="line_closed",
                        subject_kind="line", subject_id="youth")  # fmt: skip
    await floor.add(act, LineDiversion(line_id="youth", act_id="act", at=NOON))
    elsewhere = await floor.shows()

    assert (closed.nobody_ready, elsewhere.nobody_ready) == (False, False)
