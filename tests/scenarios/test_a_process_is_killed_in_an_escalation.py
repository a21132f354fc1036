"""A child is flagged, and a process is killed at a named point: the station is rung all the same.

Rung once; twice at most where nobody can know, and then for the same delivery. At the end of each
story the ledger compares what clients were told, the rows and the carrier's journal.
"""

import pytest

from tests.harness.carrier import Handset
from tests.harness.crash_points import CRASH_AT
from tests.harness.escalation_ledger import EscalationLedger
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
STATION, DEPUTY, CITY, PIN = "02000000202", "15400000203", "02000000102", "1232"
LEASE_S = 21  # after it whoever lives looks into what a dead sender left
ASKED = "PIN|密码|工号"
SENT = "select 1 from delivery where state = 'submitted'"
TAKEN = "select 1 from escalation where state = 'acknowledged'"


async def flagged(scene: Scene, ledger: EscalationLedger) -> int:
    """A supervisor flags a child who waits. The status of the answer; 0: none came."""
    await scene.dials_and_waits(CHILD)
    he = await scene.house.signs_in("he")
    return await ledger.flags(he, await scene.call_of(CHILD))


async def next_one_goes_on(scene: Scene, name: str, *, dies_at: str = "") -> None:
    """Another process of the kind, which takes over when the lease of the dead one is over."""
    if dies_at:
        scene.house.env[CRASH_AT] = dies_at
    scene.house.start(name)
    await scene.passes(LEASE_S)


async def is_taken(scene: Scene) -> None:
    """The duty phone, which rings already, is lifted, and its officer acknowledges."""
    station = scene.handset(STATION)
    await station.rings()
    await station.answers()
    await station.hears(ASKED)
    await station.presses(f"{PIN}#")
    await scene.until(TAKEN)


@pytest.mark.parametrize(
    "doomed",
    [
        "dial, before its claim is committed",
        "dial, after the commit, before the send",
        "dial, after the send, before it is recorded",
        "dial, after it is recorded",
    ],
    indirect=True,
)
async def test_who_dials_the_station_is_killed_and_another_goes_on(doomed: Scene) -> None:
    ledger = EscalationLedger(doomed, kills=1)
    assert await flagged(doomed, ledger) == 201

    await doomed.house.dies("switchboard")
    await next_one_goes_on(doomed, "switchboard")

    await is_taken(doomed)
    assert await doomed.carrier.dialled(STATION) == 1
    await ledger.holds()


@pytest.mark.parametrize(
    "doomed_with_worker", ["dial, after the send, before it is recorded"], indirect=True
)
async def test_worker_and_dispatcher_are_killed_while_one_of_them_dials(
    doomed_with_worker: Scene,
) -> None:
    scene, both = doomed_with_worker, ["worker", "switchboard"]
    ledger = EscalationLedger(scene, kills=2)
    await flagged(scene, ledger)

    both.remove(await scene.house.dies(*both))
    scene.house.kill(both[0])
    scene.house.start("worker")
    await next_one_goes_on(scene, "switchboard")

    await is_taken(scene)
    assert await scene.carrier.dialled(STATION) == 1
    await ledger.holds()


@pytest.mark.parametrize("doomed", ["dial, after the commit, before the send"], indirect=True)
async def test_three_dispatchers_are_killed_in_turn_and_the_fourth_knows_what_rings(
    doomed: Scene,
) -> None:
    ledger = EscalationLedger(doomed, kills=3)
    await flagged(doomed, ledger)

    await doomed.house.dies("switchboard")
    doubt, sent = (
        "doubt, after the look, before it is settled",
        "dial, after the send, before it is recorded",
    )
    for name, point in {"switchboard-2": doubt, "switchboard-3": sent}.items():
        await next_one_goes_on(doomed, name, dies_at=point)
        await doomed.house.dies(name)
    await next_one_goes_on(doomed, "switchboard-4")

    await is_taken(doomed)
    assert await doomed.carrier.dialled(STATION) == 1
    await ledger.holds()


@pytest.mark.parametrize(
    "doomed",
    ["step, before its commit", "step, after its commit, before anybody is woken"],
    indirect=True,
)
async def test_who_takes_the_next_step_is_killed_and_it_is_taken_once(doomed: Scene) -> None:
    ledger = EscalationLedger(doomed, kills=1)
    await flagged(doomed, ledger)
    await doomed.handset(STATION).rings()

    await doomed.passes(121)
    await doomed.house.dies("switchboard")
    doomed.house.start("switchboard")

    for number in (DEPUTY, CITY):
        await doomed.handset(number).rings()
        assert await doomed.carrier.dialled(number) == 1
    await doomed.until("select 1 from attempt having count(*) = 3")
    await ledger.holds()


@pytest.mark.parametrize(
    "doomed",
    ["flag, before its commit", "flag, after its commit, before the answer"],
    indirect=True,
)
async def test_the_web_is_killed_in_a_flag_and_the_same_intent_again_is_one_escalation(
    doomed: Scene,
) -> None:
    ledger = EscalationLedger(doomed, kills=1)

    assert await flagged(doomed, ledger) == 0
    await doomed.house.dies("web")
    doomed.house.start("web")
    he = await doomed.house.signs_in("he")
    assert await ledger.flags(he, await doomed.call_of(CHILD)) == 201

    await is_taken(doomed)
    assert await doomed.count("escalation") == 1
    assert await doomed.carrier.dialled(STATION) == 1
    await ledger.holds()


async def pin_is_entered(doomed: Scene) -> tuple[EscalationLedger, Handset]:
    """A child is flagged, and the station's officer has answered and typed it."""
    ledger, station = EscalationLedger(doomed, kills=1), doomed.handset(STATION)
    await flagged(doomed, ledger)
    await station.rings()
    await station.answers()
    await station.hears(ASKED)
    await station.presses(f"{PIN}#")
    return ledger, station


@pytest.mark.parametrize("doomed", ["acknowledgement, before its commit"], indirect=True)
async def test_the_web_is_killed_in_an_acknowledgement_and_asks_for_the_pin_again(
    doomed: Scene,
) -> None:
    ledger, station = await pin_is_entered(doomed)

    await doomed.house.dies("web")
    doomed.house.start("web")
    await station.hears(ASKED)
    await station.presses(f"{PIN}#")

    await doomed.until(TAKEN)
    await ledger.holds()


@pytest.mark.parametrize(
    "doomed", ["acknowledgement, after its commit, before the answer"], indirect=True
)
async def test_an_acknowledgement_stands_though_the_web_was_killed_before_it_could_say_so(
    doomed: Scene,
) -> None:
    ledger, station = await pin_is_entered(doomed)

    await doomed.house.dies("web")
    doomed.house.start("web")
    await station.hears("已经有同事接收")
    await doomed.passes(125)

    assert await doomed.count("attempt") == 1
    assert not await doomed.handset(DEPUTY).was_rung()
    await ledger.holds()
