"""Rows that cannot be read, and a carrier that says nothing: the other flags and steps go on."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from hotline.escalations import deadlines
from hotline.escalations.policy import ACK_WITHIN
from hotline.escalations.queries import list_open, require_escalation
from hotline.floor.audience import audience_of
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.news import Change
from hotline.storage.tables import Escalation
from tests.hotline.escalations.conftest import CITY, DUTY, HEAD, EscalationScene

pytestmark = pytest.mark.anyio

POLICY: dict[str, Any] = {
    "steps": [{"within_s": 120, "ring": ["station"]}, {"within_s": 120, "ring": ["parent"]}],
    "longest_step_s": 120,
    "accept_within_s": 600,
    "report_within_s": 1800,
    "review_within_s": 86400,
}
AN_HOUR = timedelta(hours=1)


def steps(*said: Any) -> dict[str, Any]:
    return {"policy": {**POLICY, "steps": list(said)}}


SPOILED: dict[str, dict[str, Any]] = {
    "a link of other words": {"chain": [{"contact": "?"}]},
    "a link that is a word": {"chain": ["duty"]},
    "links that are a number": {"chain": 7},
    "a chain of the files, and a link that is a word": {"chain": ["duty"], "policy": POLICY},
    "steps that are a number": {"policy": {**POLICY, "steps": 7}},
    "a step that is a word": steps("station"),
    "a step without a time": steps({"ring": ["station"]}),
    "a time that is a word": steps({"within_s": "soon", "ring": ["station"]}),
    "a time that no clock has": steps({"within_s": 1e300, "ring": ["station"]}),
    "a longest step that is a word": {"policy": {**POLICY, "longest_step_s": "soon"}},
    "a policy that is a list": {"policy": [POLICY]},
}


@pytest.mark.parametrize("what", SPOILED)
async def test_a_row_that_cannot_be_read_goes_on_and_holds_up_nothing_else(
    scene: EscalationScene, what: str
) -> None:
    await scene.add(scene.call("other"), scene.call("third"))
    broken = await scene.flag("key-1")
    sound = await scene.flag("key-2", call="other")
    set_back = await scene.flag("key-3", call="third")
    await scene.rings()
    await scene.change(Escalation, broken.id, **SPOILED[what])
    far = scene.clock.now() + AN_HOUR
    await scene.change(Escalation, set_back.id, next_due_at=far)

    with capture_logs():
        await scene.passes(ACK_WITHIN.total_seconds())
        for _ in range(2):
            await scene.passes(30)

    now = scene.clock.now()
    for one in (broken, sound, set_back):
        due_at = (await scene.escalation(one.id)).next_due_at
        assert due_at is not None
        assert now < due_at <= now + ACK_WITHIN
    rung = [one.escalation_id for one in await scene.attempts()]
    assert rung.count(sound.id) == 2
    assert rung.count(broken.id) >= 2


@pytest.mark.parametrize("what", SPOILED)
async def test_a_row_that_cannot_be_read_is_listed_and_hides_none_of_the_others(
    scene: EscalationScene, what: str
) -> None:
    await scene.add(scene.call("other"))
    broken = await scene.flag("key-1")
    sound = await scene.flag("key-2", call="other")
    await scene.change(Escalation, broken.id, **SPOILED[what])
    supervisor = SignedIn(
        staff_id="he",
        username="he",
        name="He",
        roles=("supervisor",),
        station_id=None,
        lines=("12355",),
    )

    async with scene.work() as work:
        rows = {row.id: row for row in await list_open(work, supervisor)}
        await require_escalation(work, broken.id, supervisor, Permission.SEE_ESCALATION)
        audience = await audience_of(work, Change("escalation", broken.id))

    assert rows.keys() == {broken.id, sound.id}
    assert rows[broken.id].stations[0] == "district"
    assert rows[sound.id].stations == ("district", "city")
    assert "district" in audience.stations


async def test_many_rows_that_cannot_be_read_leave_room_for_the_one_behind_them(
    scene: EscalationScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "ROWS_A_TICK", 2)
    calls = [scene.call(f"call-{number}") for number in range(3)]
    await scene.add(*calls)
    *broken, sound = [await scene.flag(f"key-{one.id}", call=one.id) for one in calls]
    for one in broken:
        await scene.change(Escalation, one.id, chain=["duty"], policy=POLICY)
    due_at = scene.clock.now() + timedelta(seconds=60)
    for one in broken:
        await scene.change(Escalation, one.id, next_due_at=due_at)

    with capture_logs():
        scene.clock.advance(ACK_WITHIN.total_seconds())
        for _ in range(2):
            await scene.deadlines.tick()

    assert (await scene.escalation(sound.id)).step == 1


async def test_while_the_carrier_says_nothing_the_chain_goes_on_and_nobody_is_rung_twice(
    scene: EscalationScene,
) -> None:
    scene.jobs.reachable = False
    await scene.flag()
    scene.carrier.hold()
    await scene.dispatcher.tick()
    await scene.carrier.asked.wait()

    for _ in range(2):
        scene.clock.advance(ACK_WITHIN.total_seconds())
        await scene.deadlines.tick()
    planned = [one.contact_id for one in await scene.attempts()]
    scene.carrier.gate.set()
    await scene.dispatcher.settled()
    await scene.tick()

    assert planned == ["duty", "head", "city"]
    assert sorted(scene.carrier.dialled()) == sorted([DUTY, HEAD, CITY])
    await asyncio.gather(scene.tick(), scene.tick())
    assert len(scene.carrier.legs) == 3
