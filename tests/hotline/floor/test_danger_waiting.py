"""What the desk is told of children in danger who wait, and what keeps its counselor from them."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.floor.desk import DangerWaiting, danger_for
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import Offer, Presence
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.conftest import scene as scene  # noqa: PLC0414 – a fixture, handed on

pytestmark = pytest.mark.anyio


async def told(scene: ApiScene, **presence: Any) -> DangerWaiting:
    """What chen's desk is told, who does this now."""
    await scene.change(Presence, "chen", **presence)
    who = SignedIn(
        staff_id="chen",
        username="chen",
        name="chen",
        roles=("counselor",),
        lines=("youth",),
        station_id=None,
    )
    async with scene.house.database.work() as work:
        chen = await work.get_one(Presence, "chen")
        return await danger_for(work, chen, who, at=scene.clock.now())


async def child_waits(scene: ApiScene, **values: Any) -> None:
    """A child, in danger where nothing else is said."""
    now = scene.clock.now()
    fields = {"urgency": "crisis", "queued_at": now, **values}
    await scene.add(scene.call("danger", CallState.WAITING, **fields))


async def test_a_child_in_danger_is_counted_with_the_rule_that_holds_one_back(
    scene: ApiScene,
) -> None:
    now = scene.clock.now()
    await child_waits(scene)

    seen = await told(scene, state="wrapping_up", since=now, crisis_ended_at=now)

    assert seen == DangerWaiting(count=1, since=now, held_by="after_crisis")


@pytest.mark.parametrize(
    ("state", "reason", "ago_s", "held_by"),
    [
        ("wrapping_up", "", 10, "just_ended"),
        ("wrapping_up", "", 60, ""),
        ("paused", "rest", 60, "rest"),
        ("paused", "meal", 60, "meal"),
        ("ready", "answers_danger", 60, ""),
    ],
)
async def test_what_holds_somebody_back_is_named(
    scene: ApiScene, state: str, reason: str, ago_s: int, held_by: str
) -> None:
    await child_waits(scene)
    since = scene.clock.now() - timedelta(seconds=ago_s)

    seen = await told(scene, state=state, reason=reason, since=since)

    assert (seen.count, seen.held_by) == (1, held_by)


@pytest.mark.parametrize("values", [{"urgency": "routine"}, {"state": CallState.TALKING}])
async def test_nobody_is_counted_who_is_in_no_danger_or_has_somebody(
    scene: ApiScene, values: dict[str, Any]
) -> None:
    now = scene.clock.now()
    fields = {"urgency": "crisis", "state": CallState.WAITING, **values}
    await scene.add(scene.call("danger", queued_at=now, **fields))

    assert (await told(scene)).count == 0


async def test_a_child_for_whom_somebody_is_rung_is_not_counted(scene: ApiScene) -> None:
    await child_waits(scene)
    now = scene.clock.now()
    await scene.add(Offer(id="o", call_id="danger", staff_id="li", offered_at=now, expires_at=now))

    assert (await told(scene)).count == 0
