"""Faults around a flag in which nobody dies: carrier, queue, clock.

The faults of an escalation (reliability research F1…F23) and what holds each. S: `scenarios/`;
D: `hotline/deliveries/`; E: `hotline/escalations/`; killed: S `test_a_process_is_killed_…`.

| fault | test |
|---|---|
| F1 Redis dies | S `test_the_house_loses_a_part`; D `test_dispatcher` (without the queue) |
| F2 Redis is emptied | here |
| F3 F4 database away, or frozen | S `test_the_database_hangs_or_fails_over` (a flag is answered) |
| its connections silent, also in a commit | the same (a flag in a fail-over) |
| F5 whoever sends dies, at each point | killed; D `test_settling` (a sender that died) |
| F6 the web dies in a flag, a PIN | killed |
| F7 webhooks twice | `hotline/web/voice/test_a_stations_phone` (repeated …) |
| F8 webhooks late, in any order | D `test_late_news`; E `test_what_becomes_of_an_attempt` |
| F9 before our commit | D `test_late_news` (an answer that overtakes); killed |
| F10 429 | here; D `test_sending`, `test_in_writing` |
| F11 500 before or after the effect, silence | here; D `test_settling`; E `test_faults` |
| F12 a number is dead for hours | E `test_what_becomes_of_an_attempt` (dead end, not hammered) |
| F15 the clock jumps, both ways | here; E `test_never_silent`; D `test_late_news` |
| F17 station's system, texts down | D `test_by_webhook`; E `test_told_in_writing` |
| F18 several dispatchers, killed in turn | killed; D `test_dispatcher`; E `test_deadlines` |
| F20 a dispatcher hangs | S `test_the_watch_finds_what_is_stuck` |
| F22 a row that cannot be read | E `test_faults`; D `test_dispatcher` (an accident) |
| F23 acknowledged, and nothing done | E `test_chain_of_contacts` (opens again) |
| anything of it by chance | E `test_never_silent`; S `test_five_minutes_of_chaos` |
"""

import pytest
from redis import Redis

from hotline.deliveries.policy import PATIENCE, RESEND_AFTER
from hotline.escalations.policy import ACK_WITHIN
from tests.harness.escalation_ledger import EscalationLedger
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILDREN = ["15400000001", "15400000002", "15400000003"]
CHILD = CHILDREN[0]
STATION, DEPUTY, POLICE = "02000000202", "15400000203", "02000000302"
TEN_MINUTES = 600
SENT = "select 1 from attempt a join delivery d on d.id = a.id where d.state = 'submitted'"


async def flagged(scene: Scene, ledger: EscalationLedger, *numbers: str) -> None:
    """A supervisor flags children who wait."""
    he = await scene.house.signs_in("he")
    for number in numbers:
        await scene.dials_and_waits(number)
        call = await scene.call_of(number)
        assert await ledger.flags(he, call, key=f"intent-of-{call}") == 201


@pytest.mark.parametrize("what", ["429", "500_without_effect", "500_with_effect"])
async def test_a_station_is_rung_once_though_the_carrier_spoils_the_dial(
    scene: Scene, what: str
) -> None:
    ledger = EscalationLedger(scene)
    fault = {"path": "Calls.json", "method": "POST", "what": what}
    await scene.carrier.faults(rest=[fault])

    await flagged(scene, ledger, CHILD)
    if what == "500_without_effect":
        await scene.until("select 1 from delivery where state = 'unknown'")
        await scene.passes(RESEND_AFTER.total_seconds())
    await scene.handset(STATION).rings()
    await scene.until(SENT)

    assert await scene.carrier.dialled(STATION) == 1
    await ledger.holds()


async def test_a_queue_that_is_emptied_again_and_again_loses_no_flag(
    scene_with_own_redis: Scene,
) -> None:
    scene = scene_with_own_redis
    ledger = EscalationLedger(scene)
    queue = Redis.from_url(scene.house.env["HOTLINE_REDIS_URL"])
    scene.house.hangs("worker")

    await flagged(scene, ledger, *CHILDREN)
    for _ in CHILDREN:
        queue.flushall()
        await scene.passes(PATIENCE.total_seconds())
    scene.house.goes_on("worker")

    await scene.until(f"{SENT} having count(*) = 3")
    queue.close()
    assert await scene.carrier.dialled(STATION) == 3
    await ledger.holds()


async def test_a_clock_that_is_set_forward_and_back_lets_nobody_wait_much_longer_than_a_step(
    scene: Scene,
) -> None:
    ledger = EscalationLedger(scene)
    await flagged(scene, ledger, CHILD)
    await scene.handset(STATION).rings()

    scene.house.clock.advance(TEN_MINUTES)
    await scene.handset(DEPUTY).rings()
    scene.house.clock.advance(-TEN_MINUTES)
    soon = scene.house.clock.now() + ACK_WITHIN * 2
    await scene.until("select 1 from escalation where step = 1 and next_due_at <= %s", soon)

    await scene.passes(ACK_WITHIN.total_seconds())
    await scene.handset(POLICE).rings()
    await ledger.holds()
