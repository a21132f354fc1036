"""One attempt at the carrier, with everything that can go wrong on the way."""

import asyncio
from datetime import timedelta

import pytest

from hotline.errors import CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.escalations import sending
from hotline.escalations.attempts import MAX_TRIES, back_off
from hotline.escalations.model import AttemptState
from hotline.escalations.policy import ACK_WITHIN
from hotline.escalations.sending import DIAL_WITHIN_S, LEASE, LOOK_WITHIN_S
from hotline.escalations.station_call import call_answered
from hotline.ports import LegStatus
from hotline.storage.tables import Attempt
from tests.fakes import FakeLeg, Fault
from tests.hotline.escalations.conftest import DUTY, HEAD, EscalationScene
from tests.hotline.escalations.senders import is_left_submitting, only

pytestmark = pytest.mark.anyio


async def test_a_refused_number_is_followed_by_the_next_contact_at_once(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(Fault(CarrierRefused(21211)))
    await scene.flag()
    await scene.rings()

    await scene.tick()

    assert scene.carrier.dialled() == [HEAD]
    first = (await scene.attempts())[0]
    assert (first.state, first.last_error) == ("failed", "refused 21211")


async def test_a_chain_of_refused_numbers_is_not_hammered(scene: EscalationScene) -> None:
    scene.carrier.fails(*(Fault(CarrierRefused(21211)) for _ in range(100)))
    await scene.flag()
    await scene.rings()

    for _ in range(60):
        await scene.passes(1)

    rounds = (await scene.escalation()).round
    assert rounds == 1
    assert [wish for wish, _ in scene.carrier.journal] == ["dial"] * 6


async def test_an_unreachable_carrier_is_tried_again_with_growing_pauses(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(*(Fault(CarrierUnreachable()) for _ in range(3)))
    await scene.flag()
    await scene.rings()
    pauses = []

    for _ in range(3):
        attempt = await only(scene)
        assert (attempt.state, attempt.last_error) == ("pending", "unreachable")
        pauses.append(attempt.due_at - scene.clock.now())
        scene.clock.time = attempt.due_at
        await scene.tick()

    assert scene.carrier.dialled() == [DUTY]
    assert pauses == sorted(pauses)
    assert timedelta() < pauses[0] <= timedelta(seconds=1)


async def test_before_its_pause_is_over_an_attempt_is_not_sent(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnreachable()))
    await scene.flag()
    await scene.rings()

    await scene.dispatcher.send_attempt((await only(scene)).id)

    assert scene.carrier.journal == [("dial", DUTY)]


async def test_after_five_tries_an_attempt_is_dead_and_the_next_contact_is_rung(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(*(Fault(CarrierUnreachable()) for _ in range(MAX_TRIES)))
    await scene.flag()
    await scene.rings()

    for _ in range(MAX_TRIES):
        await scene.passes(8)

    assert scene.carrier.journal[:6] == [("dial", DUTY)] * 5 + [("dial", HEAD)]
    assert (await scene.states())[0] == ("duty", "dead")
    assert (await scene.facts("supervisors.paged"))[0]["why"] == "attempt_dead"


def test_the_pause_before_another_try_grows_to_a_limit_and_differs_between_attempts() -> None:
    longest = [back_off("ffff" + "0" * 20, tries).total_seconds() for tries in range(1, 7)]

    assert longest == [1, 2, 4, 8, 8, 8]
    assert back_off("0" * 24, 1) == timedelta(seconds=0.5)


async def test_an_unclear_dial_that_rang_is_found_and_not_repeated(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    await scene.flag()
    await scene.rings()

    await scene.tick()
    await scene.passes(30)

    attempt = await only(scene)
    assert (attempt.state, attempt.carrier_sid) == ("submitted", "CA1")
    assert scene.carrier.dialled() == [DUTY]


async def test_an_unclear_dial_that_never_rang_is_repeated_after_fifteen_seconds(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(Fault(CarrierUnclear()))
    await scene.flag()
    await scene.rings()

    for seconds in (0, 5, 5, 4):
        await scene.passes(seconds)
    assert scene.carrier.dialled() == []
    await scene.passes(1)
    await scene.tick()

    assert scene.carrier.dialled() == [DUTY]
    assert (await only(scene)).tries == 2


async def test_a_list_that_cannot_be_read_delays_the_repeat_no_further(
    scene: EscalationScene,
) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    scene.carrier.list_error = CarrierUnreachable()
    await scene.flag()
    await scene.rings()

    for seconds in (0, 5, 5, 5, 1):
        await scene.passes(seconds)

    assert scene.carrier.dialled() == [DUTY, DUTY]


async def test_a_carrier_that_never_answers_is_given_up_on(
    scene: EscalationScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "DIAL_WITHIN_S", 0)
    scene.carrier.hold()
    await scene.flag()

    await scene.rings()

    assert (await only(scene)).state == AttemptState.UNKNOWN


async def test_a_leg_that_is_over_when_it_is_found_has_failed(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    await scene.flag()
    await scene.rings()
    scene.carrier.legs[0].status = LegStatus.BUSY

    await scene.tick()
    await scene.tick()

    first = (await scene.attempts())[0]
    assert (first.state, first.last_error, first.carrier_sid) == ("failed", "busy", "CA1")
    assert scene.carrier.dialled() == [DUTY, HEAD]


async def test_of_two_legs_the_one_that_still_rings_is_adopted(scene: EscalationScene) -> None:
    scene.carrier.fails(Fault(CarrierUnclear(), after_effect=True))
    await scene.flag()
    await scene.rings()
    ringing = scene.carrier.legs[0]
    over = FakeLeg("CA-over", ringing.dial, scene.clock.now(), LegStatus.COMPLETED)
    scene.carrier.legs.append(over)

    await scene.tick()

    assert (await only(scene)).carrier_sid == ringing.sid


async def test_a_leg_that_could_be_anothers_is_not_adopted(scene: EscalationScene) -> None:
    scene.carrier.fails(
        Fault(CarrierUnclear(), after_effect=True), Fault(CarrierUnclear(), after_effect=False)
    )
    await scene.add(scene.call("other"))
    await scene.flag("key-1")
    await scene.flag("key-2", call="other")
    await scene.rings()

    for seconds in (0, 5, 5, 5, 1):
        await scene.passes(seconds)

    assert scene.carrier.dialled() == [DUTY] * 3
    assert [state for _, state in await scene.states()] == ["submitted", "submitted"]


async def test_a_leg_that_is_known_to_be_anothers_is_not_adopted(scene: EscalationScene) -> None:
    await scene.add(scene.call("other"))
    await scene.flag("key-1")
    await scene.rings()
    scene.carrier.fails(Fault(CarrierUnclear()))
    await scene.flag("key-2", call="other")
    await scene.tick()

    await scene.tick()

    assert sorted(state for _, state in await scene.states()) == ["submitted", "unknown"]


async def test_a_sender_that_died_after_the_phone_rang_is_followed_without_a_second_call(
    scene: EscalationScene,
) -> None:
    await is_left_submitting(scene, rang=True)

    await scene.passes(LEASE.total_seconds())
    await scene.passes(30)

    attempt = await only(scene)
    assert (attempt.state, attempt.carrier_sid) == ("submitted", "CA-lost")
    assert scene.carrier.dialled() == [DUTY]


async def test_a_sender_that_died_before_the_phone_rang_is_followed_by_a_call(
    scene: EscalationScene,
) -> None:
    await is_left_submitting(scene, rang=False)

    await scene.passes(LEASE.total_seconds() - 1)
    assert scene.carrier.dialled() == []
    await scene.passes(1)
    await scene.passes(4)

    assert scene.carrier.dialled() == [DUTY]


async def test_a_live_sender_is_not_taken_for_dead() -> None:
    assert LEASE.total_seconds() > DIAL_WITHIN_S
    assert LEASE + timedelta(seconds=LOOK_WITHIN_S) < ACK_WITHIN


async def test_what_a_late_sender_says_is_not_written_over_newer_facts(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    attempt = await only(scene)
    scene.carrier.hold()
    slow = asyncio.create_task(scene.dispatcher.send_attempt(attempt.id))
    await scene.carrier.asked.wait()
    await scene.change(Attempt, attempt.id, fence=attempt.fence + 2, state="unknown")

    scene.carrier.gate.set()
    await slow

    attempt = await only(scene)
    assert (attempt.state, attempt.carrier_sid) == ("unknown", None)


async def test_an_answer_that_overtakes_the_carriers_own_is_not_undone(
    scene: EscalationScene,
) -> None:
    await scene.flag()
    attempt = await only(scene)
    scene.carrier.hold()
    slow = asyncio.create_task(scene.dispatcher.send_attempt(attempt.id))
    await scene.carrier.asked.wait()
    async with scene.work() as work:
        await call_answered(work, attempt.id, scene.clock.now())

    scene.carrier.gate.set()
    await slow

    attempt = await only(scene)
    assert (attempt.state, attempt.carrier_sid) == ("answered", "CA1")
